/** `first_party_pin`, `first-party-pin` and `FirstPartyPin` to `firstPartyPin`: wire names to names in the graph. */
export function toCamelCase(name: string): string {
  return name
    .replace(/[_\-\s]+(.)/g, (_, letter: string) => letter.toUpperCase())
    .replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (start) => start.toLowerCase());
}
