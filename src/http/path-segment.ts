import { BadUserInputError } from "../errors/index.js";

/** C0, DEL and C1. */
const CONTROL = /\p{Cc}/u;

/**
 * Percent-encodes an id as exactly one segment of a path: `a/b` becomes `a%2Fb` and names nothing else.
 *
 * Throws `BadUserInputError` for ids that no encoding makes safe: the empty one, `.` and `..` (servers and proxies
 * resolve these even when encoded), control characters, and text that is not well-formed Unicode. Ids come from clients,
 * so a bad one is the client's mistake; the message does not repeat it.
 */
export function pathSegment(id: string): string {
  if (id === "" || id === "." || id === ".." || CONTROL.test(id) || !id.isWellFormed()) {
    throw new BadUserInputError("An id is empty or holds characters that cannot be part of an id.");
  }
  return encodeURIComponent(id);
}
