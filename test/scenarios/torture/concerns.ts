/** Which changes a filter is about. The one place that says how strictly that is meant. */
import type { FilteredFacts } from "../../../src/store/store.js";
import type { Happened, Seen } from "./truth.js";

/** A filter as the graph has it, as far as these clients use it. */
export interface Filter {
  ids?: string[];
  connections?: string[];
  phases?: string[];
  states?: string[];
  address?: string;
  text?: string;
  providerFields?: Record<string, string>;
}

/** What a subscriber is told of a change: it, that the session has left, or nothing. */
export type Concern = "MATCHES" | "LEFT" | "NONE";

/**
 * Filters on an address, on words and on providers' own fields are asked of what is stored when a change is told, which
 * may be newer (ADR 0031), and somebody who comes back may miss a LEFT. False would mean: as it was at the change.
 */
const STORED_MAY_BE_NEWER = true;

/** Sessions by what has happened to them, oldest first. */
export type History = ReadonlyMap<number, readonly Happened[]>;

/** Whether a session as it was right after a change meets a filter. */
export function meets(filter: Filter, { id, connection, after, seen }: Happened): boolean {
  return meetsPlace(filter, id, connection) && meetsFacts(filter, after) && meetsStored(filter, seen);
}

/** All that a subscriber may be told of a change; strictly speaking there is one such thing. */
export function concernsOf(filter: Filter, row: Happened, history: History): ReadonlySet<Concern> {
  if (!meetsPlace(filter, row.id, row.connection)) return new Set(["NONE"]);
  const was = row.before !== null && meetsFacts(filter, row.before);
  const is = meetsFacts(filter, row.after);
  const own = history.get(row.sessionKey) ?? [];
  const place = own.indexOf(row);
  const before = own.slice(0, place).map(({ seen }) => meetsStored(filter, seen));
  const now = own.slice(place).map(({ seen }) => meetsStored(filter, seen));
  const concern = (storedBefore: boolean, storedNow: boolean): Concern =>
    is && storedNow ? "MATCHES" : was && storedBefore ? "LEFT" : "NONE";
  if (!STORED_MAY_BE_NEWER) return new Set([concern(before.at(-1) ?? false, now[0] ?? false)]);
  const befores = new Set([...before.slice(-1), ...now]);
  if (place > 0 && hasStored(filter)) befores.add(false);
  const found = [...befores].flatMap((one) => [...new Set(now)].map((other) => concern(one, other)));
  return new Set(found);
}

const hasStored = ({ address, text, providerFields }: Filter) =>
  (address ?? text ?? providerFields) !== undefined;

const among = (value: string, wanted: readonly string[] | undefined) =>
  wanted === undefined || wanted.includes(value);

function meetsPlace({ ids, connections }: Filter, id: string, connection: string): boolean {
  return among(id, ids) && among(connection, connections);
}

function meetsFacts({ phases, states }: Filter, { phase, state }: FilteredFacts): boolean {
  return among(phase, phases) && among(state, states);
}

function meetsStored({ address, text, providerFields = {} }: Filter, seen: Seen): boolean {
  const hasAddress = address === undefined || seen.addresses.includes(address);
  const hasWord = text === undefined || seen.words.includes(` ${text} `);
  return (
    hasAddress &&
    hasWord &&
    Object.entries(providerFields).every(([name, value]) => seen.fields[name] === value)
  );
}
