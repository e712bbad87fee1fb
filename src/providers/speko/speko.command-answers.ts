/** What the answers to accepted commands tell (Speko reference §4.5 to §4.7). Pure; an unreadable answer tells nothing. */
import {
  isJsonObject,
  type EpochMs,
  type FieldProblem,
  type JsonValue,
  type TransferRecord,
} from "../../model/index.js";
import type { AcceptedCommand } from "../commands.js";
import type { SessionReference } from "../provider.js";
import { readObject, type WireObject } from "../wire/index.js";
import { toFinalizedReport } from "./speko.report.js";
import { toReportSnapshot, toTransfersSnapshot } from "./speko.parts.js";
import { toTransfer } from "./speko.transfers.js";
import { spelled } from "./speko.wire.js";

/** An answer to a command, and what it was about. */
export interface CommandReply {
  /** Null when the body is not JSON. */
  json: JsonValue;
  sentAt: EpochMs;
  session: SessionReference;
  /** The transfer in the path of the request; null for those that start one. */
  transferId: string | null;
}

/**
 * A transfer, bare or with what else a hunt list brings merged in at the same level: the attempts so far, of which some
 * may be null, the attempt that replaces a cancelled one, and the fallback. Every transfer in it becomes part of a
 * snapshot, which says nothing of how complete that is.
 */
export function readTransferAnswer({ json, sentAt, session, transferId }: CommandReply): AcceptedCommand {
  const problems: FieldProblem[] = [];
  const wire = readObject(json, problems);
  if (wire === null) return { kind: "accepted", transferKey: transferId };
  const attempts = readAttempts(wire, problems);
  const told = toTransfer(wire);
  const nextWire = wire.object(spelled(wire, "next_transfer"));
  const next = nextWire === null ? null : toTransfer(nextWire);
  // What the answer is about is told again among the attempts: its own row is the one to keep.
  const rows = [...attempts, told, next].filter((row) => row !== null);
  const transfers = [...new Map(rows.map((row) => [row.key, row])).values()];
  return {
    kind: "accepted",
    ...(transfers.length === 0
      ? {}
      : { snapshots: [toTransfersSnapshot(session, transfers, { observedAt: sentAt, problems })] }),
    transferKey: told?.key ?? transferId,
    nextTransferKey: next?.key ?? null,
    routingAttemptKeys: [...new Set(attempts.map(({ key }) => key))],
    fallback: readFallback(wire),
  };
}

/** `finalize`: the report as it now stands, in part, and what came of delivering it. */
export function readFinalizeAnswer({ json, sentAt, session }: CommandReply): AcceptedCommand {
  const problems: FieldProblem[] = [];
  const wire = readObject(json, problems);
  if (wire === null) return { kind: "accepted" };
  const report = toFinalizedReport(wire);
  return {
    kind: "accepted",
    ...(report === null
      ? {}
      : { snapshots: [toReportSnapshot(session, report, { observedAt: sentAt, problems })] }),
    webhook: wire.json("webhook"),
  };
}

function readAttempts(wire: WireObject, problems: FieldProblem[]): TransferRecord[] {
  const name = spelled(wire, "routing_attempts");
  return (wire.array(name) ?? []).flatMap((attempt, index) => {
    const row = attempt === null ? null : readObject(attempt, problems, `${name}[${index}]`);
    return (row === null ? null : toTransfer(row)) ?? [];
  });
}

/** Missing, null and `{}` all say that none was applied. */
function readFallback(wire: WireObject): JsonValue {
  const fallback = wire.json("fallback");
  return isJsonObject(fallback) && Object.keys(fallback).length === 0 ? null : fallback;
}
