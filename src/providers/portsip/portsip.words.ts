/** PortSIP's vocabularies, each of which comes in several spellings (PortSIP reference §10 Q6, Q7, Q12). */
import type { Direction } from "../../model/index.js";

const DIRECTIONS: ReadonlyMap<string, Direction> = new Map([
  ["EXTENSION_CALL", "INTERNAL"],
  ["INTERNAL", "INTERNAL"],
  ["EXT", "INTERNAL"],
  ["INBOUND_CALL", "INBOUND"],
  ["INBOUND", "INBOUND"],
  ["IN", "INBOUND"],
  ["OUTBOUND_CALL", "OUTBOUND"],
  ["OUTBOUND", "OUTBOUND"],
  ["OUT", "OUTBOUND"],
  ["INBOUND_OUTBOUND_CALL", "TRANSIT"],
  ["INBOUND_OUTBOUND", "TRANSIT"],
  ["IN2OUT", "TRANSIT"],
]);

/** Any of the four vocabularies to ours. */
export function toDirection(word: string | null): Direction {
  return DIRECTIONS.get(toWord(word)) ?? "UNKNOWN";
}

export type PortsipEndReason =
  | "CALLER_DISCONNECTED"
  | "CALLEE_DISCONNECTED"
  | "BLIND_TRANSFER_COMPLETED"
  | "CONSULT_TRANSFER_COMPLETED"
  | "REPLACED"
  | "REFERRED"
  | "REDIRECTED"
  | "CANCELLED";

const END_REASONS: ReadonlyMap<string, PortsipEndReason> = new Map([
  ["CALLER_DISCONNECTED", "CALLER_DISCONNECTED"],
  ["CALLER_DISCONNECT", "CALLER_DISCONNECTED"],
  ["CALLEE_DISCONNECTED", "CALLEE_DISCONNECTED"],
  ["CALLEE_DISCONNECT", "CALLEE_DISCONNECTED"],
  ["BLIND_TRANSFER_COMPLETED", "BLIND_TRANSFER_COMPLETED"],
  ["BLIND_TRANSFER_COMPLETE", "BLIND_TRANSFER_COMPLETED"],
  ["CONSULT_TRANSFER_COMPLETED", "CONSULT_TRANSFER_COMPLETED"],
  ["CONSULT_TRANSFER_COMPLETE", "CONSULT_TRANSFER_COMPLETED"],
  ["ATTENDED_TRANSFER_COMPLETED", "CONSULT_TRANSFER_COMPLETED"],
  ["ATTENDED_TRANSFER_COMPLETE", "CONSULT_TRANSFER_COMPLETED"],
  ["REPLACED", "REPLACED"],
  ["REFERRED", "REFERRED"],
  ["REDIRECTED", "REDIRECTED"],
  ["CANCELLED", "CANCELLED"],
  ["CANCELED", "CANCELLED"],
]);

/** The REST spelling of an end reason; null for none, for the text "None", and for a word nobody has documented. */
export function toEndReason(word: string | null): PortsipEndReason | null {
  return END_REASONS.get(toWord(word)) ?? null;
}

/** True for the text "None", which stands for no word at all (Q7). */
export function isNone(word: string | null | undefined): boolean {
  return toWord(word ?? null) === "NONE";
}

/** What the creator of a call attached to it. */
export interface PortsipUserData {
  userData: string | null;
  serviceNumber: string | null;
}

/** A call to a queue or ring group stores the text as `user-data=<value>;service-number=<number>`: unwraps it. */
export function unwrapUserData(text: string | null): PortsipUserData {
  const match = /^user-data=(.*);service-number=([^;]*)$/s.exec(text ?? "");
  if (match === null) return { userData: text, serviceNumber: null };
  return { userData: match[1] || null, serviceNumber: match[2] || null };
}

function toWord(word: string | null): string {
  return word?.trim().toUpperCase() ?? "";
}
