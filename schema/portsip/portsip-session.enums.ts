import { defineEnum } from "../shared/define-enum.js";

export const PortsipAdditionalHeader = defineEnum(
  "PortsipAdditionalHeader",
  "A header that makes a phone answer by itself, added to the SIP invitation.",
  {
    ANSWER_MODE: "Adds `Answer-Mode`.",
    CALL_INFO: "Adds `Call-Info` with `answer-after=0`.",
    ALERT_INFO_AUTO_ANSWER_DELAY0: "Adds `Alert-Info` with `info=alert-autoanswer;delay=0`.",
    ALERT_INFO_AUTO_ANSWER: "Adds `Alert-Info` with `info=Auto Answer`.",
    ALERT_INFO_INTERCOM: "Adds `Alert-Info` with `info=intercom`.",
  },
);
export type PortsipAdditionalHeader = keyof typeof PortsipAdditionalHeader;

export const PortsipHeaderDirection = defineEnum(
  "PortsipHeaderDirection",
  "Whose invitation an additional header goes into.",
  {
    CALLER: "The caller's, who is called first.",
    CALLEE: "The callee's.",
    ALL: "Both.",
  },
);
export type PortsipHeaderDirection = keyof typeof PortsipHeaderDirection;
