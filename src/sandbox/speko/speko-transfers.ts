/** The state machine of transfers (Speko reference §6). */
import type { TransferScript } from "../conversation.js";
import type { Agenda } from "../kit/agenda.js";
import type { Random } from "../kit/random.js";
import { addEvent } from "./speko-calls.js";
import { OUTCOMES, type Dialling, type SpekoAnswer } from "./speko-dialling.js";
import { conflict } from "./speko-errors.js";
import { applyFallback } from "./speko-fallback.js";
import type { Call, Destination, DialOutcome, Hunt, Transfer } from "./speko-records.js";
import { isTerminal } from "./speko-records.js";

export interface TransferScene {
  call: Call;
  agenda: Agenda;
  random: Random;
  dialling: Dialling;
  /** Tears the room down. */
  endCall(at: number): void;
}

/** How long joining caller and recipient takes, and how long a conversation's agent screens before. Milliseconds. */
const BRIDGE_MS = 1_500;
const SCREENING_MS = 4_000;

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
      told: { outcome, afterMs },
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
    isTold: true,
    ringingTimeoutMs: Infinity,
    detectsVoicemail: true,
    details: {},
  };
  return attempt(scene, hunt, at);
}

/** Rings the next destination; what becomes of it is put on the agenda. */
export function attempt(scene: TransferScene, hunt: Hunt, at: number): Transfer {
  const { call, random, agenda, dialling } = scene;
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
    ringing: null,
  };
  hunt.attempts.push(transfer);
  call.transfers.push(transfer);
  addEvent(call, random, at, {
    provider: "speko",
    eventType: `transfer.${hunt.kind}.requested`,
    payload: { to: destination.to, ...hunt.details },
  });
  const { told } = destination;
  if (told) agenda.at(at + told.afterMs, (time) => resolve(scene, transfer, told.outcome, time));
  else ring(scene, transfer, dialling.expect(destination.to), at);
  return transfer;
}

/** Rings until the person at the other end does something, or the ringing times out. */
function ring(
  scene: TransferScene,
  transfer: Transfer,
  { behaviour, afterMs }: { behaviour: SpekoAnswer; afterMs: number },
  at: number,
): void {
  const limitMs = transfer.hunt.ringingTimeoutMs;
  const isInTime = behaviour !== "rings" && afterMs <= limitMs;
  const ringing = {};
  transfer.ringing = ringing;
  scene.agenda.at(at + (isInTime ? afterMs : limitMs), (time) => {
    if (transfer.ringing === ringing) meet(scene, transfer, isInTime ? behaviour : "no_answer", time);
  });
}

/** The person who is rung, or is being screened, does this now. */
export function meet(scene: TransferScene, transfer: Transfer, behaviour: SpekoAnswer, at: number): void {
  switch (behaviour) {
    case "rings":
      if (transfer.status === "requested") ring(scene, transfer, { behaviour, afterMs: 0 }, at);
      return;
    case "hangs_up":
      resolve(scene, transfer, "answered", at);
      if (isTerminal(transfer)) return;
      fail(scene, transfer, "recipient_hung_up", at);
      advance(scene, transfer.hunt, at);
      return;
    default:
      resolve(scene, transfer, OUTCOMES[behaviour], at);
  }
}

function resolve(scene: TransferScene, transfer: Transfer, outcome: DialOutcome, at: number): void {
  if (transfer.status !== "requested") return;
  const { hunt } = transfer;
  // A machine that nobody listens for is taken for a person: whoever screens it cancels with `voicemailDetected`.
  const isTaken = outcome === "answered" || (outcome === "voicemail" && !hunt.detectsVoicemail);
  if (!isTaken) {
    fail(scene, transfer, FAILURES[outcome] ?? outcome, at);
    hunt.voicemailDetected ||= outcome === "voicemail";
    advance(scene, hunt, at);
    return;
  }
  if (hunt.kind === "blind") {
    settle(scene, transfer, "completed", at);
    return;
  }
  transfer.recipientIdentity = `recipient_${scene.random.hex(6)}`;
  change(scene, transfer, "screening", at);
  if (hunt.isTold) scene.agenda.at(at + SCREENING_MS, (time) => bridge(scene, transfer, time));
}

/** Joins caller and recipient; short, so that a look now and then rarely sees it. */
export function bridge(scene: TransferScene, transfer: Transfer, at: number): void {
  if (isTerminal(transfer)) return;
  change(scene, transfer, "bridging", at);
  const takesMs = transfer.hunt.isTold ? BRIDGE_MS : scene.dialling.takes(BRIDGE_MS, transfer.to);
  scene.agenda.at(at + takesMs, (time) => {
    if (!isTerminal(transfer)) settle(scene, transfer, "completed", time);
  });
}

/**
 * Bridges a screened recipient because somebody asked for it.
 * @throws SpekoRefusal 409 for a blind transfer, and for one nobody is being screened on
 */
export function complete(
  scene: TransferScene,
  transfer: Transfer,
  given: { recipientIdentity: string | null; summary: string | null },
  at: number,
): void {
  if (transfer.kind !== "warm") throw conflict("A blind transfer cannot be completed");
  if (transfer.status !== "screening")
    throw conflict(`The transfer cannot be completed: it is ${transfer.status}`);
  transfer.summary = given.summary ?? transfer.summary;
  transfer.recipientIdentity = given.recipientIdentity ?? transfer.recipientIdentity;
  bridge(scene, transfer, at);
}

/** Takes a warm transfer back; answers the attempt that takes its place, if one does. @throws SpekoRefusal 409 */
export function cancel(
  scene: TransferScene,
  transfer: Transfer,
  given: { tryNext: boolean; voicemailDetected: boolean; reason: string | null; summary: string | null },
  at: number,
): Transfer | null {
  const { hunt } = transfer;
  if (transfer.kind !== "warm") throw conflict("A blind transfer cannot be cancelled");
  if (isTerminal(transfer) || scene.call.endedAt !== null)
    throw conflict(`The transfer cannot be cancelled: it is ${transfer.status}`);
  transfer.summary = given.summary ?? transfer.summary;
  transfer.failureCause = given.reason ?? (given.voicemailDetected ? "voicemail_detected" : null);
  hunt.voicemailDetected ||= given.voicemailDetected;
  settle(scene, transfer, "cancelled", at);
  if (given.tryNext) return advance(scene, hunt, at);
  applyFallback(scene, hunt, at);
  return null;
}

/** The call is over: whatever was asked for and is still under way comes to nothing. */
export function abandonTransfers(scene: TransferScene, at: number): void {
  for (const transfer of scene.call.transfers) {
    if (!transfer.hunt.isTold && !isTerminal(transfer)) fail(scene, transfer, "call_ended", at);
  }
}

/** The next destination, or the fallback when there is none. */
function advance(scene: TransferScene, hunt: Hunt, at: number): Transfer | null {
  if (hunt.attempts.length < hunt.destinations.length && scene.call.endedAt === null)
    return attempt(scene, hunt, at);
  applyFallback(scene, hunt, at);
  return null;
}

const SIP_STATUS: Readonly<Record<string, readonly [code: number, text: string]>> = {
  busy: [486, "Busy Here"],
  declined_by_recipient: [603, "Decline"],
  sip_dial_failed: [503, "Service Unavailable"],
};

function fail(scene: TransferScene, transfer: Transfer, cause: string, at: number): void {
  transfer.failureCause = cause;
  transfer.ringing = null;
  stamp(scene, transfer, "failed", at);
  const [code, text] = SIP_STATUS[cause] ?? [480, "Temporarily Unavailable"];
  // A dial that was taken did not fail, whatever came of it.
  const wasTaken = transfer.recipientIdentity !== null;
  addEvent(scene.call, scene.random, at, {
    provider: "telnyx",
    eventType: `transfer.${transfer.kind}.failed`,
    status: "failed",
    failureCause: cause,
    sipStatusCode: wasTaken ? null : code,
    sipStatus: wasTaken ? null : text,
  });
}

function settle(
  scene: TransferScene,
  transfer: Transfer,
  status: "completed" | "cancelled",
  at: number,
): void {
  transfer.ringing = null;
  transfer.completedAt = status === "completed" ? at : null;
  change(scene, transfer, status, at);
}

function change(scene: TransferScene, transfer: Transfer, status: Transfer["status"], at: number): void {
  stamp(scene, transfer, status, at);
  if (transfer.hunt.isTold) return;
  addEvent(scene.call, scene.random, at, {
    provider: "speko",
    eventType: `transfer.${transfer.kind}.${status}`,
    payload: { transfer_id: transfer.id },
  });
}

function stamp({ call }: TransferScene, transfer: Transfer, status: Transfer["status"], at: number): void {
  transfer.status = status;
  transfer.updatedAt = at;
  call.updatedAt = Math.max(call.updatedAt, at);
}
