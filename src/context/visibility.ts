/** What a principal may know of, resolved once: a connection it may not see does not exist for it. */
import type { Principal } from "./principal.js";

/** The visible ones among the names asked for; all visible ones when none are asked for. */
export function visibleConnections(
  principal: Principal,
  asked?: readonly string[] | null,
): readonly string[] {
  if (asked === undefined || asked === null) return principal.connections;
  const wanted = new Set(asked);
  return principal.connections.filter((name) => wanted.has(name));
}

/** True when the principal may know of the connection. */
export function isVisible(principal: Principal, connection: string): boolean {
  return principal.connections.includes(connection);
}
