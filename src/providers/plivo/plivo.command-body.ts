import type { JsonObject } from "../../model/index.js";

/** A member's name at Plivo: `firstPartyPin` is `first_party_pin`, and `geomatch` is one word there too (§5.1). */
export function toWireName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The body of a create or an update: what is given of `names`, and nothing for what is not. */
export function toBody(input: JsonObject, names: readonly string[]): JsonObject {
  const given = names.filter((name) => input[name] !== undefined && input[name] !== null);
  return Object.fromEntries(given.map((name) => [toWireName(name), input[name]]));
}
