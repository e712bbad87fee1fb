/** Loads what a list's fields will ask for, for the whole page at once, and leaves it on the sessions. */
import type { Section } from "../model/index.js";
import type { SessionNode } from "./nodes.js";
import type { SessionLoaders } from "./session-loaders.js";

/** Fields that are the children themselves: once loaded, the session's own property answers them. */
const AHEAD = ["members", "interactions", "transfers", "recordings", "report"] as const satisfies Section[];

/**
 * One statement per table for the page. Sessions whose section must be read from the provider first are left alone:
 * their field does that when it is asked, all of them together.
 */
export async function loadAhead(
  sessions: readonly SessionNode[],
  fields: ReadonlySet<string>,
  loaders: SessionLoaders,
): Promise<void> {
  await Promise.all(
    AHEAD.filter((field) => fields.has(field)).map(async (field) => {
      const ready = sessions.filter((session) => !loaders.lacks(session, field));
      const values: unknown[] = await loaders.children.ofMany[field](ready);
      ready.forEach((session, index) => {
        session[field] = values[index];
      });
    }),
  );
}
