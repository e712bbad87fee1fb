/** PortSIP's webhooks as this gateway expects them (PortSIP reference §7.1): JSON with a bearer token, no signature. */
import { parseJson } from "../../http/parse-json.js";
import { NO_FACTS, type EpochMs, type SessionSnapshot } from "../../model/index.js";
import {
  digestOf,
  isSameSecret,
  NO_NEWS,
  refused,
  type WebhookProbe,
  type WebhookReceiver,
} from "../webhooks.js";
import { readObject } from "../wire/index.js";
import { isAnswer, isEnd, parseEvent, seconds, toEnd } from "./portsip.events.js";
import { isPortsipId, toPortsipKey } from "./portsip.id.js";
import { toDirection } from "./portsip.words.js";

/** Not one of PortSIP's event types, so it says nothing of any call. */
const PROBE_EVENT = "switchboard_probe";

/** A delivery as the PBX would send it, but of an event that means nothing. */
export function createPortsipProbe(token: string, now: EpochMs): WebhookProbe {
  return {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json; charset=utf-8" },
    // Times are Unix seconds in text (§7.3).
    body: JSON.stringify({ event_type: PROBE_EVENT, time: String(Math.floor(now / 1000)) }),
  };
}

/** Takes deliveries that carry the token. */
export function createPortsipReceiver(token: string): WebhookReceiver {
  return {
    /** No payload has an id of its own (§7.2): one that is sent again is the same to the last byte. */
    verify({ method, headers, body }) {
      const [, given = ""] = /^Bearer +(\S+) *$/i.exec(headers["authorization"] ?? "") ?? [];
      if (method !== "POST") return refused("it is no POST");
      if (!isSameSecret(given, token)) return refused("it does not carry the token");
      const digest = digestOf(body);
      return { kind: "genuine", id: digest, digest, message: body.toString("utf8") };
    },

    /**
     * Which call it is about, and what no read of a call that is up tells: its direction, that it has just been
     * answered, and that it has just ended. All else is read again, since events spell parties and reasons in ways of their own (§10 Q6, Q7, Q13). An event
     * of a kind that is new has its call read.
     */
    read(message, receivedAt) {
      const json = parseJson(message);
      const wire = readObject(json, []);
      const id = wire?.text("session_id") ?? null;
      if (wire === null || id === null || !isPortsipId(id)) return NO_NEWS;
      const about = { providerId: id, providerKey: toPortsipKey(id) };
      const event = parseEvent(json);
      const by = (time: EpochMs | null) => Math.min(time ?? receivedAt, receivedAt);
      const at = by(seconds(wire, "time") ?? seconds(wire, "ended_time"));
      const snapshot: SessionSnapshot = {
        ...about,
        provider: "PORTSIP",
        source: "PUSH",
        observedAt: at,
        version: null,
        facts: {
          ...NO_FACTS,
          channel: "VOICE",
          direction: toDirection(wire.text("direction")),
          ...(event !== null && isAnswer(event)
            ? { phase: "LIVE", state: "IN_PROGRESS", answeredAt: at }
            : {}),
          ...(event !== null && isEnd(event)
            ? { ...toEnd(event), endedAt: by(seconds(wire, "ended_time") ?? at) }
            : {}),
        },
        fields: {},
        sections: [],
        problems: [],
        isBlindToHold: true,
      };
      return { about, snapshot };
    },
  };
}
