/**
 * `sessionChanges`: a snapshot joined to the feed. A subscriber knows, at any time, all changes up to a place in the log,
 * of sessions with a key up to another number, and of those that have come since its snapshot began; the others will be
 * shown. A page of the snapshot is read in one statement with the end of the log, so it is exactly as old as that; what
 * changed until then of the sessions known is told first. So there is neither a gap nor a double, and every cursor
 * resumes, in the middle of the snapshot as well.
 */
import type { SessionFilterInput } from "../loaders/session-filter-input.js";
import type { SessionNode } from "../loaders/nodes.js";
import type { ChangeRow, SessionFilter } from "../store/store.js";
import { knownUpTo, type Frontier } from "./cursors.js";
import { never, type LiveSource, type Numbered, type Page, type Place, type Told } from "./live.js";
import { createMatcher } from "./match.js";
import type { CaughtUp, LiveReading } from "./reading.js";

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
  /** Sessions above this key are told of by the feed alone. */
  until: number;
}

/** Sessions of a page of the snapshot. */
const PAGE = 100;

/** The place of a frontier. */
export function placeAt({ position, key, until }: Frontier): FeedPlace {
  const name = `${position} ${key} ${until}`;
  return { position, shown: key, until, isJoinable: key === Infinity, key: name };
}

const frontierOf = ({ position, shown, until }: FeedPlace): Frontier => ({ position, key: shown, until });

/** Behind everything up to a number. */
export const behind = (position: number): FeedPlace => placeAt(knownUpTo(position));

/** Before anything has been shown. */
export const BEGINNING: FeedPlace = placeAt({ position: 0, key: 0, until: Infinity });

/** Everything is known. */
const ALL = { shown: Infinity, until: Infinity };

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
  const concernsOf = createMatcher(filter, store, reading.providerOf);
  const shownFirst = snapshotFilter(filter);

  /** Changes of sessions that are yet to be shown are left to the snapshot. */
  async function tell(
    changes: readonly ChangeRow[],
    { shown, until }: Pick<FeedPlace, "shown" | "until">,
  ): Promise<Told[]> {
    const known = changes.filter(
      (change) => reading.isVisible(change) && (change.sessionKey <= shown || change.sessionKey > until),
    );
    const concerns = await concernsOf(known);
    const concerned = known.filter((_, index) => concerns[index] !== "NONE");
    if (concerned.length === 0) return [];
    const nodes = await reading.nodesOf(concerned);
    return known.flatMap((change, index): Told[] => {
      const concern = concerns[index];
      const session = nodes.get(change.sessionKey);
      // Removed since: there is nothing left to be shown.
      if (concern === "NONE" || session === undefined) return [];
      const { sequence } = change;
      const cursor =
        shown === Infinity ? cursors.seal(sequence) : cursors.veil({ position: sequence, key: shown, until });
      return [{ sequence, value: toChangeNode(change, session, cursor, concern === "LEFT") }];
    });
  }

  /** Everything that happened to the sessions known, until `upTo`; what it begins with may have been read already. */
  async function tellUpTo(upTo: number, place: FeedPlace, first: CaughtUp | null): Promise<Told[]> {
    const told: Told[] = [];
    let next = first;
    for (let from = place.position; place.shown > 0 && from < upTo;) {
      const { changes, upTo: reached } = next ?? (await reading.changesAfter(from));
      next = null;
      const due = changes.filter((change) => change.sequence <= upTo);
      told.push(...(await tell(due, place)));
      await reading.checkKept(from);
      from = reached;
    }
    return told;
  }

  /** The next page of the snapshot, behind what has happened until then. */
  async function show(place: FeedPlace): Promise<Page<FeedPlace>> {
    const first = place.shown > 0 ? await reading.changesAfter(place.position) : null;
    // Whoever was away in the middle of it, or reads slowly, has more behind it than one page should hold.
    if (first !== null && !first.isAll) {
      const told = await tell(first.changes, place);
      await reading.checkKept(place.position);
      return { told, place: placeAt({ ...frontierOf(place), position: first.upTo }), end: null };
    }
    const { upTo, newestKey, rows } = await store.changes.sessionsAt(
      shownFirst,
      { afterKey: place.shown, upToKey: place.until, limit: PAGE + 1 },
      principal.connections,
    );
    const told = await tellUpTo(upTo, place, first);
    const isLast = rows.length <= PAGE;
    const page = rows.slice(0, PAGE);
    const until = Math.min(place.until, newestKey);
    let next = behind(upTo);
    page.forEach((row, index) => {
      const isThrough = isLast && index === page.length - 1;
      const frontier = isThrough ? knownUpTo(upTo) : { position: upTo, key: row.key, until };
      const value = toSnapshotNode(reading.toNode(row), cursors.veil(frontier), now());
      told.push({ sequence: upTo, value });
      next = placeAt(frontier);
    });
    return { told, place: next, end: null };
  }

  async function start(): Promise<FeedPlace> {
    if (after != null) return placeAt(await reading.openCursor(after));
    return snapshot === false ? behind(await store.changes.last()) : BEGINNING;
  }

  return {
    stream: reading.streams.changes,
    start: await start(),
    watched: reading.watchedBy(input),
    async page(place) {
      if (place.shown !== Infinity) return show(place);
      const { changes, upTo } = await reading.changesAfter(place.position);
      const told = await tell(changes, ALL);
      // What later changes altered was looked up to tell these.
      await reading.checkKept(place.position);
      return { told, place: behind(upTo), end: null };
    },
    async read(rows: readonly Numbered[]) {
      return { told: await tell(rows as readonly ChangeRow[], ALL), end: null };
    },
    [Symbol.asyncIterator]: never as never,
  };
}

/** A snapshot is of what goes on, unless the filter asks for something else. */
function snapshotFilter(filter: SessionFilter): SessionFilter {
  const isNamed = filter.phases !== undefined || filter.states !== undefined || filter.refs !== undefined;
  return isNamed ? filter : { ...filter, phases: ["OPEN", "LIVE"] };
}
