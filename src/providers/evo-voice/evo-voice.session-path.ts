/**
 * Where one session is written to. This is the most dangerous address of the API: `DELETE /sessions/{id}` hangs up,
 * `DELETE /sessions` deletes records in bulk (§5, Q3), and an id that gets lost on the way turns the one into the other.
 */
import { BadUserInputError } from "../../errors/index.js";
import { pathSegment } from "../../http/path-segment.js";

/**
 * Only what stands for itself in a path. Percent-encoding alone is not enough here: servers and proxies in between trim
 * blanks, decode `%2F` or `%252F` to a slash, fold `//`, cut at `;`, `?` or `#`, and resolve dots, encoded or not.
 */
const SAFE = /^[A-Za-z0-9._~:@=+-]{1,256}$/;

/** Resources of their own below `/sessions` (§4.2, §5); routes ignore case. */
const OTHER_ROUTES = new Set(["my", "active", "outgoing"]);

/**
 * True for an id that can be written to. Stricter than for reading, where an id is part of a query and a wrong one finds
 * nothing: at least one letter or digit (never dots or blanks alone), and nothing that could come apart.
 */
export function canBeWrittenTo(id: string): boolean {
  return SAFE.test(id) && /[A-Za-z0-9]/.test(id) && !OTHER_ROUTES.has(id.toLowerCase());
}

/** The path of one session, or of something to do with it. Throws `BadUserInputError` where `canBeWrittenTo` says no. */
export function sessionPath(id: string, action?: "hold" | "redirect"): string {
  if (!canBeWrittenTo(id)) throw new BadUserInputError(NOT_WRITABLE, ["sessionId"]);
  const path = `/sessions/${pathSegment(id)}`;
  return action === undefined ? path : `${path}/${action}`;
}

/** What is wrong with an id that cannot be written to; does not repeat it. */
export const NOT_WRITABLE =
  "sessionId: Evo Voice's id of this session holds characters that cannot safely be part of an address.";
