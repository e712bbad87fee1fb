/** What is told of one part of a call: it says nothing of the rest (Speko reference §3, §8). Pure. */
import {
  NO_FACTS,
  type EpochMs,
  type EventRecord,
  type FieldProblem,
  type ReportRecord,
  type SessionFacts,
  type SessionSnapshot,
  type SnapshotSource,
  type TransferRecord,
} from "../../model/index.js";
import type { SessionReference } from "../provider.js";
import type { SpekoRow } from "./speko.wire.js";

/** What every look has. */
export interface SpekoLookContext {
  observedAt: EpochMs;
  problems: readonly FieldProblem[];
}

/** What a look at one part of a call says of the call itself: that it is one. */
const CALL_FACTS: SessionFacts = { ...NO_FACTS, channel: "VOICE" };

/** A call's events, read on their own: they say nothing else of it. */
export function toEventsSnapshot(
  providerId: string,
  events: EventRecord[],
  context: SpekoLookContext,
): SessionSnapshot {
  return {
    ...toHead({ id: providerId }, "READ", context),
    facts: CALL_FACTS,
    fields: {},
    events,
    sections: ["events"],
  };
}

/** Turns and events of a call, as its stream told them: some, and they say nothing else of it. */
export function toStreamSnapshot(
  providerId: string,
  { transcript, events }: Pick<SessionSnapshot, "transcript" | "events">,
  context: SpekoLookContext,
): SessionSnapshot {
  return {
    ...toHead({ id: providerId }, "PUSH", context),
    facts: CALL_FACTS,
    fields: {},
    ...(transcript === undefined ? {} : { transcript }),
    ...(events === undefined ? {} : { events }),
    sections: [],
  };
}

/** Some of a call's transfers, as the answer to a command told them: by no means all. */
export function toTransfersSnapshot(
  session: SessionReference,
  transfers: TransferRecord[],
  context: SpekoLookContext,
): SessionSnapshot {
  return { ...toCommandHead(session, context), transfers };
}

/** Some of a call's report, as the answer to a command told it. */
export function toReportSnapshot(
  session: SessionReference,
  report: ReportRecord,
  context: SpekoLookContext,
): SessionSnapshot {
  const head = toCommandHead(session, context);
  return { ...head, facts: { ...head.facts, cost: report.cost }, report };
}

/** The session as it is stored: the answer to a command tells nothing of it. */
function toCommandHead(session: SessionReference, context: SpekoLookContext): SessionSnapshot {
  const { providerId, channel, direction, phase, state, startedAt, endedAt } = session;
  return {
    ...toHead({ id: providerId }, "COMMAND", context),
    facts: {
      ...CALL_FACTS,
      channel: channel ?? CALL_FACTS.channel,
      direction: direction ?? CALL_FACTS.direction,
      phase: phase ?? CALL_FACTS.phase,
      state: state ?? CALL_FACTS.state,
      startedAt,
      endedAt,
    },
    fields: {},
    sections: [],
  };
}

/** What every snapshot of a call begins with. */
export function toHead(row: Pick<SpekoRow, "id">, source: SnapshotSource, context: SpekoLookContext) {
  return {
    provider: "SPEKO" as const,
    providerId: row.id,
    providerKey: row.id,
    source,
    observedAt: context.observedAt,
    // `updated_at` is not promised to move with transfers, turns or the report.
    version: null,
    problems: context.problems,
  };
}
