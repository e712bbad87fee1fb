/**
 * `sessionChanges`: a snapshot joined to the feed. A subscriber's state is two numbers at any time: it knows all changes
 * up to a place in the log, of sessions with a key up to another number. A page of the snapshot is read in one
 * statement with the end of the log, so it is exactly as old as that; what changed before it of the sessions shown is told
 * first. So there is neither a gap nor a double, and every cursor resumes, in the middle of the snapshot as well.
 */
import type { SessionFilterInput } from "../loaders/session-filter-input.js";
import type { SessionNode } from "../loaders/nodes.js";
import type { ChangeRow, SessionFilter } from "../store/store.js";
import type { Frontier } from "./cursors.js";
import { never, type LiveSource, type Numbered, type Place, type Told, type WatchTarget } from "./live.js";
import { createMatcher } from "./match.js";
import type { LiveReading } from "./reading.js";

export interface SessionChangesArgs {
  filter?: SessionFilterInput | null;
  after?: string | null;
  snapshot?: boolean | null;
}

/** Source of `SessionChange`. */
export interface SessionChangeNode {
  cursor: string;
  kind: "SNAPSHOT" | "CREATED" | "UPDATED" | "ENDED" | "LEFT";
  at: number;
  changed: readonly string[];
  previousState: string | null;
  session: SessionNode;
}

/** Where a subscriber of changes stands. */
export interface FeedPlace extends Place {
  /** Sessions up to this key have been shown. */
  shown: number;
}

/** Sessions of a page of the snapshot. */
const PAGE = 100;

/** The place of a frontier. */
export function placeAt({ position, key }: Frontier): FeedPlace {
  return { position, shown: key, isJoinable: key === Infinity, key: `${position} ${key}` };
}

/** A session as it was found, not as it changed. */
export function toSnapshotNode(session: SessionNode, cursor: string, at: number): SessionChangeNode {
  return { cursor, kind: "SNAPSHOT", at, changed: [], previousState: null, session };
}

/** A change as it is told. */
export function toChangeNode(
  change: ChangeRow,
  session: SessionNode,
  cursor: string,
  hasLeft: boolean,
): SessionChangeNode {
  const { kind, at, changed, previousState } = change;
  return { cursor, kind: hasLeft ? "LEFT" : kind, at, changed, previousState, session };
}

/** Reads the arguments and answers what tells them. Throws `BadUserInputError`. */
export async function sessionChanges(
  { filter: input, after, snapshot }: SessionChangesArgs,
  reading: LiveReading,
): Promise<LiveSource<FeedPlace>> {
  const { store, cursors, principal, now } = reading;
  const filter = reading.readFilter(input);
  const matcher = createMatcher(filter, store, reading.providerOf);
  const shownFirst = snapshotFilter(filter);

  /** @param shown changes of later sessions are left to the snapshot */
  async function tell(changes: readonly ChangeRow[], shown: number, isShared: boolean): Promise<Told[]> {
    const visible = changes.filter((change) => reading.isVisible(change) && change.sessionKey <= shown);
    const concerns = await matcher.concerns(visible, isShared);
    const concerned = visible.filter((_, index) => concerns[index] !== "NONE");
    if (concerned.length === 0) return [];
    const nodes = await reading.nodesOf(concerned);
    return visible.flatMap((change, index): Told[] => {
      const concern = concerns[index];
      const session = nodes.get(change.sessionKey);
      // Removed since: there is nothing left to be shown.
      if (concern === "NONE" || session === undefined) return [];
      const { sequence } = change;
      const cursor = cursors.seal({ position: sequence, key: shown });
      return [{ sequence, value: toChangeNode(change, session, cursor, concern === "LEFT") }];
    });
  }

  /** Everything that happened to sessions already shown, until `upTo`. */
  async function tellUpTo(upTo: number, { position, shown }: FeedPlace): Promise<Told[]> {
    const told: Told[] = [];
    for (let from = position; shown > 0 && from < upTo;) {
      const { changes, upTo: reached } = await reading.changesAfter(from);
      told.push(
        ...(await tell(
          changes.filter((change) => change.sequence <= upTo),
          shown,
          false,
        )),
      );
      from = reached;
    }
    return told;
  }

  async function start(): Promise<Frontier> {
    if (after != null) return cursors.open(after);
    return snapshot === false
      ? { position: await store.changes.last(), key: Infinity }
      : { position: 0, key: 0 };
  }

  return {
    stream: reading.streams.changes,
    start: placeAt(await start()),
    watched: watchedBy(filter, reading),
    async page(place) {
      if (place.shown === Infinity) {
        const { changes, upTo } = await reading.changesAfter(place.position);
        const told = await tell(changes, Infinity, false);
        return { told, place: placeAt({ position: upTo, key: Infinity }), end: null };
      }
      const { upTo, rows } = await store.changes.sessionsAt(
        shownFirst,
        { afterKey: place.shown, limit: PAGE },
        principal.connections,
      );
      const told = await tellUpTo(upTo, place);
      matcher.saw(rows.map((row) => row.key));
      for (const row of rows) {
        const cursor = cursors.seal({ position: upTo, key: row.key });
        told.push({ sequence: upTo, value: toSnapshotNode(reading.toNode(row), cursor, now()) });
      }
      const last = rows.length < PAGE ? undefined : rows.at(-1);
      return { told, place: placeAt({ position: upTo, key: last?.key ?? Infinity }), end: null };
    },
    async read(rows: readonly Numbered[]) {
      return { told: await tell(rows as readonly ChangeRow[], Infinity, true), end: null };
    },
    [Symbol.asyncIterator]: never as never,
  };
}

/** A snapshot is of what goes on, unless the filter asks for something else. */
function snapshotFilter(filter: SessionFilter): SessionFilter {
  const isNamed = filter.phases !== undefined || filter.states !== undefined || filter.refs !== undefined;
  return isNamed ? filter : { ...filter, phases: ["OPEN", "LIVE"] };
}

/** Connections from which a matching session can come, and sessions that are named. */
export function watchedBy(filter: SessionFilter, { principal, providerOf }: LiveReading): WatchTarget {
  const { refs, connections, providers } = filter;
  const named = refs && new Set(refs.map((ref) => ref.connection));
  return {
    connections: principal.connections.filter(
      (name) =>
        (connections?.includes(name) ?? true) &&
        (providers?.some((provider) => provider === providerOf(name)) ?? true) &&
        (named?.has(name) ?? true),
    ),
  };
}
