/** When the last word on a session has been said, as far as what is stored can tell (docs/adr/0031). Pure. */
import { SETTLES_WITHIN_MS, SETTLING_MAX_AGE_MS } from "../loaders/freshness.js";
import type { EpochMs, ReportRecord } from "../model/index.js";
import type { SessionRow } from "../store/store.js";
import type { End } from "./live.js";

/** Analyses after which a report is not written again by itself. */
const DONE: ReadonlySet<string | null> = new Set(["COMPLETED", "FAILED"]);

/**
 * A session that has ended is final when its provider has analysed it; where nobody analyses, once the totals that its
 * report is made of have had time to be read again; and at the latest when nothing more is waited for anywhere.
 * Null while it goes on.
 */
export function endOf(row: SessionRow, report: ReportRecord | null, now: EpochMs): End {
  if (row.phase !== "ENDED") return null;
  if (report !== null && DONE.has(report.analysisStatus)) return "NOW";
  const endedAt = row.endedAt ?? row.updatedAt ?? row.startedAt ?? row.fetchedAt;
  const at = endedAt + (report?.origin === "DERIVED" ? SETTLING_MAX_AGE_MS : SETTLES_WITHIN_MS);
  return at <= now ? "NOW" : at;
}
