import type { Step } from "../conversation.js";
import type { Random } from "../kit/random.js";
import type { Call, CostLine, Report } from "./speko-records.js";

type ReportStep = Omit<Extract<Step, { do: "report" }>, "at">;

/** Larger than a double can hold exactly: whoever reads money as a number gets it wrong. */
const HUGE_COST = 9_007_199_254_740_993n;

/** The first pass, or the only one. */
export function makeReport(call: Call, step: ReportStep, at: number, random: Random): Report {
  const costBreakdown = toCostLines(call);
  const sum = costBreakdown
    .filter((line) => line.keySource === "MANAGED")
    .reduce((total, line) => total + line.costMicroUsd, 0n);
  const webhook = random.pick(["not_configured", "delivered", "delivered", "failed"] as const);
  const delivered = webhook === "delivered";
  return {
    summary: step.summary,
    outcome: step.outcome,
    analysis: step.analysis,
    analysisCompletedAt: step.analysis === "heuristic" ? null : at,
    hasTranscript: call.sequence % 4 !== 1,
    structuredData:
      step.analysis === "completed"
        ? { resolved: true, sentiment: "positive", turns: call.turns.length }
        : {},
    costMicroUsd: call.sequence === 7 ? HUGE_COST : sum,
    costBreakdown,
    webhook: step.analysis === "heuristic" && webhook === "delivered" ? "pending" : webhook,
    webhookAttempts: webhook === "not_configured" ? 0 : delivered ? 1 : 5,
    webhookDeliveredAt: delivered ? at + 800 : null,
    deliveries:
      webhook === "not_configured"
        ? []
        : [
            {
              endpointId: `whe_${random.hex(12)}`,
              deliveryId: `whd_${random.hex(12)}`,
              eventId: `msg_${random.hex(12)}`,
              delivered,
              status: delivered ? 200 : 503,
              error: delivered ? null : "upstream answered 503",
              createdAt: at + 500,
            },
          ],
    createdAt: at,
    updatedAt: at,
  };
}

/** The rewrite once analysis is through. */
export function finishReport(report: Report, step: ReportStep, at: number): Report {
  return {
    ...report,
    summary: step.summary || report.summary,
    outcome: step.outcome || report.outcome,
    analysis: step.analysis,
    analysisCompletedAt: step.analysis === "heuristic" ? null : at,
    structuredData:
      step.analysis === "completed" ? { resolved: true, sentiment: "positive" } : report.structuredData,
    webhook: report.webhook === "pending" ? "delivered" : report.webhook,
    updatedAt: at,
  };
}

/** What finalizing was asked to do (Speko reference §3.1). */
export interface FinalizeOptions {
  forceAnalysis: boolean;
  retryWebhook: boolean;
}

/**
 * Runs the analysis that is missing, or all of it again, and sends the report once more when asked to. Nothing guards it
 * against a call that is still going on.
 * @returns the result of the delivery; null when none was asked for
 */
export function finalizeReport(
  call: Call,
  { forceAnalysis, retryWebhook }: FinalizeOptions,
  at: number,
  random: Random,
): { report: Report; webhook: Record<string, unknown> | null } {
  const step = {
    do: "report" as const,
    analysis: "completed" as const,
    summary: call.report?.summary || "The caller was helped.",
    outcome: call.report?.outcome || "completed",
  };
  let report = call.report;
  if (report === null) report = makeReport(call, step, at, random);
  else if (forceAnalysis) report = finishReport(report, step, at);
  call.updatedAt = Math.max(call.updatedAt, at);
  call.report = report;
  if (!retryWebhook) return { report, webhook: null };
  if (report.webhook === "not_configured")
    return { report, webhook: { attempted: false, delivered: false, reason: "not_configured" } };
  call.report = deliver(report, at, random);
  return { report: call.report, webhook: { attempted: true, delivered: true, status: 200 } };
}

/** The same event again, under a delivery of its own. */
function deliver(report: Report, at: number, random: Random): Report {
  const [first] = report.deliveries;
  const delivery = {
    endpointId: first?.endpointId ?? `whe_${random.hex(12)}`,
    deliveryId: `whd_${random.hex(12)}`,
    eventId: first?.eventId ?? `msg_${random.hex(12)}`,
    delivered: true,
    status: 200,
    error: null,
    createdAt: at,
  };
  return {
    ...report,
    webhook: "delivered",
    webhookAttempts: report.webhookAttempts + 1,
    webhookDeliveredAt: at,
    deliveries: [...report.deliveries, delivery],
    updatedAt: at,
  };
}

function toCostLines(call: Call): CostLine[] {
  const seconds = Math.max(
    0,
    Math.round(((call.endedAt ?? call.updatedAt) - (call.answeredAt ?? call.updatedAt)) / 1000),
  );
  const characters = call.turns
    .filter((turn) => turn.source === "agent")
    .reduce((sum, turn) => sum + turn.text.length, 0);
  return [
    {
      provider: "deepgram",
      metric: "stt_seconds",
      quantity: seconds,
      keySource: "MANAGED",
      costMicroUsd: BigInt(seconds * 72),
    },
    {
      provider: "openai",
      metric: "llm_tokens",
      quantity: characters * 3,
      keySource: "BYOK",
      costMicroUsd: BigInt(characters * 2),
    },
    {
      provider: "cartesia",
      metric: "tts_characters",
      quantity: characters,
      keySource: "MANAGED",
      costMicroUsd: BigInt(characters * 38),
    },
    {
      provider: "telnyx",
      metric: "sip_minutes",
      quantity: seconds / 60,
      keySource: "MANAGED",
      costMicroUsd: BigInt(seconds * 117),
    },
  ];
}
