/** Transfers of a PortSIP session, read from its call logs (PortSIP reference §3.6, §5.2). Pure. */
import type { TransferKind, TransferRecord, TransferStatus } from "../../model/index.js";
import { wasAnswered } from "./portsip.state.js";
import { TransferKeys } from "./portsip.transfer-key.js";
import type { PortsipCallLog } from "./portsip.wire.js";
import { toEndReason } from "./portsip.words.js";

/** SIP: from here on a status says that something did not work. */
const FIRST_FAILURE_CODE = 300;

/**
 * Every step that ended in a transfer, with the step that it led to. `isOver`: the session has ended. Until then a
 * transfer whose recipient is not in the log yet is left out: it is known by its recipient.
 */
export function toTransfers(
  logs: readonly PortsipCallLog[],
  isOver: boolean,
  region: string,
): TransferRecord[] {
  const keys = new TransferKeys();
  return logs.flatMap((log, index): TransferRecord[] => {
    const next = logs[index + 1];
    const kind = toKind(log, next);
    if (kind === null) return [];
    const target = next?.callee ?? toReferTarget(log);
    if (target === null && !isOver) return [];
    const status = toStatus(log, next, isOver);
    const completedAt = toCompletedAt(log, next, status);
    return [
      {
        key: keys.next(target, region),
        providerId: null,
        kind,
        status,
        transferTo: target,
        fromRoomName: null,
        consultationRoomName: null,
        callerParticipantIdentity: log.caller,
        recipientParticipantIdentity: status === "COMPLETED" ? (next?.callee ?? null) : null,
        outboundTrunkId: null,
        screeningPrompt: null,
        summary: null,
        failureCause: status === "FAILED" ? toCause(next ?? log) : null,
        organizationId: null,
        metadata: null,
        createdAt: log.endedAt,
        updatedAt: completedAt ?? log.endedAt,
        completedAt,
      },
    ];
  });
}

/** Null for a step that did not end in a transfer. A rerouting as such is a blind one; an attended one joins calls. */
function toKind(log: PortsipCallLog, next: PortsipCallLog | undefined): TransferKind | null {
  const reason = toEndReason(log.endReason);
  if (reason === "CONSULT_TRANSFER_COMPLETED") return "WARM";
  if (reason === "BLIND_TRANSFER_COMPLETED" || reason === "REFERRED") return "BLIND";
  if (next === undefined || !isTransferStep(next)) return null;
  return reason === "REPLACED" ? "WARM" : "BLIND";
}

/** A step that exists because of a transfer. */
export function isTransferStep(log: PortsipCallLog): boolean {
  return log.rerouteReason?.trim().toUpperCase() === "TRANSFER";
}

/**
 * `…_COMPLETED` is the PBX's word that it worked, unless the step that the transfer led to is there and shows that
 * nobody came. `REFERRED` only says that the caller was sent on: the next step tells how that went.
 */
function toStatus(log: PortsipCallLog, next: PortsipCallLog | undefined, isOver: boolean): TransferStatus {
  const reason = toEndReason(log.endReason);
  if (reason === "CONSULT_TRANSFER_COMPLETED") return "COMPLETED";
  if (reason === "BLIND_TRANSFER_COMPLETED" && (next === undefined || !isTransferStep(next)))
    return "COMPLETED";
  if (next === undefined) return (log.statusCode ?? 0) >= FIRST_FAILURE_CODE ? "FAILED" : "UNKNOWN";
  if (wasAnswered(next)) return "COMPLETED";
  return isOver || next.endedAt !== null ? "FAILED" : "REQUESTED";
}

function toCompletedAt(
  log: PortsipCallLog,
  next: PortsipCallLog | undefined,
  status: TransferStatus,
): number | null {
  if (status === "FAILED") return next?.endedAt ?? log.endedAt;
  if (status !== "COMPLETED") return null;
  return toEndReason(log.endReason) === "REFERRED" ? (next?.answeredAt ?? log.endedAt) : log.endedAt;
}

/** Whom a call was sent to where no step tells: its destination, if that is not its own callee. */
function toReferTarget(log: PortsipCallLog): string | null {
  if (log.destination === null || toEndReason(log.endReason) !== "REFERRED") return null;
  const user = log.destination.replace(/^(?:sips?|tel):/i, "").replace(/[@;?].*$/, "");
  return user === "" || user === log.callee || user === log.caller ? null : user;
}

/** In the PBX's words: why the recipient's step ended, and its SIP status. */
function toCause({ endReason, statusCode }: PortsipCallLog): string {
  const status = (statusCode ?? 0) >= FIRST_FAILURE_CODE ? `SIP status ${statusCode}` : null;
  const reason = toEndReason(endReason) === null ? null : endReason;
  return [reason, status].filter((word) => word !== null).join(", ") || "no answer";
}
