import type { MoneyRecord, ReportRecord, SessionFacts } from "../model/index.js";

/** What is computed from a session's totals and state where the provider writes no report of its own. */
export interface DerivedReport {
  outcome: string | null;
  summary?: string | null;
  cost?: MoneyRecord | null;
}

/** A report of origin DERIVED for a session that has ended; null before that. */
export function toDerivedReport(
  facts: SessionFacts,
  { outcome, summary, cost }: DerivedReport,
): ReportRecord | null {
  if (facts.phase !== "ENDED") return null;
  return {
    origin: "DERIVED",
    summary: summary ?? null,
    outcome,
    structuredData: null,
    cost: cost ?? facts.cost,
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
