import {
  fromMicroUnits,
  type AnalysisStatus,
  type CostLineRecord,
  type MoneyRecord,
  type ReportRecord,
} from "../../model/index.js";
import type { WireObject } from "../wire/index.js";
import { spelled } from "./speko.wire.js";

const ANALYSIS: ReadonlyMap<string, AnalysisStatus> = new Map([
  ["heuristic", "HEURISTIC"],
  ["completed", "COMPLETED"],
  ["failed", "FAILED"],
]);

/** Speko's report (Speko reference §4.3). Its outcome is provisional until `analysisStatus` is COMPLETED (§5.6). */
export function toReport(report: WireObject): ReportRecord {
  const costMicroUsd = toMicroUsd(report, "cost_micro_usd");
  return {
    origin: "PROVIDER",
    summary: report.string("summary"),
    outcome: report.string("outcome"),
    structuredData: report.json(spelled(report, "structured_data")),
    cost: toUsd(costMicroUsd),
    costMicroUsd,
    costBreakdown: report.objects(spelled(report, "cost_breakdown")).map(toCostLine),
    analysisStatus: toAnalysisStatus(report.string(spelled(report, "analysis_status"))),
    postCallWebhookStatus: report.string(spelled(report, "post_call_webhook_status")),
    scheduledCallback: report.json(spelled(report, "scheduled_callback")),
    organizationId: report.text(spelled(report, "organization_id")),
    metadata: report.json("metadata"),
    createdAt: report.timestamp(spelled(report, "created_at")),
    updatedAt: report.timestamp(spelled(report, "updated_at")),
    fields: {
      sessionId: report.text(spelled(report, "session_id")),
      artifacts: report.json("artifacts"),
      analysisProvider: report.string(spelled(report, "analysis_provider")),
      analysisModel: report.string(spelled(report, "analysis_model")),
      analysisError: report.string(spelled(report, "analysis_error")),
      analysisCompletedAt: report.timestamp(spelled(report, "analysis_completed_at")),
      postCallWebhookAttempts: report.integer(spelled(report, "post_call_webhook_attempts")),
      postCallWebhookNextRetryAt: report.timestamp(spelled(report, "post_call_webhook_next_retry_at")),
      postCallWebhookDeliveredAt: report.timestamp(spelled(report, "post_call_webhook_delivered_at")),
      postCallWebhookError: report.string(spelled(report, "post_call_webhook_error")),
      webhookDeliveries: report.objects(spelled(report, "webhook_deliveries")).map((delivery) => ({
        endpointId: delivery.text(spelled(delivery, "endpoint_id")),
        deliveryId: delivery.text(spelled(delivery, "delivery_id")),
        eventId: delivery.text(spelled(delivery, "event_id")),
        delivered: delivery.boolean("delivered"),
        status: delivery.integer("status"),
        error: delivery.string("error"),
        createdAt: delivery.timestamp(spelled(delivery, "created_at")),
      })),
    },
  };
}

/**
 * What finalizing answers (§4.7): summary, outcome and cost, in newer servers the deliveries. The rest of the report is
 * not told, rather than empty. Null when it tells nothing of the report at all.
 */
export function toFinalizedReport(result: WireObject): ReportRecord | null {
  const report = toReport(result);
  if (report.summary === null && report.outcome === null && report.costMicroUsd === null) return null;
  const { webhookDeliveries = null } = report.fields;
  return {
    ...report,
    fields: result.has(spelled(result, "webhook_deliveries")) ? { webhookDeliveries } : {},
  };
}

/** Lines are camelCase inside the snake_case report (§12 quirk 2). */
function toCostLine(line: WireObject): CostLineRecord {
  return {
    provider: line.string("provider"),
    metric: line.string("metric"),
    quantity: line.number("quantity"),
    keySource: line.string(spelled(line, "key_source")),
    costMicroUsd: toMicroUsd(line, "cost_micro_usd"),
    raw: line.source,
  };
}

/** Millionths of a US dollar, as an integer of any length that never was a floating-point number. */
function toMicroUsd(wire: WireObject, name: string): string | null {
  return wire.decimal(spelled(wire, name));
}

function toUsd(microUsd: string | null): MoneyRecord | null {
  const amount = microUsd === null ? null : fromMicroUnits(microUsd);
  return amount === null ? null : { amount, currency: "USD" };
}

function toAnalysisStatus(word: string | null): AnalysisStatus | null {
  return word === null ? null : (ANALYSIS.get(word.trim().toLowerCase()) ?? "UNKNOWN");
}
