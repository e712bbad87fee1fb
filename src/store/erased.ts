/** What has been erased and must not come back, as the tables have it: hashes, never the address itself. */
import { createHash } from "node:crypto";
import { addressTokens, digitRuns, type AddressSpelling, type EpochMs } from "../model/index.js";
import { run, type Dialect, type SqlPlan, type SqlRow } from "./sql.js";

/** The erased addresses, ready to be compared with. */
export interface ErasedAddresses {
  /** Says whether another reading would find the same. */
  readonly stamp: string;
  readonly salt: string;
  /** By hash: when it was erased. */
  readonly numbers: ReadonlyMap<string, EpochMs>;
  readonly texts: ReadonlyMap<string, EpochMs>;
}

function hashOf(salt: string, spelling: string): string {
  return createHash("sha256").update(`${salt}\n${spelling}`).digest("base64url");
}

/** Notes that an address is erased from now on. */
export function* noteErasedAddress(address: AddressSpelling, at: EpochMs): SqlPlan<void> {
  const salt = yield* readSalt();
  for (const spelling of address.spellings) {
    yield* run(
      `INSERT INTO erased_addresses (hash, kind, erased_at) VALUES (?, ?, ?)
       ON CONFLICT (hash) DO UPDATE SET erased_at = excluded.erased_at`,
      [hashOf(salt, spelling), address.kind, at],
    );
  }
}

/** Notes that sessions are erased, by their `tie`. */
export function* noteErasedSessions(ties: readonly string[], at: EpochMs): SqlPlan<void> {
  for (const tie of ties)
    yield* run("INSERT INTO erased_sessions (tie, erased_at) VALUES (?, ?) ON CONFLICT DO NOTHING", [
      tie,
      at,
    ]);
}

/** The addresses erased so far: `known` while nothing has come to them, null while there are none. */
export function* readErased(known: ErasedAddresses | null): SqlPlan<ErasedAddresses | null> {
  const [state] = yield* run("SELECT count(*) AS count, max(erased_at) AS latest FROM erased_addresses", []);
  const count = Number(state?.["count"] ?? 0);
  if (count === 0) return null;
  const stamp = `${count} ${String(state?.["latest"])}`;
  if (known?.stamp === stamp) return known;
  const rows = yield* run("SELECT hash, kind, erased_at FROM erased_addresses", []);
  const ofKind = (kind: AddressSpelling["kind"]) =>
    new Map(rows.filter((row) => row["kind"] === kind).map(toEntry));
  return { stamp, salt: yield* readSalt(), numbers: ofKind("NUMBER"), texts: ofKind("TEXT") };
}

/** Those of the ties whose sessions have been erased. */
export function* readErasedTies(ties: readonly string[], dialect: Dialect): SqlPlan<Set<string>> {
  const sql = `SELECT tie FROM erased_sessions WHERE ${dialect.among("tie", "text")}`;
  const rows = yield* run(sql, [dialect.list(ties)]);
  return new Set(rows.map((row) => row["tie"] as string));
}

/** When the last of the addresses in `value`, at any depth, was erased; null when none of them was. */
export function erasedAt(value: unknown, erased: ErasedAddresses): EpochMs | null {
  let latest: EpochMs | null = null;
  const look = (known: ReadonlyMap<string, EpochMs>, candidates: Iterable<string>) => {
    for (const candidate of candidates) {
      const at = known.get(hashOf(erased.salt, candidate));
      if (at !== undefined && (latest === null || at > latest)) latest = at;
    }
  };
  const visit = (part: unknown): void => {
    if (typeof part === "object" && part !== null) {
      for (const [name, member] of Object.entries(part)) {
        if (!Array.isArray(part)) visit(name);
        visit(member);
      }
    } else if (typeof part === "string" || typeof part === "number") {
      const text = String(part);
      if (erased.numbers.size > 0) look(erased.numbers, digitRuns(text));
      if (erased.texts.size > 0) look(erased.texts, addressTokens(text));
    }
  };
  visit(value);
  return latest;
}

function* readSalt(): SqlPlan<string> {
  const [row] = yield* run("SELECT salt FROM erasure_salt", []);
  return row?.["salt"] as string;
}

function toEntry(row: SqlRow): [string, EpochMs] {
  return [row["hash"] as string, row["erased_at"] as EpochMs];
}
