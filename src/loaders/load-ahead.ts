/** Loads what a list's fields will ask for, for the whole page at once, and leaves it on the sessions. */
import { SECTIONS, type Section } from "../model/index.js";
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
  const ready = (...sections: Section[]) =>
    sessions.filter((session) => sections.every((section) => !loaders.lacks(session, section)));
  const { ofMany } = loaders.children;
  const children = AHEAD.filter((field) => fields.has(field)).map(async (field) => {
    const own = ready(field);
    const values: unknown[] = await ofMany[field](own);
    own.forEach((session, index) => {
      session[field] = values[index];
    });
  });
  const told = fields.has("timeline") ? ready("events", "transfers") : [];
  const events = told.length > 0 ? ofMany.events(told) : null;
  // The timeline is made of transfers as well.
  const steps = told.length > 0 && !fields.has("transfers") ? ofMany.transfers(told) : null;
  await Promise.all([...children, events, steps]);
  if (fields.has("freshness")) for (const session of ready(...SECTIONS)) session.handle.isComplete = true;
}
