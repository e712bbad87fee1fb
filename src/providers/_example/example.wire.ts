/** The provider's field names, and nothing else of it: what arrives becomes typed values, whatever arrives. */
import type { EpochMs, FieldProblem, JsonObject, JsonValue } from "../../model/index.js";
import { readObject } from "../wire/index.js";

/** A call as the provider tells it. Every member may be missing, null or empty: all three read as null. */
export interface ExampleCall {
  id: string;
  status: string | null;
  direction: string | null;
  from: string | null;
  to: string | null;
  title: string | null;
  startedAt: EpochMs | null;
  answeredAt: EpochMs | null;
  endedAt: EpochMs | null;
  /** Exact, never through floating point. */
  price: string | null;
  hasRecording: boolean | null;
  queueName: string | null;
  /** Untouched, for `Session.raw`. */
  source: JsonObject;
}

/** A page of a list; null when the answer is no page at all. Rows are parsed one by one, so that a bad one costs itself. */
export function parsePage(json: JsonValue): { rows: readonly JsonValue[]; nextCursor: string | null } | null {
  const wire = readObject(json, []);
  const rows = wire?.array("calls") ?? null;
  if (wire === null || rows === null) return null;
  return { rows, nextCursor: wire.text("next_cursor") };
}

/**
 * One call. A value of the wrong type reads as null and leaves a problem that names the graph's field. Null only where
 * there is no id: such a row names nothing.
 */
export function parseCall(json: JsonValue, problems: FieldProblem[]): ExampleCall | null {
  const wire = readObject(json, problems);
  const id = wire?.text("id", "providerId") ?? null;
  if (wire === null || id === null) return null;
  return {
    id,
    // Second argument: the field of the graph that is null when this cannot be read, where the names differ.
    status: wire.string("status", ["state", "phase"]),
    direction: wire.string("direction"),
    from: wire.text("from"),
    to: wire.text("to"),
    title: wire.string("title"),
    startedAt: wire.timestamp("started_at"),
    answeredAt: wire.timestamp("answered_at"),
    endedAt: wire.timestamp("ended_at"),
    price: wire.decimal("price", "cost"),
    hasRecording: wire.boolean("has_recording", "recordings"),
    queueName: wire.string("queue_name"),
    source: wire.source,
  };
}
