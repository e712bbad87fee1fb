/**
 * What a subscriber of `sessionChanges` or `session` should have been told, computed from the log alone. A session is
 * known from one place in the log on: from where a snapshot showed it, or came by where it would have been. Behind that
 * place every change counts, once; up to it none does.
 */
import type { Cursors } from "../../../src/live/cursors.js";
import type { Client } from "./clients.js";
import { concernOf, meets, type Filter, type History } from "./concerns.js";
import type { Happened } from "./truth.js";

interface Told {
  cursor: string;
  kind: string;
  at: string;
  changed: string[];
  previousState: string | null;
  session: { id: string; state: string; phase: string; title: string | null };
}

/** A frame and where it lies: the number of its change, or, of a snapshot, how much of the log it includes. */
interface Placed {
  told: Told;
  place: number;
  /** Whether the snapshot was through with it. */
  isThrough: boolean;
}

export interface LogView {
  log: readonly Happened[];
  history: History;
  cursors: Cursors;
}

/** More are not named. */
const MAX_NAMED = 5;

/** What is wrong with what a client was told, in words; empty when nothing is. */
export function checkChanges(client: Client, view: LogView): string[] {
  const { variables, field } = client.wish;
  const isOne = field === "session";
  const filter = isOne ? { ids: [variables["id"] as string] } : ((variables["filter"] ?? {}) as Filter);
  const frames = client.parts.flatMap(({ told }) =>
    (told as unknown as Told[]).map((frame) => placed(frame, view)),
  );
  const shown = frames.filter(({ told }) => told.kind === "SNAPSHOT");
  const rest = frames.filter(({ told }) => told.kind !== "SNAPSHOT");
  const shownOnce = new Set(shown.map(({ told }) => told.session.id)).size === shown.length;
  const problems = [
    ...(shownOnce ? [] : ["a session was shown twice by one snapshot"]),
    ...rest.flatMap((frame) => contentProblems(frame, view)),
    ...orderProblems(frames, view),
  ];
  // One that has completed, or has left, is told no more.
  const isOver = client.isComplete || client.isGone;
  const until = isOver ? (frames.at(-1)?.place ?? 0) : Infinity;
  const isSettled = shown.at(-1)?.isThrough === true;
  // Who left before it had seen the snapshot to its end may have seen any part of it.
  if (client.isGone && variables["snapshot"] !== false && !isSettled) return problems.slice(0, MAX_NAMED);
  const snapshot = variables["snapshot"] === false ? null : snapshotFilter(filter, isOne);
  const found = beginnings(client, shown, rest, view)
    .map((place) => {
      const known = knownFrom(shown, place, view);
      return [
        ...shownProblems(shown, snapshot, known, view),
        ...concernProblems(rest, filter, known, until, view),
      ];
    })
    .reduce((one, other) => (other.length < one.length ? other : one));
  return [...problems, ...found].slice(0, MAX_NAMED);
}

function placed(told: Told, { cursors }: LogView): Placed {
  const { position, key } = cursors.open(told.cursor);
  return { told, place: position, isThrough: key === Infinity };
}

/**
 * From where on a client knows what no snapshot has shown it. Only the last page of a snapshot that was empty, and the
 * beginning of one that was shown nothing, leave that open: then it is some one place, behind which everything was told.
 */
function beginnings(
  client: Client,
  shown: readonly Placed[],
  rest: readonly Placed[],
  { log }: LogView,
): number[] {
  const last = shown.at(-1);
  if (last?.isThrough) return [last.place];
  const from = last?.place ?? client.parts[0]?.behind ?? 0;
  const places = [from, ...log.map(({ sequence }) => sequence).filter((sequence) => sequence > from)];
  if (last !== undefined) return places;
  const first = rest[0]?.place ?? Infinity;
  return [places.findLast((place) => place < first) ?? from];
}

function snapshotFilter(filter: Filter, isOne: boolean): Filter {
  return isOne || filter.phases || filter.states || filter.ids
    ? filter
    : { ...filter, phases: ["OPEN", "LIVE"] };
}

/** From where on each session is known. @param last where the snapshot ended, or, without one, where all began */
function knownFrom(shown: readonly Placed[], last: number, { log, history }: LogView): Map<number, number> {
  const keyOf = new Map([...history].map(([key, rows]) => [rows[0]?.id, key]));
  const first = shown[0]?.place ?? last;
  const newest = Math.max(0, ...log.filter(({ sequence }) => sequence <= first).map((row) => row.sessionKey));
  const pages = shown.map(({ told, place }) => ({ key: keyOf.get(told.session.id) ?? 0, place }));
  return new Map(
    [...history.keys()].map((key) => {
      // What has come since the snapshot began is not in it.
      if (key > newest) return [key, first];
      return [key, pages.find((page) => page.key >= key)?.place ?? last];
    }),
  );
}

/** A snapshot shows those that matched when it came by, all of them, as they were then. */
function shownProblems(
  shown: readonly Placed[],
  filter: Filter | null,
  known: ReadonlyMap<number, number>,
  { history }: LogView,
): string[] {
  const byId = new Map(shown.map(({ told }) => [told.session.id, told.session]));
  return [...history].flatMap(([key, rows]) => {
    const then = rows.findLast(({ sequence }) => sequence <= (known.get(key) ?? 0));
    const found = byId.get(rows[0]?.id ?? "");
    const isDue = filter !== null && then !== undefined && meets(filter, then);
    const name = `session ${key} at ${known.get(key)}`;
    if (isDue !== (found !== undefined)) return [`${name} was ${isDue ? "not shown" : "shown"}`];
    if (found && then && !isAs(found, then)) return [`${name} was shown as ${JSON.stringify(found)}`];
    return [];
  });
}

/** Every change behind where its session is known from, as the filter has it. */
function concernProblems(
  rest: readonly Placed[],
  filter: Filter,
  known: ReadonlyMap<number, number>,
  until: number,
  { log, history }: LogView,
): string[] {
  const told = new Map(
    rest.map(({ place, told: { kind } }) => [place, kind === "LEFT" ? "LEFT" : "MATCHES"]),
  );
  const from = Math.min(...known.values());
  return log.flatMap((row) => {
    const { sequence, sessionKey } = row;
    if (sequence > until || (sequence <= from && !told.has(sequence))) return [];
    const was = told.get(sequence) ?? "NONE";
    const isKnown = sequence <= (known.get(sessionKey) ?? 0);
    const is = isKnown ? "NONE" : concernOf(filter, row, history);
    return was === is ? [] : [`change ${sequence} (${row.kind} ${row.id}): ${was} instead of ${is}`];
  });
}

/** A change is told in the words of the log, with the session as it was then or later. */
function contentProblems({ told, place }: Placed, { log, history }: LogView): string[] {
  const row = log.find(({ sequence }) => sequence === place);
  if (row === undefined) return [`change ${place} is not in the log`];
  const { kind, at, changed, previousState, session } = told;
  const expected = [
    kind === "LEFT" ? kind : row.kind,
    new Date(row.at).toISOString(),
    row.changed,
    row.previousState,
    row.id,
  ];
  const was = [kind, at, changed, previousState, session.id];
  if (JSON.stringify(was) !== JSON.stringify(expected))
    return [`change ${place} was told as ${JSON.stringify(was)} instead of ${JSON.stringify(expected)}`];
  const later = (history.get(row.sessionKey) ?? []).filter(({ sequence }) => sequence >= place);
  return later.some((then) => isAs(session, then))
    ? []
    : [`change ${place} shows what was not: ${JSON.stringify(session)}`];
}

const isAs = ({ state, phase, title }: Told["session"], { seen }: Happened): boolean =>
  state === seen.state && phase === seen.phase && title === seen.title;

/** In the order of the log; what a snapshot shows stands behind what it includes, by the age of the sessions. */
function orderProblems(frames: readonly Placed[], { history }: LogView): string[] {
  const keyOf = new Map([...history].map(([key, rows]) => [rows[0]?.id, key]));
  const rank = ({ told, place }: Placed) =>
    told.kind === "SNAPSHOT" ? [place, keyOf.get(told.session.id) ?? 0] : [place, 0];
  return frames.flatMap((frame, index) => {
    const previous = frames[index - 1];
    if (previous === undefined) return [];
    const [[place = 0, key = 0], [lastPlace = 0, lastKey = 0]] = [rank(frame), rank(previous)];
    const isBehind = place > lastPlace || (place === lastPlace && key > lastKey);
    return isBehind
      ? []
      : [`${frame.told.kind} at ${place} came behind ${previous.told.kind} at ${lastPlace}`];
  });
}
