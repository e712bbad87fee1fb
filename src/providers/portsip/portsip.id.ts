/**
 * PortSIP's two spellings of one id: a decimal (`700551909773148160`) and the base64 of that decimal's text
 * (PortSIP reference §10 Q1). Ids are compared by the decimal and sent back as they were received. They never become
 * numbers: they exceed 2^53.
 */
import { BadUserInputError } from "../../errors/index.js";
import { pathSegment } from "../../http/path-segment.js";

const DECIMAL = /^\d{1,20}$/;

/** `0` means "no session", `1` "the latest call of an extension" (Q11): neither names a call, however it is written. */
const WILDCARD = /^0*[01]$/;

/** `GET /sessions/directly` is a route of its own, which places a call with a password in its URL (§3.5, Q16). */
const ROUTE = /^directly$/i;

/** The form in which both spellings are equal: the decimal where there is one, else the id itself. */
export function toPortsipKey(id: string): string {
  return DECIMAL.test(id) ? id : (decodeDecimal(id) ?? id);
}

/** The other spelling of an id; null when it has only one. */
export function toOtherSpelling(id: string): string | null {
  return DECIMAL.test(id) ? Buffer.from(id, "latin1").toString("base64") : decodeDecimal(id);
}

/**
 * True for what may be sent as a call's id: opaque, one path segment even for servers that decode or split it
 * carelessly, no wildcard, no route.
 */
export function isPortsipId(id: string): boolean {
  if (!/^[^\s\p{Cc}/\\%?#;]{1,128}$/u.test(id) || /^\.{1,2}$/.test(id) || !id.isWellFormed()) return false;
  return !ROUTE.test(id) && !WILDCARD.test(toPortsipKey(id));
}

/**
 * Path of one call, or of something to do with it. Throws `BadUserInputError` for what `isPortsipId` refuses, so that
 * no id becomes a wildcard or another route, whoever passes it on.
 */
export function toSessionPath(id: string, action?: "hold" | "unhold" | "refer" | "destroy"): string {
  if (!isPortsipId(id)) throw new BadUserInputError("A session's id is not one that PortSIP gives.");
  const path = `/sessions/${pathSegment(id)}`;
  return action === undefined ? path : `${path}/${action}`;
}

function decodeDecimal(id: string): string | null {
  if (!/^[A-Za-z0-9+/_-]{2,28}={0,2}$/.test(id)) return null;
  const text = Buffer.from(id, "base64").toString("latin1");
  if (!DECIMAL.test(text)) return null;
  // The decoder ignores what it cannot use: only text that encodes back to the id was meant as base64.
  const bare = (base64: string) => base64.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/");
  return bare(Buffer.from(text, "latin1").toString("base64")) === bare(id) ? text : null;
}
