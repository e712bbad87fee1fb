/** Merging what hangs off a session: by key, nothing is deleted. Pure. */
import type { MemberRecord, ReportRecord, TransferRecord, TransferStatus } from "../model/index.js";
import { mergeParty, mergeRecord } from "./merge-facts.js";
import { isSame } from "./same.js";

/** Rows of a section by key, in their order. */
export type Rows<Row> = ReadonlyMap<string, Row>;

/** How two looks at one row are merged. */
export type MergeRow<Row> = (known: Row, incoming: Row, newer: boolean) => Row;

/**
 * A section and a look at it. Rows keep their place; new ones follow. A key that comes twice in one look is one row,
 * as last told.
 */
export function mergeRows<Row>(
  known: Rows<Row>,
  incoming: readonly (readonly [string, Row])[],
  newer: boolean,
  merge: MergeRow<Row>,
): Map<string, Row> {
  const merged = new Map(known);
  for (const [key, row] of incoming) {
    const before = merged.get(key);
    // What is told again stays the very object that it was: whoever looks for differences need not look into it.
    if (before !== undefined && isSame(before, row)) continue;
    const after = before === undefined ? row : merge(before, row, newer);
    if (before === undefined || !isSame(before, after)) merged.set(key, after);
  }
  return merged;
}

/** A member: its party is merged as a party, the rest member by member. */
export const mergeMember: MergeRow<MemberRecord> = (known, incoming, newer) => {
  const party = mergeParty(known.party, incoming.party, newer) ?? known.party;
  const merged = { ...mergeRecord(known, incoming, newer), party };
  // UNKNOWN and NONE are what providers say when they do not say.
  if (merged.role === "UNKNOWN" || merged.role === "NONE") merged.role = known.role;
  if (merged.state === "UNKNOWN") merged.state = known.state;
  return merged;
};

/** Members that a complete look no longer has: they were there, so they have left. */
export function markLeft(members: Map<string, MemberRecord>, present: ReadonlySet<string>): void {
  for (const [key, member] of members) {
    if (!present.has(key) && member.state !== "LEFT") members.set(key, { ...member, state: "LEFT" });
  }
}

const FINAL: ReadonlySet<TransferStatus> = new Set(["COMPLETED", "FAILED", "CANCELLED"]);

/** A transfer that is over stays over. */
export const mergeTransfer: MergeRow<TransferRecord> = (known, incoming, newer) => {
  const merged = mergeRecord(known, incoming, newer);
  const keeps = (FINAL.has(known.status) && !FINAL.has(incoming.status)) || incoming.status === "UNKNOWN";
  return keeps ? { ...merged, status: known.status } : merged;
};

/** A report whose analysis is done is not replaced by a first guess. */
export function mergeReport(
  known: ReportRecord | null,
  incoming: ReportRecord,
  newer: boolean,
): ReportRecord {
  if (known === null) return incoming;
  const guess = known.analysisStatus === "COMPLETED" && incoming.analysisStatus === "HEURISTIC";
  const takes = newer && !guess;
  const merged = mergeRecord(known, incoming, takes);
  const costBreakdown =
    takes && incoming.costBreakdown.length > 0 ? incoming.costBreakdown : known.costBreakdown;
  return {
    ...merged,
    costBreakdown: costBreakdown.length > 0 ? costBreakdown : incoming.costBreakdown,
    fields: mergeRecord(known.fields, incoming.fields, takes),
  };
}
