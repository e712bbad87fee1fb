/** PortSIP's webhooks as this gateway expects them (PortSIP reference §7.1): JSON with a bearer token, no signature. */
import type { EpochMs } from "../../model/index.js";
import type { WebhookProbe } from "../provider.js";

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
