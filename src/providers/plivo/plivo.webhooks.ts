/** How Plivo signs its callbacks (Plivo reference §13). */
import { createHmac, randomInt } from "node:crypto";
import { numberText, parseJson } from "../../http/parse-json.js";
import { isJsonObject, toTimestamp, type EpochMs } from "../../model/index.js";
import {
  digestOf,
  isSameSecret,
  NO_NEWS,
  refused,
  type WebhookDelivery,
  type WebhookProbe,
  type WebhookReceiver,
} from "../webhooks.js";
import { isPlivoId } from "./plivo.wire.js";

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
  const { base, query } = splitUrl(url);
  const inUrl = method === "GET" ? new URLSearchParams([...query, ...parameters]) : query;
  const queryText = sorted(inUrl).map(([name, value]) => `${name}=${value}`);
  const bodyText = method === "GET" ? [] : sorted(parameters).map(([name, value]) => name + value);
  // A body puts a question mark behind the address even where the URL has no query; a dot only after a query.
  const told = [queryText.join("&"), bodyText.join("")].filter((part) => part !== "").join(".");
  const message = told === "" ? base : `${base}?${told}`;
  return createHmac("sha256", authToken).update(`${message}.${nonce}`, "utf8").digest("base64");
}

/** The value of `X-Plivo-Signature-V2` (§13.3): it covers the address alone, neither query nor parameters. */
export function signV2({
  url,
  nonce,
  authToken,
}: Pick<SignedCallback, "url" | "nonce" | "authToken">): string {
  return createHmac("sha256", authToken)
    .update(splitUrl(url).base + nonce, "utf8")
    .digest("base64");
}

function splitUrl(url: string): { base: string; query: URLSearchParams } {
  const [address = ""] = url.split("#", 1);
  const at = address.indexOf("?");
  return {
    base: at === -1 ? address : address.slice(0, at),
    query: new URLSearchParams(at === -1 ? "" : address.slice(at + 1)),
  };
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

/**
 * Ten times what the longest callback could be (§12.3, §12.4). The parameters are sorted before anybody knows who has
 * sent them, and sorting a megabyte of them would keep everybody else waiting for seconds.
 */
const MAX_BODY_BYTES = 32 * 1024;

/** What connects a receiver to its connection. */
export interface PlivoReceiverOptions {
  authToken: string;
  /** Deliveries with no V3 signature are taken by their V2 one. */
  takesV2: boolean;
}

/** Takes callbacks that the Auth Token has signed, as that of the session's owner or of the main account (§13.1). */
export function createPlivoReceiver({ authToken, takesV2 }: PlivoReceiverOptions): WebhookReceiver {
  return {
    /**
     * Any V3 header decides, since V2 does not cover the parameters: else whoever has seen one delivery could send
     * others. Callbacks have no id. One that is sent again has another nonce and the same parameters, which name it
     * therefore; what V2 signed is named by its nonce, under which there can be nothing else.
     */
    verify(delivery) {
      const { method, url, headers } = delivery;
      const version = takesV2 && signaturesOf(headers, "v3").length === 0 ? "v2" : "v3";
      const given = signaturesOf(headers, version);
      const nonce = headers[`x-plivo-signature-${version}-nonce`] ?? "";
      // Most of what is forged is known by this already, and costs no more.
      if (given.length === 0 || nonce === "") return refused("it is not signed");
      if (delivery.body.length > MAX_BODY_BYTES) return refused("it is longer than any callback");
      const parameters = method === "GET" ? new URLSearchParams() : bodyParameters(delivery);
      const signed = { method, url, parameters, nonce, authToken };
      const own = version === "v3" ? signV3(signed) : signV2(signed);
      if (!given.some((signature) => isSameSecret(signature, own)))
        return refused("the Auth Token has not signed it for this address");
      const all = sorted(new URLSearchParams([...splitUrl(url).query, ...parameters]));
      const message = new URLSearchParams(all).toString();
      const digest = digestOf(message);
      return { kind: "genuine", id: version === "v3" ? digest : `v2 ${digestOf(nonce)}`, digest, message };
    },

    /**
     * Which session it is about. The parameters tell less than the session itself does, their order is not certain, and
     * V2 does not cover them: the session is read again.
     */
    read(message) {
      const id = new URLSearchParams(message).get("SessionUUID");
      if (id === null || !isPlivoId(id) || id === NO_SESSION) return NO_NEWS;
      return { about: { providerId: id, providerKey: id.toLowerCase() }, snapshot: null };
    },
  };
}

/** Several Auth Tokens that are good at once make several values. */
function signaturesOf(headers: WebhookDelivery["headers"], version: "v2" | "v3"): string[] {
  const names = [`x-plivo-signature-${version}`, `x-plivo-signature-ma-${version}`];
  return names
    .flatMap((name) => headers[name]?.split(",") ?? [])
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

/** A form as other callbacks of Plivo's have it, or JSON (§12.1). What is neither has none. */
function bodyParameters({ headers, body }: WebhookDelivery): URLSearchParams {
  const text = body.toString("utf8");
  if (!/\bjson\b/i.test(headers["content-type"] ?? "")) return new URLSearchParams(text);
  const parameters = new URLSearchParams();
  const json = parseObject(text);
  for (const [name, value] of Object.entries(json)) {
    if (Array.isArray(value)) value.forEach((_, index) => parameters.append(name, textAt(value, index)));
    else parameters.append(name, textAt(json, name));
  }
  return parameters;
}

/** As it was written: it is text that was signed, and 0.10 is not 0.1. */
function textAt(holder: object, key: string | number): string {
  const value: unknown = Reflect.get(holder, key);
  return numberText(holder, key) ?? (typeof value === "object" ? JSON.stringify(value) : String(value));
}

function parseObject(text: string): object {
  try {
    const json = parseJson(text);
    return isJsonObject(json) ? json : {};
  } catch {
    return {};
  }
}
