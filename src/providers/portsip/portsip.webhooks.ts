/** PortSIP's webhooks as this gateway expects them (PortSIP reference §7.1): JSON with a bearer token, no signature. */
import { parseJson } from "../../http/parse-json.js";
import type { EpochMs, SessionSnapshot } from "../../model/index.js";
import { digestOf, isSameSecret } from "../proof.js";
import type {
  WebhookDelivery,
  WebhookNews,
  WebhookProbe,
  WebhookReceiver,
  WebhookVerdict,
} from "../provider.js";
import { readObject, type WireObject } from "../wire/index.js";
import { isAnswer, parseEvent } from "./portsip.events.js";
import { isPortsipId, toPortsipKey } from "./portsip.id.js";
import { toEndedState } from "./portsip.state.js";
import { toDirection } from "./portsip.words.js";

/** Not one of PortSIP's event types, so it says nothing of any call. */
const PROBE_EVENT = "switchboard_probe";

/** A delivery as the PBX would send it, but of an event that means nothing. Null without a token to send it with. */
export function toWebhookProbe(token: string | undefined, now: EpochMs): WebhookProbe | null {
  if (token === undefined) return null;
  return {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" },
    // Times are Unix seconds in text (§7.3).
    body: JSON.stringify({ event_type: PROBE_EVENT, time: String(Math.floor(now / 1000)) }),
  };
}

/** Takes deliveries that carry the token. */
export function createPortsipReceiver(token: string): WebhookReceiver {
  return { verify: (delivery) => verify(delivery, token), read };
}

/** No payload has an id of its own (§7.2): one that is sent again is the same to the last byte. */
function verify({ method, headers, body }: WebhookDelivery, token: string): WebhookVerdict {
  const [, given = ""] = /^Bearer +(\S+) *$/i.exec(headers["authorization"] ?? "") ?? [];
  if (method !== "POST") return { kind: "refused", reason: "it is no POST" };
  if (!isSameSecret(given, token)) return { kind: "refused", reason: "it does not carry the token" };
  const digest = digestOf(body);
  return { kind: "genuine", id: digest, digest, message: body.toString("utf8") };
}

/** The session goes on until this comes (§7.4). */
const OVER = "call_cdr";

/**
 * Which call it is about, and what no read of a call that is up tells: its direction, that it has just been answered, and
 * that it has just ended. All else is read again, since events spell parties and reasons in ways of their own (§10 Q6,
 * Q7, Q13).
 */
function read(message: string, receivedAt: EpochMs): WebhookNews {
  const json = parseJson(message);
  const event = readObject(json, []);
  const id = event?.text("session_id") ?? null;
  if (event === null || id === null || !isPortsipId(id)) return { about: null, snapshot: null };
  const about = { providerId: id, providerKey: toPortsipKey(id) };
  const at = Math.min(toTime(event, "time") ?? toTime(event, "ended_time") ?? receivedAt, receivedAt);
  const call = parseEvent(json);
  const isAnswered = call !== null && isAnswer(call);
  const snapshot: SessionSnapshot = {
    ...about,
    provider: "PORTSIP",
    source: "PUSH",
    observedAt: at,
    version: null,
    facts: {
      channel: "VOICE",
      direction: toDirection(event.text("direction")),
      ...(event.text("event_type") === OVER ? toEnded(event, at) : toGoingOn(isAnswered)),
      title: null,
      from: null,
      to: null,
      startedAt: null,
      answeredAt: isAnswered ? at : null,
      updatedAt: null,
      durationSeconds: null,
      cost: null,
    },
    fields: {},
    sections: [],
    problems: [],
    isBlindToHold: true,
  };
  return { about, snapshot };
}

type HowItIs = Pick<SessionSnapshot["facts"], "phase" | "state" | "endedAt">;

function toGoingOn(isAnswered: boolean): HowItIs {
  return isAnswered
    ? { phase: "LIVE", state: "IN_PROGRESS", endedAt: null }
    : { phase: "UNKNOWN", state: "UNKNOWN", endedAt: null };
}

function toEnded(event: WireObject, at: EpochMs): HowItIs {
  const state = toEndedState({
    status: event.text("call_status"),
    reason: event.text("ended_reason") ?? event.text("end_reason"),
    code: event.integer("status_code"),
  });
  return { phase: "ENDED", state, endedAt: toTime(event, "ended_time") ?? at };
}

/** Unix seconds in text; "0" means never (§7.3). */
function toTime(event: WireObject, key: string): EpochMs | null {
  const seconds = Number(event.text(key) ?? 0);
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds * 1000 : null;
}
