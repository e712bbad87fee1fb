/** Callbacks to the addresses that sessions name, signed for them (Plivo reference §12, §13). */
import { createHmac } from "node:crypto";
import type { Step } from "../conversation.js";
import { deliver, isThisMachine } from "../kit/deliver.js";
import type { Random } from "../kit/random.js";
import { PLIVO_ACCOUNT, PLIVO_SUBACCOUNT } from "./plivo-accounts.js";
import type { MaskingSession } from "./plivo-records.js";

/** One retry when nobody answers (§12.1). */
const RETRY_AFTER_MS = [500] as const;

export interface PlivoCallbacks {
  /** Tells the session's receivers of what a step was. */
  tell(session: MaskingSession, step: Step, at: number): void;
  close(): void;
}

export function createPlivoCallbacks(random: Random): PlivoCallbacks {
  const closing = new AbortController();
  const sent = new Map<string, number>();

  function send(session: MaskingSession, event: string, at: number): void {
    const { settings } = session;
    const isRecording = event.startsWith("SessionRecording");
    const url = isRecording ? settings.recording_callback_url : settings.callback_url;
    const method = isRecording ? settings.recording_callback_method : settings.callback_method;
    if (!isThisMachine(url)) return;
    const number = (sent.get(session.uuid) ?? 0) + 1;
    sent.set(session.uuid, number);
    const parameters = Object.entries({
      EventName: event,
      EventTimestamp: `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`,
      SessionUUID: session.uuid,
      From: session.firstParty,
      To: session.secondParty,
      VirtualNumber: session.virtualNumber,
      SequenceNumber: String(number),
    });
    const nonce = random.digits(20);
    const form = new URLSearchParams(parameters).toString();
    const target = method === "GET" ? `${url}${url.includes("?") ? "&" : "?"}${form}` : url;
    const message = `${toSigned(method, url, parameters)}.${nonce}`;
    const signature = (token: string) => createHmac("sha256", token).update(message).digest("base64");
    const headers = {
      "x-plivo-signature-v3": signature(
        (session.subaccount === null ? PLIVO_ACCOUNT : PLIVO_SUBACCOUNT).authToken,
      ),
      "x-plivo-signature-ma-v3": signature(PLIVO_ACCOUNT.authToken),
      "x-plivo-signature-v3-nonce": nonce,
      ...(method === "GET" ? {} : { "content-type": "application/x-www-form-urlencoded" }),
    };
    const delivery = { method, url: target, headers, body: form };
    void deliver(() => delivery, { pausesMs: RETRY_AFTER_MS, signal: closing.signal });
  }

  return {
    tell(session, step, at) {
      for (const event of eventsOf(step)) send(session, event, at);
    },
    close: () => closing.abort(),
  };
}

/** What there is an event for, in the words of the current page (§12.2, §12.4). */
function eventsOf(step: Step): string[] {
  switch (step.do) {
    case "ring":
      return step.party === "to" ? ["SessionSecondPartyRing"] : [];
    case "answer":
      return [step.party === "from" ? "SessionFirstPartyAnswer" : "SessionSecondPartyAnswer"];
    case "hangup":
      return [
        step.by === "from" ? "SessionFirstPartyHangup" : "SessionSecondPartyHangup",
        "SessionPartiesHangup",
      ];
    case "end":
      return step.reason === "expired" ? ["SessionTimeout"] : ["SessionPartiesHangup"];
    case "recording":
      if (step.outcome === "ready") return ["SessionRecordingCompleted"];
      return step.outcome === "failed" ? ["SessionRecordingFailed"] : [];
    default:
      return [];
  }
}

/** The text that a V3 signature covers, up to the nonce (§13.2). */
function toSigned(method: "GET" | "POST", url: string, parameters: readonly [string, string][]): string {
  const [base = "", query = ""] = url.split("?", 2);
  const own = [...new URLSearchParams(query)];
  const byName = (pairs: readonly (readonly [string, string])[]) =>
    [...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const inQuery = byName(method === "GET" ? [...own, ...parameters] : own)
    .map((pair) => pair.join("="))
    .join("&");
  if (method === "GET") return `${base}?${inQuery}`;
  const inBody = byName(parameters)
    .map((pair) => pair.join(""))
    .join("");
  return inQuery === "" ? `${base}?${inBody}` : `${base}?${inQuery}.${inBody}`;
}
