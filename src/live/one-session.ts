/** What the subscriptions to one session have in common: finding it, its changes, and when it is over. */
import { NotFoundError } from "../errors/index.js";
import { SETTLES_WITHIN_MS } from "../loaders/freshness.js";
import type { SessionNode } from "../loaders/nodes.js";
import type { Section } from "../model/index.js";
import type { ChangeRow } from "../store/store.js";
import { endOf } from "./finality.js";
import type { End, Numbered, Stream, Told, WatchTarget } from "./live.js";
import type { LiveReading } from "./reading.js";

/** One session that is subscribed to. */
export interface OneSession {
  readonly key: number;
  readonly stream: Stream;
  readonly watched: WatchTarget;
  /** As it is stored now; null when it has been removed. */
  node(): Promise<SessionNode | null>;
  /** When it is over, as it is stored now; known only once nothing has changed behind `upTo`. */
  end(upTo: number): Promise<End>;
  /** Its changes behind a place, told by `tell`. */
  catchUp(
    position: number,
    tell: (changes: readonly ChangeRow[]) => Promise<Told[]>,
  ): Promise<{ told: Told[]; upTo: number; end: End }>;
  /** The same of rows that the stream has brought. */
  read(
    rows: readonly Numbered[],
    tell: (changes: readonly ChangeRow[]) => Promise<Told[]>,
  ): Promise<{ told: Told[]; end: End }>;
}

/** Before a session in which nothing happens is looked at again: it may have been removed, milliseconds. */
const LOOK_AGAIN_MS = 60_000;
/** Before its provider is asked again for the last that there is to be known of a session, milliseconds. */
const RETRY_MS = 5_000;

/**
 * Finds a session as a query would, its provider included, and what of it is named. Throws `NotFoundError` where there is
 * none to be seen, and the provider's failure where nothing would ever be told: it refuses to show a section, or the
 * session is over. A section of one that goes on is told when it can be read.
 */
export async function findSession(
  id: string,
  argument: string,
  reading: LiveReading,
  ...sections: readonly Section[]
): Promise<OneSession> {
  const { store, principal, context, now } = reading;
  const found = await context.sessions.byId(id);
  if (found === null)
    throw new NotFoundError(`${argument}: there is no such session, or none that you may see.`);
  const failures = await Promise.all(
    sections.map(async (section) => context.sessions.ensure(found, section)),
  );
  const failure = failures.find((problem) => problem != null);
  if (failure && (failure.code === "PROVIDER_AUTH_FAILED" || found.handle.row.phase === "ENDED"))
    throw failure;
  const { key, connection, providerKey, providerId } = found.handle.row;
  /** It has been seen going on: what its provider writes down behind its end has not been read yet. */
  let wentOn = false;

  async function row() {
    const [stored] = await store.sessions.byKeys([key], principal.connections);
    return stored ?? null;
  }

  async function end(upTo: number): Promise<End> {
    const stored = await row();
    if (stored === null) return "NOW";
    const report = (await store.reports.bySessionKeys([key])).get(key) ?? null;
    const end = endOf(stored, report, now());
    if (end !== "NOW") {
      wentOn = true;
      return end ?? now() + LOOK_AGAIN_MS;
    }
    if (wentOn && sections.length > 0) {
      const isRead = await reading.readAgain(stored, sections);
      const endedAt = stored.endedAt ?? stored.fetchedAt;
      if (!isRead && now() < endedAt + SETTLES_WITHIN_MS) return now() + RETRY_MS;
      wentOn = false;
    }
    // What is stored may be ahead of what has been told: the rest comes first.
    const rest = await store.changes.after(upTo, 1, principal.connections, key);
    return rest.length === 0 ? "NOW" : null;
  }

  const stream = reading.streams.changesOf(key);
  return {
    key,
    stream,
    watched: { connections: [], sessions: [{ connection, providerKey, providerId }] },
    async node() {
      const stored = await row();
      return stored && reading.toNode(stored);
    },
    end,
    async catchUp(position, tell) {
      const { changes, upTo } = await reading.changesAfter(position, key);
      return { told: await tell(changes), upTo, end: await end(upTo) };
    },
    async read(rows, tell) {
      const changes = rows as readonly ChangeRow[];
      return { told: await tell(changes), end: await end(changes.at(-1)?.sequence ?? stream.position) };
    },
  };
}
