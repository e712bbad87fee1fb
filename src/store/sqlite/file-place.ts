/**
 * Whether the database's file is still the one that was opened. A file that was deleted or replaced can be written to for
 * as long as it is open, and everything written is lost with it: a command that counts as recorded would not be.
 */
import { statSync } from "node:fs";
import { DatabaseUnavailableError } from "../../errors/index.js";

/** Answers a check for a file that exists; it throws `DatabaseUnavailableError` once the path leads somewhere else. */
export function watchPlace(path: string): () => void {
  if (path === ":memory:") return () => undefined;
  const opened = statSync(path);
  return () => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.ino !== opened.ino || found.dev !== opened.dev) throw new DatabaseUnavailableError("GONE");
  };
}
