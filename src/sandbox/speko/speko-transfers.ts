import type { TransferScript } from "../conversation.js";
import type { Agenda } from "../kit/agenda.js";
import type { Random } from "../kit/random.js";
import { addEvent } from "./speko-calls.js";
import { conflict } from "./speko-errors.js";
import type { Call, Destination, Hunt, Transfer } from "./speko-records.js";
import { isTerminal } from "./speko-records.js";

export interface TransferScene {
  call: Call;
  agenda: Agenda;
  random: Random;
}

const FAILURES: Readonly<Record<string, string>> = {
  "no-answer": "no_answer",
  busy: "busy",
  refused: "declined_by_recipient",
  voicemail: "voicemail_detected",
  failed: "sip_dial_failed",
};

/** A transfer as a conversation tells it. */
export function startHunt(scene: TransferScene, script: TransferScript, at: number): Transfer {
  const { call } = scene;
  const hunt: Hunt = {
    kind: script.kind,
    callerIdentity: call.callerIdentity,
    destinations: script.destinations.map(({ to, outcome, afterMs }) => ({
      to: to.number ?? to.extension ?? "anonymous",
      label: to.name,
      outboundTrunkId: script.kind === "warm" ? `ST_${scene.random.hex(10)}` : null,
      screeningPrompt: script.screeningPrompt,
      summary: script.summary,
      metadata: {},
      outcome,
      afterMs,
    })),
    attempts: [],
    fallback: script.fallback && {
      action: script.fallback,
      message: "Nobody can take your call right now.",
      takeMessagePrompt: script.fallback === "take_message" ? "Please leave your name and number." : null,
      holdAudioUrl: null,
    },
    isFallbackApplied: false,
    voicemailDetected: false,
    completesItself: true,
  };
  return attempt(scene, hunt, at);
}

/** Rings the next destination; what becomes of it is put on the agenda. */
export function attempt(scene: TransferScene, hunt: Hunt, at: number): Transfer {
  const { call, random, agenda } = scene;
  const destination = hunt.destinations[hunt.attempts.length] as Destination;
  const warm = hunt.kind === "warm";
  const transfer: Transfer = {
    id: `tr_${random.hex(16)}`,
    kind: hunt.kind,
    status: "requested",
    to: destination.to,
    fromRoomName: call.roomName,
    consultationRoomName: warm ? `${call.roomName ?? "speko"}_consult_${hunt.attempts.length + 1}` : null,
    callerIdentity: hunt.callerIdentity,
    recipientIdentity: null,
    outboundTrunkId: destination.outboundTrunkId,
    screeningPrompt: destination.screeningPrompt,
    summary: destination.summary,
    failureCause: null,
    metadata: {
      ...destination.metadata,
      ...(destination.label === null ? {} : { label: destination.label }),
    },
    createdAt: at,
    updatedAt: at,
    completedAt: null,
    hunt,
  };
  hunt.attempts.push(transfer);
  call.transfers.push(transfer);
  addEvent(call, random, at, {
    provider: "speko",
    eventType: `transfer.${hunt.kind}.requested`,
    payload: { to: destination.to },
  });
  agenda.at(at + destination.afterMs, (time) => resolve(scene, transfer, destination, time));
  return transfer;
}

function resolve(scene: TransferScene, transfer: Transfer, { outcome }: Destination, at: number): void {
  if (transfer.status !== "requested") return;
  const { hunt } = transfer;
  if (outcome !== "answered") {
    fail(scene, transfer, FAILURES[outcome] ?? outcome, at);
    hunt.voicemailDetected ||= outcome === "voicemail";
    advance(scene, hunt, at);
    return;
  }
  if (hunt.kind === "blind") {
    settle(transfer, "completed", at);
    return;
  }
  change(transfer, "screening", at);
  transfer.recipientIdentity = `recipient_${scene.random.hex(6)}`;
  if (hunt.completesItself) scene.agenda.at(at + 4_000, (time) => bridge(scene, transfer, time));
}

/** Joins caller and recipient; short, so that a look now and then rarely sees it. */
export function bridge(scene: TransferScene, transfer: Transfer, at: number): void {
  if (isTerminal(transfer)) return;
  change(transfer, "bridging", at);
  scene.agenda.at(at + 1_500, (time) => {
    if (!isTerminal(transfer)) settle(transfer, "completed", time);
  });
}

/** Takes a warm transfer back; answers the attempt that takes its place, if one does. @throws SpekoRefusal 409 */
export function cancel(
  scene: TransferScene,
  transfer: Transfer,
  options: { tryNext: boolean; voicemailDetected: boolean; reason: string | null },
  at: number,
): Transfer | null {
  if (transfer.kind !== "warm" || isTerminal(transfer))
    throw conflict("The transfer cannot be cancelled any more");
  settle(transfer, "cancelled", at);
  transfer.failureCause = options.reason;
  transfer.hunt.voicemailDetected ||= options.voicemailDetected;
  return options.tryNext ? advance(scene, transfer.hunt, at) : (applyFallback(transfer.hunt), null);
}

/** The next destination, or the fallback when there is none. */
function advance(scene: TransferScene, hunt: Hunt, at: number): Transfer | null {
  if (hunt.attempts.length < hunt.destinations.length && scene.call.endedAt === null)
    return attempt(scene, hunt, at);
  applyFallback(hunt);
  return null;
}

function applyFallback(hunt: Hunt): void {
  hunt.isFallbackApplied = hunt.fallback !== null;
}

function fail(scene: TransferScene, transfer: Transfer, cause: string, at: number): void {
  transfer.failureCause = cause;
  settle(transfer, "failed", at);
  addEvent(scene.call, scene.random, at, {
    provider: "telnyx",
    eventType: `transfer.${transfer.kind}.failed`,
    status: "failed",
    failureCause: cause,
    sipStatusCode: cause === "busy" ? 486 : 480,
    sipStatus: cause === "busy" ? "Busy Here" : "Temporarily Unavailable",
  });
}

function change(transfer: Transfer, status: Transfer["status"], at: number): void {
  transfer.status = status;
  transfer.updatedAt = at;
}

function settle(transfer: Transfer, status: Transfer["status"], at: number): void {
  change(transfer, status, at);
  transfer.completedAt = status === "completed" ? at : null;
}
