/** The sessions table's columns, to and from records. Pure. */
import { createHash } from "node:crypto";
import type {
  Channel, Direction, JsonObject, MoneyRecord, PartyRecord, Provider, SessionPhase, SessionState,
} from "../model/index.js"; // prettier-ignore
import type { SqlRow, SqlValue } from "./sql.js";
import type { Column } from "./write-rows.js";
import type { SessionRow } from "./store.js";

/** In the order in which rows are written. */
export const SESSION_COLUMNS = [
  "tie", "connection", "provider", "provider_id", "provider_key", "channel", "direction", "phase", "state", "title",
  "from_address", "from_number", "from_name", "to_address", "to_number", "to_name", "started_at", "answered_at",
  "ended_at", "updated_at", "duration_seconds", "cost_amount", "cost_currency", "fields", "sections", "problems",
  "fetched_at", "version", "source", "has_transfer", "has_transcript", "payload_hash", "look_digest",
] as const; // prettier-ignore

/** Columns that are not text, for `insertRows` and `updateRows`. */
const COLUMN_TYPES: Readonly<Record<string, Column[1]>> = {
  ...{ started_at: "bigint", answered_at: "bigint", ended_at: "bigint", updated_at: "bigint" },
  ...{ fetched_at: "bigint", version: "bigint", key: "bigint" },
  ...{ duration_seconds: "float8", fields: "jsonb", has_transfer: "smallint", has_transcript: "smallint" },
};

/** A column of the sessions table with its type. */
export function sessionColumn(name: string): Column {
  return [name, COLUMN_TYPES[name] ?? "text"];
}

/** For `SELECT`. */
export const SELECT_SESSION = `SELECT key, ${SESSION_COLUMNS.join(", ")} FROM sessions`;

/** The same without the providers' own fields, which are most of a row's bytes: for lists that select none of them. */
export const SELECT_LEAN_SESSION = SELECT_SESSION.replace(" fields,", " '{}' AS fields,");

/** A session's identity as one short text: where it stands among equals, and how it is looked up. */
export function tieOf(connection: string, providerKey: string): string {
  return createHash("sha256").update(`${connection}\n${providerKey}`).digest("hex").slice(0, 16);
}

/** What ingest must know beside the public row. */
export interface FullSessionRow extends SessionRow {
  version: number | null;
  tie: string;
  /** Of the stored payload: says whether another one differs without reading either. */
  payloadHash: string | null;
  /** Of the look that was taken in last, null when it was not the newest: says whether the same is being told again. */
  lookDigest: string | null;
}

type Nullable<T> = T | null;

/** A row of `SELECT_SESSION`. */
export function toSessionRow(row: SqlRow): FullSessionRow {
  return {
    key: row["key"] as number,
    tie: row["tie"] as string,
    connection: row["connection"] as string,
    provider: row["provider"] as Provider,
    providerId: row["provider_id"] as string,
    providerKey: row["provider_key"] as string,
    channel: row["channel"] as Channel,
    direction: row["direction"] as Direction,
    phase: row["phase"] as SessionPhase,
    state: row["state"] as SessionState,
    title: row["title"] as Nullable<string>,
    from: toParty(row["from_address"], row["from_number"], row["from_name"]),
    to: toParty(row["to_address"], row["to_number"], row["to_name"]),
    startedAt: row["started_at"] as Nullable<number>,
    answeredAt: row["answered_at"] as Nullable<number>,
    endedAt: row["ended_at"] as Nullable<number>,
    updatedAt: row["updated_at"] as Nullable<number>,
    durationSeconds: row["duration_seconds"] as Nullable<number>,
    cost: toMoney(row["cost_amount"], row["cost_currency"]),
    fields: fromJson(row["fields"]) as JsonObject,
    sections: fromJson(row["sections"]) as SessionRow["sections"],
    problems: fromJson(row["problems"]) as SessionRow["problems"],
    fetchedAt: row["fetched_at"] as number,
    version: row["version"] as Nullable<number>,
    source: row["source"] as SessionRow["source"],
    hasTransfer: row["has_transfer"] === 1,
    hasTranscript: row["has_transcript"] === 1,
    payloadHash: row["payload_hash"] as Nullable<string>,
    lookDigest: row["look_digest"] as Nullable<string>,
  };
}

/** Values in the order of `SESSION_COLUMNS`. */
export function fromSessionRow(row: Omit<FullSessionRow, "key">): SqlValue[] {
  return [
    row.tie, row.connection, row.provider, row.providerId, row.providerKey, row.channel, row.direction, row.phase,
    row.state, row.title, row.from?.address ?? null, row.from?.number ?? null, row.from?.displayName ?? null,
    row.to?.address ?? null, row.to?.number ?? null, row.to?.displayName ?? null, row.startedAt, row.answeredAt,
    row.endedAt, row.updatedAt, row.durationSeconds, row.cost?.amount ?? null, row.cost?.currency ?? null,
    JSON.stringify(row.fields), JSON.stringify(row.sections), JSON.stringify(row.problems), row.fetchedAt, row.version,
    row.source, Number(row.hasTransfer), Number(row.hasTranscript), row.payloadHash, row.lookDigest,
  ]; // prettier-ignore
}

/** JSON columns are text on SQLite and parsed by the driver on PostgreSQL where they are jsonb. */
export function fromJson(value: unknown): unknown {
  return typeof value === "string" ? (JSON.parse(value) as unknown) : value;
}

function toParty(address: unknown, number: unknown, displayName: unknown): PartyRecord | null {
  if (address === null && number === null && displayName === null) return null;
  return { address, number, displayName } as PartyRecord;
}

function toMoney(amount: unknown, currency: unknown): MoneyRecord | null {
  return amount === null || currency === null ? null : ({ amount, currency } as MoneyRecord);
}
