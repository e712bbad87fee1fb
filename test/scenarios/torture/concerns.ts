/** Which changes a filter is about. */
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

/** Sessions by what has happened to them, oldest first. */
export type History = ReadonlyMap<number, readonly Happened[]>;

/** Whether a session as it was right after a change meets a filter. */
export function meets(filter: Filter, { id, connection, after, seen }: Happened): boolean {
  return meetsPlace(filter, id, connection) && meetsFacts(filter, after) && meetsStored(filter, seen);
}

/** What whoever knows the session is told of a change. One that shows nothing new is news only where it decides. */
export function concernOf(filter: Filter, row: Happened, history: History): Concern {
  const own = history.get(row.sessionKey) ?? [];
  const previous = own[own.indexOf(row) - 1];
  const was =
    row.before !== null &&
    previous !== undefined &&
    meetsPlace(filter, row.id, row.connection) &&
    meetsFacts(filter, row.before) &&
    meetsStored(filter, previous.seen);
  const is = meets(filter, row);
  if (row.changed.length === 0 && was === is) return "NONE";
  return is ? "MATCHES" : was ? "LEFT" : "NONE";
}

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
