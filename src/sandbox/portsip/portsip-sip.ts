import type { CreateInput } from "./portsip-bodies.js";

/**
 * What the PBX said on the wire to the phones: the only place where holding, the rewritten headers and the auto-answer
 * headers of a call can be seen (PortSIP reference §3.3, §3.4; REST tells none of them).
 */
export interface SipRequest {
  method: "INVITE" | "BYE" | "CANCEL";
  /** Decimal. */
  sessionId: string;
  /** Number, or contact address, of the phone. */
  to: string;
  /** User part of `From`, and the name before it. */
  from: string;
  displayName: string | null;
  /** `offer` and `none` begin a call; `sendonly` puts it on hold, `sendrecv` takes it back. */
  sdp: "offer" | "none" | "sendonly" | "sendrecv" | null;
  headers: Readonly<Record<string, string>>;
  at: number;
}

type Extra = NonNullable<CreateInput["additional_header"]>;

const EXTRA_HEADERS: Readonly<Record<Extra, readonly [name: string, value: string]>> = {
  ANSWER_MODE: ["Answer-Mode", "Auto"],
  CALL_INFO: ["Call-Info", "<sip:pbx.example.test>;answer-after=0"],
  ALERT_INFO_AUTO_ANSWER_DELAY0: ["Alert-Info", "<http://pbx.example.test>;info=alert-autoanswer;delay=0"],
  ALERT_INFO_AUTO_ANSWER: ["Alert-Info", "<http://pbx.example.test>;info=Auto Answer"],
  ALERT_INFO_INTERCOM: ["Alert-Info", "<http://pbx.example.test>;info=intercom"],
};

/** The headers of the INVITE to one party of a call that was asked for. Rewriting takes effect with a trunk only. */
export function inviteHeaders(
  input: CreateInput,
  sessionId: string,
  to: "CALLER" | "CALLEE",
): Record<string, string> {
  const { additional_header, header_direction = "ALL", trunk, rewrite_pai, rewrite_rpi } = input;
  const headers: Record<string, string> = { "X-Session-Id": sessionId };
  if (additional_header !== undefined && (header_direction === "ALL" || header_direction === to)) {
    const [name, value] = EXTRA_HEADERS[additional_header];
    headers[name] = value;
  }
  if (trunk === undefined || to === "CALLER") return headers;
  headers["X-Trunk-Name"] = trunk;
  if (rewrite_pai !== undefined) headers["P-Asserted-Identity"] = rewrite_pai;
  if (rewrite_rpi !== undefined) headers["Remote-Party-ID"] = rewrite_rpi;
  return headers;
}
