import { defineEnum } from "../shared/define-enum.js";

export const MemberRole = defineEnum("MemberRole", "The part that somebody plays in a session.", {
  CALLER: "Whoever called.",
  CALLEE: "Whoever was called.",
  AGENT: "A person who works for the account.",
  AI_AGENT: "A machine that talks.",
  TRANSFER_TARGET: "Somebody the session was handed to.",
  NONE: "The provider gives this member no part.",
  UNKNOWN: "The provider's word for it is not known here.",
});
export type MemberRole = keyof typeof MemberRole;

export const MemberState = defineEnum("MemberState", "What a member of a session is doing.", {
  NONE: "Not called yet.",
  RINGING: "Being called.",
  CONNECTED: "Taking part.",
  ON_HOLD: "On hold.",
  LEFT: "Gone.",
  UNKNOWN: "The provider's word for it is not known here.",
});
export type MemberState = keyof typeof MemberState;
