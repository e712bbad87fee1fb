/** Who is on a call, as call control names them (PortSIP reference §3.6). */
import { PBX_STAFF } from "../world/companies.js";
import { currentLeg, type Leg, type Session } from "./portsip-records.js";

/** Extension numbers are digits; trunks write theirs with a plus. */
export function digitsOf(address: string): string {
  return address.replace(/^sip:/, "").replace(/@.*$/, "").replace(/\D/g, "");
}

/** Which end of the leg `extension` is; null when it is neither. Whoever took a queue's call is its callee. */
export function sideOf(leg: Leg, extension: string): "caller" | "callee" | null {
  const digits = digitsOf(extension);
  if (digitsOf(leg.caller) === digits) return "caller";
  const tookIt = leg.answeredAt !== null && digitsOf(leg.destination) === digits;
  return tookIt || digitsOf(leg.callee) === digits ? "callee" : null;
}

/** The party at the other end of the leg. */
export function farEnd(leg: Leg, side: "caller" | "callee"): { number: string; name: string | null } {
  return side === "callee"
    ? { number: leg.caller, name: leg.callerName }
    : { number: leg.callee, name: leg.calleeName };
}

/** What a phone shows while this session is going on; empty when it has nothing to do with it. */
export function callStatusOf(session: Session, extension: string): "ON_CALL" | "RINGING" | "" {
  if (session.endedAt !== null) return "";
  const leg = currentLeg(session);
  if (leg.ringing !== null && digitsOf(leg.ringing) === extension) return "RINGING";
  const side = sideOf(leg, extension);
  return side === "caller" || (side === "callee" && leg.answeredAt !== null) ? "ON_CALL" : "";
}

export function nameOf(extension: string): string | null {
  return PBX_STAFF.find((person) => person.extension === extension)?.name ?? null;
}
