/** A session as ingest holds it while it works: the row and the sections that this batch touches. Pure. */
import { createHash } from "node:crypto";
import type {
  EventRecord, InteractionRecord, MemberRecord, RecordingRecord, ReportRecord, SessionJoin, SessionSnapshot, TranscriptEntryRecord,
  TransferRecord,
} from "../model/index.js"; // prettier-ignore
import { addJoins, joinsOf } from "../model/index.js";
import { tieOf, type FullSessionRow } from "../store/session-columns.js";
import { mergeFacts, mergeFields, mergeRecord } from "./merge-facts.js";
import { markLeft, mergeMember, mergeReport, mergeRows, mergeTransfer } from "./merge-sections.js";
import { MAX_INDEXED_LENGTH } from "./storable.js";

/** Sections kept as rows by key. */
export interface SectionRows {
  members: MemberRecord;
  interactions: InteractionRecord;
  transfers: TransferRecord;
  transcript: TranscriptEntryRecord;
  recordings: RecordingRecord;
  events: EventRecord;
}
export type RowSection = keyof SectionRows;
export const ROW_SECTIONS = [
  "members",
  "interactions",
  "transfers",
  "transcript",
  "recordings",
  "events",
] as const satisfies RowSection[];

/** `key` is 0 until the row has been inserted. */
export interface SessionState {
  row: FullSessionRow;
  rows: { [S in RowSection]: Map<string, SectionRows[S]> };
  report: ReportRecord | null;
  /** The payload's text, where this batch brought one that differs from what is stored. */
  raw: string | null;
  addresses: ReadonlySet<string>;
  /** What is how other connections' sessions find it; what is new comes last. */
  joins: readonly SessionJoin[];
}

/** What is known of a session before anything is. */
export function emptyState(connection: string, snapshot: SessionSnapshot): SessionState {
  const { provider, providerId, providerKey, facts } = snapshot;
  return {
    row: {
      ...facts,
      key: 0,
      tie: tieOf(connection, providerKey),
      connection,
      provider,
      providerId,
      providerKey,
      fields: {},
      sections: {},
      problems: [],
      fetchedAt: -Infinity,
      version: null,
      source: snapshot.source,
      hasTransfer: false,
      hasTranscript: false,
      payloadHash: null,
      lookDigest: null,
    },
    rows: emptyRows(),
    report: null,
    raw: null,
    addresses: new Set(),
    joins: [],
  };
}

/** No rows in any section. */
export function emptyRows(): SessionState["rows"] {
  return {
    members: new Map(),
    interactions: new Map(),
    transfers: new Map(),
    transcript: new Map(),
    recordings: new Map(),
    events: new Map(),
  };
}

/** True when a look is at least as new as what is stored: by the provider's own version where both have one. */
export function isNewer(row: FullSessionRow, snapshot: SessionSnapshot): boolean {
  if (row.version !== null && snapshot.version !== null && row.version !== snapshot.version) {
    return snapshot.version > row.version;
  }
  return snapshot.observedAt >= row.fetchedAt;
}

/** The row with what a look says of its own age and sections, whatever it tells beside that. */
export function freshen(row: FullSessionRow, snapshot: SessionSnapshot): FullSessionRow {
  const { sections, observedAt, sectionsReadAt = observedAt } = snapshot;
  const newer = isNewer(row, snapshot);
  // An older look fills gaps and no more. Where a list's row has overtaken it, what it told of a section that is known
  // is not taken, so the section has yet to be read again.
  const counts = newer || snapshot.sectionsReadAt !== undefined;
  const read = Object.fromEntries(
    sections.flatMap((section) => {
      const known = row.sections[section];
      return known !== undefined && !counts ? [] : [[section, Math.max(sectionsReadAt, known ?? 0)] as const];
    }),
  );
  // What does not tell how the session is doing does not confirm it either.
  const confirms = snapshot.facts.phase !== "UNKNOWN" || row.phase === "UNKNOWN";
  return {
    ...row,
    sections: { ...row.sections, ...read },
    problems: newer && confirms ? snapshot.problems : row.problems,
    fetchedAt: confirms ? Math.max(row.fetchedAt, observedAt) : row.fetchedAt,
    version: newer ? (snapshot.version ?? row.version) : row.version,
    source: newer && confirms ? snapshot.source : row.source,
  };
}

/** The state after a look: a new object, the old one untouched. */
export function applySnapshot(state: SessionState, snapshot: SessionSnapshot): SessionState {
  const newer = isNewer(state.row, snapshot);
  const rows = {
    ...state.rows,
    ...mergeKeyed(state, snapshot, newer),
  };
  if (newer && snapshot.members && snapshot.sections.includes("members")) {
    markLeft(rows.members, new Set(snapshot.members.map((member) => member.key)));
  }
  const payload = takePayload(state, snapshot, newer);
  const row: FullSessionRow = {
    ...freshen(state.row, snapshot),
    ...mergeFacts(state.row, snapshot.facts, newer, {
      isBlindToHold: snapshot.isBlindToHold ?? false,
      isPush: snapshot.source === "PUSH",
      observedAt: snapshot.observedAt,
    }),
    fields: mergeFields(state.row.fields, snapshot.fields, newer),
    hasTransfer: state.row.hasTransfer || rows.transfers.size > 0,
    hasTranscript: state.row.hasTranscript || rows.transcript.size > 0,
    payloadHash: payload?.hash ?? state.row.payloadHash,
  };
  const addresses = new Set([...state.addresses, ...addressesOf(row, rows, snapshot.addresses ?? [])]);
  return {
    row,
    rows,
    report: snapshot.report ? mergeReport(state.report, snapshot.report, newer) : state.report,
    raw: payload?.text ?? null,
    addresses,
    joins: addJoins(state.joins, joinsOf(toJoinSource(row, rows, addresses, state.joins))),
  };
}

function toJoinSource(
  row: FullSessionRow,
  rows: SessionState["rows"],
  addresses: ReadonlySet<string>,
  known: readonly SessionJoin[],
): Parameters<typeof joinsOf>[0] {
  const { providerId, providerKey, fields } = row;
  return {
    facts: row,
    providerId,
    providerKey,
    fields,
    members: rows.members.values(),
    interactions: rows.interactions.values(),
    transfers: rows.transfers.values(),
    addresses,
    known,
  };
}

/** The look's payload when it is to be stored: there is one, and it is newer than the stored one or the first. */
function takePayload(
  state: SessionState,
  { raw }: SessionSnapshot,
  newer: boolean,
): { text: string; hash: string } | null {
  if (raw === undefined || (!newer && state.row.payloadHash !== null)) return null;
  const text = JSON.stringify(raw);
  const hash = createHash("sha1").update(text).digest("base64url");
  return hash === state.row.payloadHash ? null : { text, hash };
}

function mergeKeyed(
  state: SessionState,
  snapshot: SessionSnapshot,
  newer: boolean,
): Partial<SessionState["rows"]> {
  const byKey = <Row extends { key: string }>(list: readonly Row[]) =>
    list.map((row) => [row.key, row] as const);
  const merged: Partial<SessionState["rows"]> = {};
  const { members, interactions, transfers, transcript, recordings, events } = snapshot;
  if (members) merged.members = mergeRows(state.rows.members, byKey(members), newer, mergeMember);
  if (interactions)
    merged.interactions = mergeRows(state.rows.interactions, byKey(interactions), newer, mergeRecord);
  if (transfers) merged.transfers = mergeRows(state.rows.transfers, byKey(transfers), newer, mergeTransfer);
  if (recordings) merged.recordings = mergeRows(state.rows.recordings, byKey(recordings), newer, mergeRecord);
  if (events) merged.events = mergeRows(state.rows.events, byKey(events), newer, mergeRecord);
  if (transcript) {
    const turns = transcript.map((turn) => [String(turn.index), turn] as const);
    merged.transcript = mergeRows(state.rows.transcript, turns, newer, mergeRecord);
  }
  return merged;
}

/** Every address that took part, in lower case: what a search by address looks up. */
function addressesOf(row: FullSessionRow, rows: SessionState["rows"], further: readonly string[]): string[] {
  const parties = [
    row.from,
    row.to,
    ...[...rows.members.values()].map((member) => member.party),
    ...[...rows.interactions.values()].flatMap((interaction) => interaction.legs.map((leg) => leg.party)),
  ];
  const texts = [
    ...parties.flatMap((party) => [party?.address, party?.number]),
    ...[...rows.members.values()].map((member) => member.identity),
    ...[...rows.transfers.values()].map((transfer) => transfer.transferTo),
    ...further,
  ];
  // An index has no room for longer ones, and nobody's address is that long.
  return texts
    .filter((text): text is string => typeof text === "string" && text !== "")
    .filter((text) => text.length <= MAX_INDEXED_LENGTH)
    .map((text) => text.toLowerCase());
}
