/** Wire rows to snapshots: pure, and a damaged value costs its own field only. */
import type {
  EpochMs,
  FieldProblem,
  JsonObject,
  JsonValue,
  ReportRecord,
  Section,
  SessionFacts,
  SessionSnapshot,
  SnapshotSource,
} from "../../model/index.js";
import { toParty } from "../to-party.js";
import { readObject } from "../wire/index.js";
import { isEnded, toFacts, type SessionValues } from "./evo-voice.facts.js";
import { toEvents } from "./evo-voice.log.js";
import { toMembers, toTransfers } from "./evo-voice.members.js";
import { readValues, type GraphFields } from "./evo-voice.values.js";
import { SESSION_INFO } from "./evo-voice.wire.js";

/** What a snapshot says beyond the row it was made from. */
export interface SnapshotContext {
  source: SnapshotSource;
  observedAt: EpochMs;
  /** ISO 3166 alpha-2, for numbers without a country code. */
  defaultRegion: string;
  /**
   * False for the answers of single-session routes, whose log is empty whatever the session's log holds (Q1).
   * @default true
   */
  hasLog?: boolean;
}

/** Members that feed more graph fields than the one of their own name, or another. */
const GRAPH_FIELDS: GraphFields = {
  id: ["providerId"],
  dateCreated: ["startedAt", "dateCreated"],
  dateCompleted: ["endedAt", "dateCompleted"],
  dateLastModified: ["updatedAt", "dateLastModified"],
  displayName: ["title", "displayName"],
  fromAddress: ["from", "fromAddress"],
  fromName: ["from", "fromName"],
  toAddress: ["to", "toAddress"],
};

/**
 * The shape of ids is not documented. What could not stand in a comma-joined list, where ids are sent back, or not be
 * one segment of a path, is not one.
 */
export function isSessionId(id: string): boolean {
  return /^(?!\.{1,2}$)[^\s\p{Cc},"'[\]{}]{1,256}$/u.test(id) && id.isWellFormed();
}

/** Makes the snapshot of one `SessionInfo`. Null when it is no object or has no usable id: nothing could be known of it. */
export function toSessionSnapshot(row: JsonValue, context: SnapshotContext): SessionSnapshot | null {
  const problems: FieldProblem[] = [];
  const wire = readObject(row, problems);
  if (wire === null) return null;
  const session = readValues(wire, SESSION_INFO, GRAPH_FIELDS);
  if (session.id === null || !isSessionId(session.id)) return null;

  const facts = toFacts(session, context.defaultRegion);
  // Whoever was in a session that is over has left it, so an ended row without members is complete as it is.
  const memberValues = session.members ?? (isEnded(session) === true ? [] : null);
  const members = memberValues === null ? undefined : toMembers(memberValues, context.defaultRegion);
  const events = context.hasLog === false ? undefined : toEvents(session.log ?? [], facts.startedAt);
  const sections: Section[] = ["report"];
  if (members !== undefined) sections.push("members", "transfers");
  if (events !== undefined) sections.push("events", "detail");
  return {
    provider: "EVO_VOICE",
    providerId: session.id,
    providerKey: session.id,
    source: context.source,
    observedAt: context.observedAt,
    version: session.dateLastModified,
    facts,
    fields: toFields(session, context.hasLog !== false),
    // An answer with its log emptied would replace a fuller payload by a poorer one.
    ...(context.hasLog === false ? {} : { raw: wire.source }),
    ...(members === undefined ? {} : { members, transfers: toTransfers(members, session.holdReason) }),
    ...(events === undefined ? {} : { events }),
    report: toReport(session, facts),
    addresses: furtherAddresses(session, context.defaultRegion),
    sections,
    problems,
  };
}

/** Numbers beside those of the two ends: what was typed, what a caller is shown, and where to call back. */
function furtherAddresses(session: SessionValues, region: string): string[] {
  const texts = [session.destination, session.callbackNumber, session.fromPhoneNumber].flatMap((text) => [
    text,
    toParty(text, region)?.number ?? null,
  ]);
  return [...new Set(texts)].filter((text) => text !== null);
}

/** Wire names that the unified session carries under that very name. */
const UNIFIED = new Set(["id", "channel", "direction", "members"]);

/** Everything else the wire says, under its own name. */
function toFields(session: SessionValues, hasLog: boolean): JsonObject {
  const fields: JsonObject = Object.fromEntries(
    Object.entries(session).filter(([name]) => !UNIFIED.has(name)),
  );
  return hasLog ? fields : { ...fields, log: null };
}

/** Evo Voice writes no report; what came of the call is its outcome text, or else the state it ended in. */
function toReport(session: SessionValues, facts: SessionFacts): ReportRecord | null {
  if (facts.phase !== "ENDED") return null;
  return {
    origin: "DERIVED",
    summary: null,
    outcome: session.outcome ?? facts.state,
    structuredData: null,
    cost: null,
    costMicroUsd: null,
    costBreakdown: [],
    analysisStatus: null,
    postCallWebhookStatus: null,
    scheduledCallback: null,
    organizationId: null,
    metadata: null,
    createdAt: facts.endedAt,
    updatedAt: facts.updatedAt,
    fields: {},
  };
}
