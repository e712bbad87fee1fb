import type { TransferKind, TransferRecord, TransferStatus } from "../../model/index.js";
import type { WireObject } from "../wire/index.js";
import { spelled } from "./speko.wire.js";

const KINDS: ReadonlyMap<string, TransferKind> = new Map([
  ["blind", "BLIND"],
  ["warm", "WARM"],
]);

const STATUSES: ReadonlyMap<string, TransferStatus> = new Map([
  ["requested", "REQUESTED"],
  ["screening", "SCREENING"],
  ["bridging", "BRIDGING"],
  ["completed", "COMPLETED"],
  ["failed", "FAILED"],
  ["cancelled", "CANCELLED"],
  ["canceled", "CANCELLED"],
]);

/** Every attempt of the call, each its own row (Speko reference §4.5, §6). One without an id cannot be told apart. */
export function toTransfers(transfers: readonly WireObject[]): TransferRecord[] {
  const byId = new Map<string, TransferRecord>();
  for (const transfer of transfers) {
    const record = toTransfer(transfer);
    if (record !== null) byId.set(record.key, record);
  }
  return [...byId.values()];
}

/** One attempt. Null without an id. */
export function toTransfer(transfer: WireObject): TransferRecord | null {
  const id = transfer.text("id", "providerId");
  if (id === null) return null;
  return {
    key: id,
    providerId: id,
    kind: KINDS.get(toWord(transfer.string("kind"))) ?? "UNKNOWN",
    status: STATUSES.get(toWord(transfer.string("status"))) ?? "UNKNOWN",
    transferTo: transfer.string(spelled(transfer, "transfer_to")),
    fromRoomName: transfer.string(spelled(transfer, "from_room_name")),
    consultationRoomName: transfer.string(spelled(transfer, "consultation_room_name")),
    callerParticipantIdentity: transfer.string(spelled(transfer, "caller_participant_identity")),
    recipientParticipantIdentity: transfer.string(spelled(transfer, "recipient_participant_identity")),
    outboundTrunkId: transfer.text(spelled(transfer, "outbound_trunk_id")),
    screeningPrompt: transfer.string(spelled(transfer, "screening_prompt")),
    summary: transfer.string("summary"),
    failureCause: transfer.string(spelled(transfer, "failure_cause")),
    organizationId: transfer.text(spelled(transfer, "organization_id")),
    metadata: transfer.json("metadata"),
    createdAt: transfer.timestamp(spelled(transfer, "created_at")),
    updatedAt: transfer.timestamp(spelled(transfer, "updated_at")),
    completedAt: transfer.timestamp(spelled(transfer, "completed_at")),
  };
}

function toWord(text: string | null): string {
  return text?.trim().toLowerCase() ?? "";
}
