/** What a look changed, in the words of the graph. Pure. */
import type { ChangeRow } from "../store/store.js";
import { isSame } from "./same.js";
import { ROW_SECTIONS, type SessionState } from "./session-state.js";

const FACTS = [
  "channel", "direction", "phase", "state", "title", "from", "to", "startedAt", "answeredAt", "endedAt", "updatedAt",
  "durationSeconds", "cost",
] as const; // prettier-ignore

/** Names of the fields of `Session` (and of the provider's own session type) whose values differ. */
export function changedFields(before: SessionState, after: SessionState): string[] {
  const facts = FACTS.filter((name) => !isSame(before.row[name], after.row[name]));
  const names = new Set([...Object.keys(before.row.fields), ...Object.keys(after.row.fields)]);
  const fields = [...names].filter((name) => !isSame(before.row.fields[name], after.row.fields[name]));
  const sections = ROW_SECTIONS.filter((name) => !hasSameRows(before.rows[name], after.rows[name]));
  const report = isSame(before.report, after.report) ? [] : ["report"];
  return [...facts, ...fields, ...sections.map((name) => (name === "events" ? "timeline" : name)), ...report];
}

function hasSameRows(before: ReadonlyMap<string, object>, after: ReadonlyMap<string, object>): boolean {
  if (before === after) return true;
  if (before.size !== after.size) return false;
  for (const [key, row] of after) if (!isSame(before.get(key), row)) return false;
  return true;
}

/** Names of the fields that have a value: what a new session changes. */
export function knownFields({ row, rows, report }: SessionState): string[] {
  const facts = FACTS.filter((name) => row[name] !== null);
  const fields = Object.keys(row.fields).filter((name) => row.fields[name] != null);
  const sections = ROW_SECTIONS.filter((name) => rows[name].size > 0);
  return [
    ...facts,
    ...fields,
    ...sections.map((name) => (name === "events" ? "timeline" : name)),
    ...(report ? ["report"] : []),
  ];
}

/** The kind of step in the change feed; null when nothing changed. */
export function changeKind(
  isNew: boolean,
  before: SessionState,
  after: SessionState,
  changed: readonly string[],
): ChangeRow["kind"] | null {
  if (isNew) return "CREATED";
  if (changed.length === 0) return null;
  return before.row.phase !== "ENDED" && after.row.phase === "ENDED" ? "ENDED" : "UPDATED";
}
