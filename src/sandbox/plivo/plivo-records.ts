/**
 * What this provider keeps. Settings carry the names of the wire because they go out as they came in; times are epoch
 * milliseconds until the serializer writes them.
 */

/** Arguments of create that come back in the session object (Plivo reference §2.2, §2.3, §2.5). */
export interface SessionSettings {
  initiate_call_to_first_party: boolean;
  /** Seconds. */
  call_time_limit: number;
  /** Seconds. */
  ring_timeout: number;
  /** `""` when unset, as every URL here that is not in the PIN group. */
  callback_url: string;
  callback_method: HttpVerb;
  record: boolean;
  record_file_format: RecordFormat;
  recording_callback_url: string;
  recording_callback_method: HttpVerb;
  first_party_play_url: string;
  second_party_play_url: string;
  unknown_caller_play: string;
  is_pin_authentication_required: boolean;
  generate_pin: boolean | null;
  generate_pin_length: number | null;
  first_party_pin: string | null;
  second_party_pin: string | null;
  pin_prompt_play: string | null;
  pin_retry: number | null;
  /** Seconds. */
  pin_retry_wait: number | null;
  incorrect_pin_play: string | null;
  force_pin_authentication: boolean;
  /** Seconds. */
  virtual_number_cooloff_period: number;
  create_session_with_single_party: boolean | null;
}

export type HttpVerb = "GET" | "POST";
export type RecordFormat = "mp3" | "wav";

/** The voice API's words for a leg; the masking reference shows no value (§19). */
export type LegStatus = "ringing" | "in-progress" | "completed" | "busy" | "failed" | "no-answer" | "cancel";

/** One side of an interaction: a Call resource of its own. */
export interface Leg {
  callUuid: string;
  status: LegStatus;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
}

/** One call through the session, whichever side dialled. */
export interface Interaction {
  startedAt: number;
  endedAt: number | null;
  first: Leg | null;
  second: Leg | null;
  recording: Recording | null;
  /** A recording was made, failed or was not wanted: nothing more will come. */
  isRecordingSettled: boolean;
  /** The members that only one official client knows (§3, Go struct) are sent as well. */
  isDetailed: boolean;
}

export interface Recording {
  uuid: string;
  callUuid: string;
  format: RecordFormat;
  startedAt: number;
  endedAt: number;
  addedAt: number;
  from: string;
  to: string;
}

/** One masking session. Numbers are digits without `+`. */
export interface MaskingSession {
  uuid: string;
  /** Order of creation, to break ties between equal times. */
  sequence: number;
  subaccount: string | null;
  /** `""` for the party that a single-party session does not know. */
  firstParty: string;
  secondParty: string;
  virtualNumber: string;
  createdAt: number;
  modifiedAt: number;
  expiresAt: number;
  /** Microseconds below the millisecond, for servers that show them. */
  micros: number;
  settings: SessionSettings;
  interactions: Interaction[];
}

/** Whether the mapping has ended. The clock alone decides, so nothing has to run when it does. */
export function isExpired(session: MaskingSession, now: number): boolean {
  return session.expiresAt <= now;
}

/** `active`, `in-progress` while a call is up, `expired` (§2.1). */
export function statusOf(session: MaskingSession, now: number): "active" | "in-progress" | "expired" {
  if (isExpired(session, now)) return "expired";
  return session.interactions.some((interaction) => interaction.endedAt === null) ? "in-progress" : "active";
}

/** Settings of a session that asked for nothing but its times. */
export function createSettings(
  given: Partial<SessionSettings> & Pick<SessionSettings, "call_time_limit" | "ring_timeout">,
): SessionSettings {
  return {
    initiate_call_to_first_party: false,
    callback_url: "",
    callback_method: "POST",
    record: false,
    record_file_format: "mp3",
    recording_callback_url: "",
    recording_callback_method: "POST",
    first_party_play_url: "",
    second_party_play_url: "",
    unknown_caller_play: "",
    is_pin_authentication_required: false,
    generate_pin: null,
    generate_pin_length: null,
    first_party_pin: null,
    second_party_pin: null,
    pin_prompt_play: null,
    pin_retry: null,
    pin_retry_wait: null,
    incorrect_pin_play: null,
    force_pin_authentication: false,
    virtual_number_cooloff_period: 0,
    create_session_with_single_party: null,
    ...given,
  };
}
