import type { Random } from "../kit/random.js";
import type { EndReason } from "../conversation.js";
import type { Interaction, Leg, LegStatus, MaskingSession, Recording } from "./plivo-records.js";

/** Party one is the conversation's `from`, party two its `to`. */
export type Party = "from" | "to";

const LEG_OF = { from: "first", to: "second" } as const;

/**
 * A party's phone rings. When no call is up this is a new interaction, and the other party is the one who dialled the
 * virtual number, which answers by itself; only where Plivo places the call is there no such leg yet.
 */
export function ringParty(session: MaskingSession, party: Party, at: number, random: Random): void {
  const interaction = openInteraction(session) ?? startInteraction(session, party, at, random);
  interaction[LEG_OF[party]] ??= newLeg(random.uuid(), "ringing", at);
}

/** A party picks up. */
export function answerParty(session: MaskingSession, party: Party, at: number, random: Random): void {
  ringParty(session, party, at, random);
  const leg = openInteraction(session)?.[LEG_OF[party]];
  if (!leg || leg.answeredAt !== null) return;
  leg.status = "in-progress";
  leg.answeredAt = at;
}

/** The call ends; legs that were never answered end with `unanswered`. */
export function closeCall(session: MaskingSession, at: number, unanswered: LegStatus): void {
  const interaction = openInteraction(session);
  if (!interaction) return;
  interaction.endedAt = at;
  for (const leg of legsOf(interaction)) {
    leg.status = leg.answeredAt === null ? unanswered : "completed";
    leg.endedAt = at;
  }
}

/** What happened to the first finished call whose recording is still open. */
export function settleRecording(session: MaskingSession, isReady: boolean, at: number, random: Random): void {
  const interaction = session.interactions.find(
    (candidate) => candidate.endedAt !== null && !candidate.isRecordingSettled && isBridged(candidate),
  );
  if (!interaction) return;
  interaction.isRecordingSettled = true;
  const { first, second, endedAt } = interaction;
  if (!isReady || !session.settings.record || !first || !second || endedAt === null) return;
  const recording: Recording = {
    uuid: random.uuid(),
    callUuid: first.callUuid,
    format: session.settings.record_file_format,
    startedAt: Math.max(first.answeredAt ?? 0, second.answeredAt ?? 0),
    endedAt,
    addedAt: at,
    from: session.firstParty,
    to: session.virtualNumber,
  };
  interaction.recording = recording;
}

/** How a leg nobody answered is reported after this ending. */
export function unansweredStatus(reason: EndReason): LegStatus {
  switch (reason) {
    case "busy":
      return "busy";
    case "failed":
      return "failed";
    case "cancelled":
    case "caller-hung-up":
      return "cancel";
    case "callee-hung-up":
    case "missed":
    case "no-answer":
    case "expired":
      return "no-answer";
  }
}

export function legsOf(interaction: Interaction): Leg[] {
  return [interaction.first, interaction.second].filter((leg) => leg !== null);
}

/** Whole seconds of both legs together: the only reading that fits the samples (Plivo reference §3). 0 while up. */
export function durationSeconds(interaction: Interaction): number {
  return legsOf(interaction).reduce((sum, leg) => sum + talkSeconds(leg), 0);
}

const PULSE_SECONDS = 30;
/** Hundred-thousandths of a dollar per pulse: integers, so that sums stay exact until they are written. */
const PULSE_PRICE = 1250;

/** Billed seconds of answered legs, each rounded up to whole pulses. 0 while up. */
export function billedSeconds(interaction: Interaction): number {
  return legsOf(interaction).reduce(
    (sum, leg) => sum + Math.ceil(talkSeconds(leg) / PULSE_SECONDS) * PULSE_SECONDS,
    0,
  );
}

/** Price of so many billed seconds, in dollars. */
export function priceOf(seconds: number): number {
  return ((seconds / PULSE_SECONDS) * PULSE_PRICE) / 100_000;
}

function talkSeconds(leg: Leg): number {
  if (leg.answeredAt === null || leg.endedAt === null) return 0;
  return Math.floor((leg.endedAt - leg.answeredAt) / 1000);
}

function isBridged(interaction: Interaction): boolean {
  return interaction.first?.answeredAt != null && interaction.second?.answeredAt != null;
}

function openInteraction(session: MaskingSession): Interaction | undefined {
  const last = session.interactions.at(-1);
  return last?.endedAt === null ? last : undefined;
}

function startInteraction(session: MaskingSession, ringing: Party, at: number, random: Random): Interaction {
  const interaction: Interaction = {
    startedAt: at,
    endedAt: null,
    first: null,
    second: null,
    recording: null,
    isRecordingSettled: false,
    isDetailed: random.chance(0.5),
  };
  const isPlacedByPlivo =
    session.settings.initiate_call_to_first_party && session.interactions.length === 0 && ringing === "from";
  if (!isPlacedByPlivo) {
    const dialling = ringing === "from" ? "second" : "first";
    interaction[dialling] = { ...newLeg(random.uuid(), "in-progress", at), answeredAt: at };
  }
  session.interactions.push(interaction);
  return interaction;
}

function newLeg(callUuid: string, status: LegStatus, at: number): Leg {
  return { callUuid, status, startedAt: at, answeredAt: null, endedAt: null };
}
