import type { Conversation } from "../conversation.js";
import type { Random } from "../kit/random.js";
import { PLIVO_ACCOUNT, PLIVO_SUBACCOUNT } from "./plivo-accounts.js";
import { generatePins } from "./plivo-arguments.js";
import type { NumberWish } from "./plivo-numbers.js";
import { createSettings, type MaskingSession, type SessionSettings } from "./plivo-records.js";

const MEDIA = "https://media.example.com/prompts";
const HOOKS = "https://hooks.example.com/plivo";

/** The session that somebody's back end created before the people of this conversation called each other. */
export function toScriptedSession(
  conversation: Conversation,
  random: Random,
  sequence: number,
  allocate: (wish: NumberWish) => string | null,
): MaskingSession {
  const { traits, startedAt } = conversation;
  const firstParty = toDigits(conversation.from.number);
  const secondParty = traits.singleParty ? "" : toDigits(conversation.to.number);
  const expiresAt = startedAt + plannedSeconds(conversation) * 1000;
  const subaccount = random.chance(0.12) ? PLIVO_SUBACCOUNT : null;
  const pool = (subaccount ?? PLIVO_ACCOUNT).virtualNumbers;
  const parties = [firstParty, secondParty].filter((party) => party !== "");
  const wish = { parties, from: startedAt, until: expiresAt, pool };
  const linked = conversation.links.find((link) => link.by === "virtual-number");

  return {
    uuid: random.uuid(),
    sequence,
    subaccount: subaccount?.authId ?? null,
    firstParty,
    secondParty,
    virtualNumber: linked
      ? toDigits(linked.value)
      : (allocate({ ...wish, sameCountryAs: firstParty }) ??
        allocate({ ...wish, sameCountryAs: null }) ??
        // A script may hold more sessions at once than the inventory allows; a real account would buy numbers.
        random.pick(pool)),
    createdAt: startedAt,
    modifiedAt: startedAt,
    expiresAt,
    micros: random.int(0, 999),
    settings: scriptedSettings(conversation, random),
    interactions: [],
  };
}

function scriptedSettings(conversation: Conversation, random: Random): SessionSettings {
  const { traits, steps } = conversation;
  const hasCallbacks = random.chance(0.6);
  const hasPrompts = random.chance(0.3);
  return createSettings({
    call_time_limit: random.pick([3600, 14_400]),
    ring_timeout: random.pick([45, 120]),
    initiate_call_to_first_party: isPlacedByPlivo(steps),
    callback_url: hasCallbacks ? `${HOOKS}/session` : "",
    callback_method: random.pick(["POST", "POST", "GET"]),
    record: traits.record ?? false,
    record_file_format: random.pick(["mp3", "mp3", "wav"]),
    recording_callback_url: hasCallbacks && traits.record ? `${HOOKS}/recording` : "",
    first_party_play_url: hasPrompts ? `${MEDIA}/connecting.mp3` : "",
    second_party_play_url: hasPrompts ? `${MEDIA}/masked-call.mp3` : "",
    unknown_caller_play: hasPrompts ? `${MEDIA}/unknown-caller.wav` : "",
    virtual_number_cooloff_period: random.pick([0, 0, 3500]),
    create_session_with_single_party: traits.singleParty ? true : null,
    ...(traits.pin ? pinGroup(random) : {}),
  });
}

function pinGroup(random: Random): Partial<SessionSettings> {
  const isGenerated = random.chance(0.5);
  const length = random.pick([4, 4, 6]);
  return {
    is_pin_authentication_required: true,
    generate_pin: isGenerated,
    generate_pin_length: isGenerated ? length : null,
    ...generatePins(random, length),
    pin_prompt_play: `${MEDIA}/enter-pin.wav`,
    pin_retry: random.int(1, 3),
    pin_retry_wait: 5,
    incorrect_pin_play: random.chance(0.7) ? `${MEDIA}/wrong-pin.wav` : null,
    unknown_caller_play: `${MEDIA}/unknown-caller.wav`,
    force_pin_authentication: random.chance(0.3),
  };
}

/** Plivo rings party one at once where the first thing that happens is that party's phone ringing (§2.1). */
function isPlacedByPlivo(steps: Conversation["steps"]): boolean {
  const ring = steps.find((step) => step.do === "ring");
  return ring?.do === "ring" && ring.party === "from";
}

/** Lifetime asked for: to the second for a mapping that is to run out, with room to spare for one that is ended. */
function plannedSeconds({ steps }: Conversation): number {
  const end = steps.find((step) => step.do === "end");
  if (end?.do === "end" && end.reason === "expired") return Math.max(1, Math.round(end.at / 1000));
  const last = Math.max(0, ...steps.map((step) => step.at));
  return (Math.floor(last / 1_800_000) + 1) * 1800;
}

function toDigits(number: string | null): string {
  return (number ?? "").replace(/\D/g, "");
}
