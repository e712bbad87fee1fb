import type { EventRecord, FieldProblem, JsonValue } from "../../model/index.js";
import { readObject, type WireObject } from "../wire/index.js";
import { spelled } from "./speko.wire.js";

/** The room was torn down, or the agent hung up (Speko reference §5.3). A carrier's `call.hangup` alone proves nothing. */
const END_TYPES: ReadonlySet<string> = new Set(["room_finished", "call.end_tool.completed"]);

/** After these a call never recovers (§5.3). */
const HARD_FAILURE_TYPES: ReadonlySet<string> = new Set(["agent.dispatch_failed", "sip.dial_failed"]);

/**
 * Reads `{events: […]}`: complete, unordered, possibly with repeats. Answers them by time of occurrence, then of
 * insertion, then by id. Null when the answer is not of that shape. An event without an id or a time cannot be placed
 * and leaves a problem.
 */
export function parseEvents(json: JsonValue, problems: FieldProblem[]): EventRecord[] | null {
  const wire = readObject(json, problems);
  if (wire === null || wire.array("events") === null) return null;
  const byId = new Map<string, EventRecord>();
  for (const event of wire.objects("events")) {
    const record = toEvent(event);
    if (record !== null) byId.set(record.key, record);
    else
      problems.push({
        path: event.path,
        field: "timeline",
        expected: "id and time",
        received: "neither or one",
      });
  }
  return [...byId.values()].sort(
    (one, other) =>
      one.at - other.at ||
      (one.createdAt ?? one.at) - (other.createdAt ?? other.at) ||
      (one.key < other.key ? -1 : 1),
  );
}

/** What the events say of the call's end, for the one case in which its own fields cannot (§5.1). */
export function toEnd(events: readonly EventRecord[]): {
  endEventSeen: boolean;
  hardFailureSeen: boolean;
  endedAt: number | null;
} {
  const end = events.find((event) => END_TYPES.has(event.type));
  const failure = events.find((event) => HARD_FAILURE_TYPES.has(event.type));
  return {
    endEventSeen: end !== undefined,
    hardFailureSeen: failure !== undefined,
    endedAt: (end ?? failure)?.at ?? null,
  };
}

function toEvent(event: WireObject): EventRecord | null {
  const id = event.text("id", "providerId");
  const createdAt = event.timestamp(spelled(event, "created_at"));
  const at = event.timestamp(spelled(event, "occurred_at"), "at") ?? createdAt;
  if (id === null || at === null) return null;
  return {
    key: id,
    providerId: id,
    at,
    // Legacy rows call it `type`.
    type: event.string(spelled(event, "event_type"), "type") ?? event.string("type") ?? "unknown",
    source: event.string("provider", "source"),
    message: null,
    organizationId: event.text(spelled(event, "organization_id")),
    createdAt,
    status: event.string("status"),
    failureCause: event.string(spelled(event, "failure_cause")),
    sipStatusCode: event.integer(spelled(event, "sip_status_code")),
    sipStatus: event.string(spelled(event, "sip_status")),
    payload: event.json("payload"),
  };
}
