/** Callbacks to the addresses that sessions name, signed for them (Plivo reference §12, §13). */
import { createHmac } from "node:crypto";
import type { Step } from "../conversation.js";
import { deliver, isThisMachine } from "../kit/deliver.js";
import type { PushLog } from "../kit/push-log.js";
import type { Random } from "../kit/random.js";
import { PLIVO_ACCOUNT, PLIVO_SUBACCOUNT, type PlivoAccount } from "./plivo-accounts.js";
import type { PlivoModes } from "./plivo-modes.js";
import type { MaskingSession } from "./plivo-records.js";

/** One retry when nobody answers (§12.1). */
const RETRY_AFTER_MS = [500] as const;

export interface PlivoCallbacks {
  /** Tells the session's receivers of what a step was. */
  tell(session: MaskingSession, step: Step, at: number): void;
  /** Sends one event, where the session has a receiver for its kind. */
  send(session: MaskingSession, event: string, at: number): void;
  close(): void;
}

export interface PlivoCallbacksOptions {
  random: Random;
  modes: Readonly<PlivoModes>;
  pushes: PushLog;
}

export function createPlivoCallbacks({ random, modes, pushes }: PlivoCallbacksOptions): PlivoCallbacks {
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
    const headers = {
      ...signatures(session, nonce, toSigned(method, url, parameters), url),
      ...(method === "GET" ? {} : { "content-type": "application/x-www-form-urlencoded" }),
    };
    const delivery = { method, url: target, headers, body: form };
    const push = pushes.note("webhook", event);
    void deliver(() => delivery, { pausesMs: RETRY_AFTER_MS, signal: closing.signal }).then(
      (status) => (push.status = status),
    );
  }

  /** By the Auth Token of the session's owner, and by that of the main account (§13.1). */
  function signatures(
    session: MaskingSession,
    nonce: string,
    message: string,
    url: string,
  ): Record<string, string> {
    const owner = session.subaccount === null ? PLIVO_ACCOUNT : PLIVO_SUBACCOUNT;
    const sign = ({ authToken }: PlivoAccount, text: string) =>
      createHmac("sha256", authToken).update(text).digest("base64");
    const v3 = `${message}.${nonce}`;
    const v2 = `${baseOf(url)}${nonce}`;
    return {
      ...(modes.signatures !== "v2" && {
        "x-plivo-signature-v3": sign(owner, v3),
        "x-plivo-signature-ma-v3": sign(PLIVO_ACCOUNT, v3),
        "x-plivo-signature-v3-nonce": nonce,
      }),
      ...(modes.signatures !== "v3" && {
        "x-plivo-signature-v2": sign(owner, v2),
        "x-plivo-signature-ma-v2": sign(PLIVO_ACCOUNT, v2),
        "x-plivo-signature-v2-nonce": nonce,
      }),
    };
  }

  return {
    send,
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
  const base = baseOf(url);
  const query = url.slice(base.length + 1).split("#", 1)[0];
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

/** Scheme, host, port and path. */
function baseOf(url: string): string {
  return /^[^?#]*/.exec(url)?.[0] ?? url;
}
