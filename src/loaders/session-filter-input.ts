/** A filter as clients write it, to the filter that the store understands. Pure. */
import type { Principal } from "../context/principal.js";
import { BadUserInputError } from "../errors/index.js";
import { parseGlobalId, parseSearchQuery, type SearchQuery } from "../model/index.js";
import type { SessionFilter, SessionRef } from "../store/store.js";
import { readUnambiguous } from "./phone-numbers.js";

/** `SessionFilter` of the graph, read by the scalars but not yet checked. */
export interface SessionFilterInput extends Omit<
  { [K in keyof SessionFilter]?: SessionFilter[K] | null },
  "refs" | "address" | "providerFields" | "text"
> {
  ids?: readonly string[] | null;
  address?: string | null;
  text?: string | null;
  providerFields?: unknown;
}

/** What reading a filter takes besides the filter. */
export interface FilterReading {
  principal: Principal;
  /** Names of the fields that the providers' own session types have in the graph. */
  providerFieldNames: ReadonlySet<string>;
  toProviderKey(connection: string, providerId: string): string | null;
  /** For numbers without a country code. */
  regions: readonly string[];
}

const MAX_IDS = 500;

/** Checks and translates a filter. Throws `BadUserInputError` that names the member and what was expected. */
export function readSessionFilter(
  input: SessionFilterInput | null | undefined,
  reading: FilterReading,
): SessionFilter {
  if (input === null || input === undefined) return {};
  const { ids, address, text, providerFields, connections, ...rest } = input;
  const filter: SessionFilter = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value !== null && value !== undefined) Object.assign(filter, { [name]: value });
  }
  if (connections) {
    // A name that the principal may not know matches nothing, exactly like one that does not exist.
    filter.connections = connections.filter((name) => reading.principal.connections.includes(name));
  }
  if (ids) filter.refs = namedSessions(ids, reading);
  if (address !== null && address !== undefined) filter.address = readAddress(address, reading.regions);
  if (text !== null && text !== undefined) {
    // Whoever may not read what was said and written must not find it either.
    const onlyOpen = !reading.principal.scopes.has("transcripts:read");
    filter.text = { query: readSearchQuery(text, ["filter", "text"]), onlyOpen };
  }
  if (filter.minDurationSeconds !== undefined && !(filter.minDurationSeconds >= 0)) {
    throw invalid("minDurationSeconds", "expected seconds, 0 or more");
  }
  if (providerFields !== null && providerFields !== undefined) {
    filter.providerFields = readProviderFields(providerFields, reading.providerFieldNames);
  }
  return filter;
}

/** The sessions that ids name, of connections that may be seen. Throws `BadUserInputError` for too many. */
export function namedSessions(
  ids: readonly string[],
  { principal, toProviderKey }: FilterReading,
): (SessionRef & { providerId: string })[] {
  if (ids.length > MAX_IDS) throw invalid("ids", `expected at most ${MAX_IDS} ids, got ${ids.length}`);
  return ids.flatMap((id) => {
    const parsed = parseGlobalId(id);
    if (parsed?.kind !== "session" || !principal.connections.includes(parsed.connection)) return [];
    const providerId = parsed.parts[0] ?? "";
    const providerKey = toProviderKey(parsed.connection, providerId);
    return providerKey === null ? [] : [{ connection: parsed.connection, providerKey, providerId }];
  });
}

function readAddress(address: string, regions: readonly string[]): { e164: string | null; text: string } {
  const text = address.trim();
  if (text === "") throw invalid("address", "expected a number or an address, got an empty text");
  const number = readUnambiguous(text, regions, "filter.address", ["filter", "address"]);
  return { e164: number?.e164 ?? null, text };
}

/** Reads what somebody searches for. Throws `BadUserInputError` that says what is wrong with it. */
export function readSearchQuery(text: string, path: readonly string[]): SearchQuery {
  const query = parseSearchQuery(text);
  if ("problem" in query) throw new BadUserInputError(`${path.join(".")}: ${query.problem}.`, path);
  return query;
}

function readProviderFields(
  given: unknown,
  known: ReadonlySet<string>,
): Readonly<Record<string, string | number | boolean | null>> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw invalid("providerFields", "expected an object of field names and values");
  }
  const fields: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(given as Record<string, unknown>)) {
    if (!known.has(name)) {
      throw invalid(
        "providerFields",
        `${JSON.stringify(name)} is not a field of any provider's session type`,
      );
    }
    if (value !== null && !["string", "number", "boolean"].includes(typeof value)) {
      throw invalid("providerFields", `${name}: expected text, a number, true, false or null`);
    }
    fields[name] = value as string | number | boolean | null;
  }
  return fields;
}

function invalid(member: string, message: string): BadUserInputError {
  return new BadUserInputError(`filter.${member}: ${message}.`, ["filter", member]);
}
