import type { Random } from "../kit/random.js";
import { PLIVO_SUBACCOUNT } from "./plivo-accounts.js";
import { invalidParameter, missingParameter } from "./plivo-errors.js";
import type { PlivoModes } from "./plivo-modes.js";
import { createSettings, type MaskingSession, type SessionSettings } from "./plivo-records.js";

export type Body = Readonly<Record<string, unknown>>;

/** A create request that passed every rule of Plivo reference §5.1. */
export interface CreateArguments {
  firstParty: string;
  secondParty: string;
  expirySeconds: number;
  geomatch: boolean;
  subaccount: string | null;
  settings: SessionSettings;
}

/** An update request that passed; what is missing stays as it is (§7). */
export interface UpdateArguments {
  firstParty?: string;
  secondParty?: string;
  expirySeconds?: number;
  settings: Partial<SessionSettings>;
}

const DEFAULT_SECONDS = {
  samples: { expiry: 1800, callLimit: 14_400, ring: 45 },
  documented: { expiry: 3600, callLimit: 3600, ring: 120 },
} as const;

/** @throws PlivoRefusal with the provider's own text for the first rule that is broken */
export function parseCreate(body: Body, modes: PlivoModes, random: Random): CreateArguments {
  const isSingleParty = readBoolean(body, "create_session_with_single_party") ?? false;
  const firstParty = readPhoneNumber(body, "first_party");
  const secondParty = readPhoneNumber(body, "second_party");
  if (!isSingleParty && firstParty === undefined) throw missingParameter("first_party");
  if (!isSingleParty && secondParty === undefined) throw missingParameter("second_party");
  if (firstParty === undefined && secondParty === undefined) throw missingParameter("first_party");

  const subaccount = readText(body, "subaccount") ?? null;
  if (subaccount !== null && subaccount !== PLIVO_SUBACCOUNT.authId) {
    throw invalidParameter("subaccount is not a valid subaccount.");
  }
  const defaults = DEFAULT_SECONDS[modes.defaults];
  const given = readUpdatable(body);
  return {
    firstParty: firstParty ?? "",
    secondParty: secondParty ?? "",
    expirySeconds: readExpiry(body) ?? defaults.expiry,
    geomatch: readBoolean(body, "geomatch") ?? true,
    subaccount,
    settings: createSettings({
      ...given,
      ...readPinGroup(body, random),
      call_time_limit: given.call_time_limit ?? defaults.callLimit,
      ring_timeout: given.ring_timeout ?? defaults.ring,
      initiate_call_to_first_party: readBoolean(body, "initiate_call_to_first_party") ?? false,
      unknown_caller_play: readUrl(body, "unknown_caller_play") ?? "",
      virtual_number_cooloff_period: readInteger(body, "virtual_number_cooloff_period", 0, 3600) ?? 0,
      create_session_with_single_party: isSingleParty ? true : null,
    }),
  };
}

/**
 * Arguments that cannot be updated are ignored like unknown ones, whatever their value: whether the live service refuses
 * them is unpublished. A party of a single-party session may be added or changed, and never taken away.
 * @throws PlivoRefusal as `parseCreate`
 */
export function parseUpdate(body: Body, session: MaskingSession): UpdateArguments {
  const isSingleParty = session.settings.create_session_with_single_party === true;
  return dropUndefined({
    firstParty: isSingleParty ? readPhoneNumber(body, "first_party") : undefined,
    secondParty: isSingleParty ? readPhoneNumber(body, "second_party") : undefined,
    expirySeconds: readExpiry(body),
    settings: readUpdatable(body),
  });
}

function readUpdatable(body: Body): Partial<SessionSettings> {
  return dropUndefined({
    call_time_limit: readInteger(body, "call_time_limit", 60, 86_400),
    ring_timeout: readInteger(body, "ring_timeout", 5, 600),
    callback_url: readUrl(body, "callback_url"),
    callback_method: readOneOf(body, "callback_method", ["GET", "POST"]),
    record: readBoolean(body, "record"),
    record_file_format: readOneOf(body, "record_file_format", ["mp3", "wav"]),
    recording_callback_url: readRecordingCallbackUrl(body),
    recording_callback_method: readOneOf(body, "recording_callback_method", ["GET", "POST"]),
    first_party_play_url: readUrl(body, "first_party_play_url"),
    second_party_play_url: readUrl(body, "second_party_play_url"),
  });
}

/**
 * Without `is_pin_authentication_required` the arguments that "only work with it on" are refused and the others, which
 * nothing is said about, checked and dropped. PINs that come with `generate_pin` give way to the generated ones.
 */
function readPinGroup(body: Body, random: Random): Partial<SessionSettings> {
  const isRequired = readBoolean(body, "is_pin_authentication_required") ?? false;
  const isGenerated = readBoolean(body, "generate_pin") ?? false;
  const isForced = readBoolean(body, "force_pin_authentication") ?? false;
  const length = readInteger(body, "generate_pin_length", 4, 15);
  const first = readPin(body, "first_party_pin");
  const second = readPin(body, "second_party_pin");
  const prompt = readUrl(body, "pin_prompt_play");
  const retry = readInteger(body, "pin_retry", 0, 5);
  const wait = readInteger(body, "pin_retry_wait", 5, 10);
  const incorrect = readUrl(body, "incorrect_pin_play");

  if (length !== undefined && !isGenerated) {
    throw invalidParameter("generate_pin_length needs generate_pin to be true.");
  }
  if (!isRequired) {
    const needless = isGenerated ? "generate_pin" : isForced ? "force_pin_authentication" : null;
    if (needless) throw invalidParameter(`${needless} needs is_pin_authentication_required to be true.`);
    return {};
  }
  if (!prompt) throw missingParameter("pin_prompt_play");
  if (!isGenerated && first === undefined) throw missingParameter("first_party_pin");
  if (!isGenerated && second === undefined) throw missingParameter("second_party_pin");
  if (first !== undefined && first === second) {
    throw invalidParameter("first_party_pin and second_party_pin should be different.");
  }
  return {
    is_pin_authentication_required: true,
    generate_pin: isGenerated,
    generate_pin_length: isGenerated ? (length ?? 4) : null,
    ...(isGenerated
      ? generatePins(random, length ?? 4)
      : { first_party_pin: first ?? null, second_party_pin: second ?? null }),
    pin_prompt_play: prompt,
    pin_retry: retry ?? 1,
    pin_retry_wait: wait ?? 5,
    incorrect_pin_play: incorrect || null,
    force_pin_authentication: isForced,
  };
}

/** Two different PINs of `length` digits. */
export function generatePins(
  random: Random,
  length: number,
): Pick<SessionSettings, "first_party_pin" | "second_party_pin"> {
  const first = random.digits(length);
  let second = random.digits(length);
  while (second === first) second = random.digits(length);
  return { first_party_pin: first, second_party_pin: second };
}

/** The allowed range exists but is unpublished (§19); one minute to thirty days here. */
function readExpiry(body: Body): number | undefined {
  return readInteger(body, "session_expiry", 60, 30 * 86_400);
}

/** Numbers only: SIP endpoints are in the comments of one client and nowhere in the documentation (§5.1). */
function readPhoneNumber(body: Body, name: string): string | undefined {
  const value = body[name] ?? "";
  if (value === "") return undefined;
  if (typeof value !== "string" || !/^\+?[1-9]\d{6,14}$/.test(value)) {
    throw invalidParameter(`${name} is not a valid phone number.`);
  }
  return value.replace("+", "");
}

function readPin(body: Body, name: string): string | undefined {
  const text = readText(body, name);
  if (text !== undefined && !/^\d{4,15}$/.test(text)) {
    throw invalidParameter(`${name} should have 4 to 15 digits.`);
  }
  return text;
}

/**
 * Empty text is how an unset URL is written, so an update can take one away with it. Whether media behind a URL is mp3 or
 * wav is not looked at: it would show when it is played.
 */
function readUrl(body: Body, name: string): string | undefined {
  if (body[name] === "") return "";
  const text = readText(body, name);
  if (text === undefined) return undefined;
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? "")) {
    throw invalidParameter(`${name} should be a valid URL.`);
  }
  return text;
}

/** The only URL whose length is limited (§5.1). */
function readRecordingCallbackUrl(body: Body): string | undefined {
  const name = "recording_callback_url";
  const url = readUrl(body, name);
  if (url !== undefined && url.length >= 1000) {
    throw invalidParameter(`${name} should be under 1000 characters.`);
  }
  return url;
}

function readInteger(body: Body, name: string, min: number, max: number): number | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || Number(value) < min || Number(value) > max) {
    throw invalidParameter(`${name} is outside the allowed range.`);
  }
  return Number(value);
}

function readBoolean(body: Body, name: string): boolean | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || typeof value === "boolean") return value;
  throw invalidParameter(`${name} allowed values are true or false.`);
}

function readOneOf<T extends string>(body: Body, name: string, allowed: readonly T[]): T | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw invalidParameter(`${name} allowed values are ${allowed.join(" or ")}.`);
  return found;
}

/** Empty text counts as not given. */
function readText(body: Body, name: string): string | undefined {
  const value = body[name] ?? undefined;
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string") throw invalidParameter(`${name} should be a string.`);
  return value;
}

/** Spreading `undefined` over a setting would erase it. */
function dropUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
