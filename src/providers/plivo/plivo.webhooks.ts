/** How Plivo signs its callbacks (Plivo reference §13). */
import { createHmac, randomInt } from "node:crypto";
import { toTimestamp, type EpochMs } from "../../model/index.js";
import type { WebhookProbe } from "../provider.js";

/** One callback to sign. */
export interface SignedCallback {
  method: "GET" | "POST";
  /** As it is called from outside: scheme, host, port, path and query. A fragment is not part of it. */
  url: string;
  /** Those in a POST's body. A GET has its parameters in the URL already. */
  parameters: URLSearchParams;
  nonce: string;
  authToken: string;
}

/** The value of `X-Plivo-Signature-V3` (§13.2): base64 of an HMAC-SHA256. */
export function signV3({ method, url, parameters, nonce, authToken }: SignedCallback): string {
  const [address = ""] = url.split("#", 1);
  const at = address.indexOf("?");
  const base = at === -1 ? address : address.slice(0, at);
  const query = new URLSearchParams(at === -1 ? "" : address.slice(at + 1));
  const inUrl = method === "GET" ? new URLSearchParams([...query, ...parameters]) : query;
  const queryText = sorted(inUrl).map(([name, value]) => `${name}=${value}`);
  const bodyText = method === "GET" ? [] : sorted(parameters).map(([name, value]) => name + value);
  // A body puts a question mark behind the address even where the URL has no query; a dot only after a query.
  const told = [queryText.join("&"), bodyText.join("")].filter((part) => part !== "").join(".");
  const message = told === "" ? base : `${base}?${told}`;
  return createHmac("sha256", authToken).update(`${message}.${nonce}`, "utf8").digest("base64");
}

/** By name, then by value, both in the order of code units. */
function sorted(parameters: URLSearchParams): [string, string][] {
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...parameters].sort(([a, x], [b, y]) => compare(a, b) || compare(x, y));
}

/** A session that nobody has. */
const NO_SESSION = "00000000-0000-0000-0000-000000000000";
const NONCE_DIGITS = 20;

/** A callback of an event that Plivo does not have, about a session that nobody has, signed for `url`. */
export function createPlivoProbe(url: string, authToken: string, now: EpochMs): WebhookProbe {
  const parameters = new URLSearchParams({
    EventName: "SwitchboardProbe",
    EventTimestamp: `${toTimestamp(now).slice(0, 19).replace("T", " ")} +0000 UTC`,
    SessionUUID: NO_SESSION,
    SequenceNumber: "1",
  });
  const nonce = Array.from({ length: NONCE_DIGITS }, () => randomInt(10)).join("");
  return {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-plivo-signature-v3": signV3({ method: "POST", url, parameters, nonce, authToken }),
      "x-plivo-signature-v3-nonce": nonce,
    },
    body: parameters.toString(),
  };
}
