import { silentMp3, silentWav } from "../kit/silence.js";
import { PLIVO_ACCOUNT } from "./plivo-accounts.js";
import { billedSeconds, priceOf } from "./plivo-calls.js";
import type { Interaction, Leg, MaskingSession, Recording } from "./plivo-records.js";
import type { Wire } from "./plivo-serialize.js";

/**
 * The two resources that a masking session points to. They belong to the general voice API, whose conventions differ:
 * numbers arrive as strings, times carry an offset.
 */

/** A Recording of the voice API. @param mediaOrigin where the file itself is served */
export function toWireRecording(recording: Recording, accountId: string, mediaOrigin: string): Wire {
  const seconds = (recording.endedAt - recording.startedAt) / 1000;
  return {
    add_time: formatVoiceTime(recording.addedAt),
    call_uuid: recording.callUuid,
    conference_name: "",
    from_number: recording.from,
    to_number: recording.to,
    monthly_recording_storage_amount: "0.0000",
    recording_duration_ms: milliseconds(recording.endedAt - recording.startedAt),
    recording_end_ms: milliseconds(recording.endedAt),
    recording_format: recording.format,
    recording_id: recording.uuid,
    recording_start_ms: milliseconds(recording.startedAt),
    recording_storage_duration: "0",
    recording_storage_rate: "0.0004",
    recording_type: "normal",
    recording_url: `${mediaOrigin}/media/recordings/${recording.uuid}.${recording.format}`,
    resource_uri: `/v1/Account/${accountId}/Recording/${recording.uuid}/`,
    rounded_recording_duration: String(Math.ceil(seconds / 60) * 60),
  };
}

/** A Call of the voice API: one leg. */
export function toWireCall(
  session: MaskingSession,
  interaction: Interaction,
  leg: Leg,
  accountId: string,
): Wire {
  const isFirst = leg === interaction.first;
  const party = isFirst ? session.firstParty : session.secondParty;
  const isInbound = leg.startedAt === leg.answeredAt;
  const seconds =
    leg.answeredAt === null || leg.endedAt === null ? 0 : Math.floor((leg.endedAt - leg.answeredAt) / 1000);
  const other = isFirst ? interaction.second : interaction.first;
  const billed = billedSeconds({ ...interaction, first: leg, second: null });
  return {
    answer_time: leg.answeredAt === null ? null : formatVoiceTime(leg.answeredAt),
    bill_duration: billed,
    billed_duration: billed,
    call_direction: isInbound ? "inbound" : "outbound",
    call_duration: seconds,
    call_uuid: leg.callUuid,
    end_time: leg.endedAt === null ? null : formatVoiceTime(leg.endedAt),
    from_number: isInbound ? party : session.virtualNumber,
    initiation_time: formatVoiceTime(leg.startedAt),
    parent_call_uuid: isInbound ? null : (other?.callUuid ?? null),
    resource_uri: `/v1/Account/${accountId}/Call/${leg.callUuid}/`,
    to_number: isInbound ? session.virtualNumber : party,
    total_amount: priceOf(billed).toFixed(5),
    total_rate: priceOf(60).toFixed(5),
  };
}

/** What the link of a recording answers. */
export function toMedia(recording: Recording): { contentType: string; body: Buffer } {
  return recording.format === "wav"
    ? { contentType: "audio/wav", body: silentWav() }
    : { contentType: "audio/mpeg", body: silentMp3() };
}

/** The account in whose name a session's calls are. */
export function ownerOf(session: MaskingSession): string {
  return session.subaccount ?? PLIVO_ACCOUNT.authId;
}

function formatVoiceTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}+00:00`;
}

function milliseconds(ms: number): string {
  return ms.toFixed(5);
}
