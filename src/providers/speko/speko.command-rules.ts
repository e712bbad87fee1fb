/** What Speko's writes take (Speko reference §3.1), as the rules of the mutations' inputs. Pure. */
import { BadUserInputError } from "../../errors/index.js";
import { pathSegment } from "../../http/path-segment.js";
import type { Command, CommandKind, InputProblem } from "../commands.js";
import { InputRules } from "../input-rules.js";

type MemberRule = (rules: InputRules, name: string) => void;

/** Every member that an object may have, by its name in the graph, which is also Speko's, and its rule. */
export type Members = Readonly<Record<string, MemberRule>>;

/** Any text, the empty one included: what it is good for is Speko's to judge. */
const text: MemberRule = (rules, name) => {
  if (rules.has(name) && typeof rules.value(name) !== "string") rules.add(name, `${name}: expected text.`);
};
const flag: MemberRule = (rules, name) => rules.boolean(name);
const number: MemberRule = (rules, name) => {
  if (rules.has(name) && typeof rules.value(name) !== "number")
    rules.add(name, `${name}: expected a number.`);
};
const ringingSeconds: MemberRule = (rules, name) => rules.integer(name, 1, 120);
const anyObject: MemberRule = (rules, name) => void rules.object(name);

const words =
  (...values: readonly string[]): MemberRule =>
  (rules, name) =>
    rules.oneOf(name, values);

const objectOf =
  (members: Members): MemberRule =>
  (rules, name) => {
    const inner = rules.object(name);
    if (inner !== null) applyRules(inner, members);
  };

const objectOfTexts: MemberRule = (rules, name) => {
  const inner = rules.object(name);
  for (const key of Object.keys(rules.value(name) ?? {})) if (inner !== null) text(inner, key);
};

const listOf =
  (members: Members, max: number): MemberRule =>
  (rules, name) => {
    for (const item of rules.objects(name, max)) applyRules(item, members);
  };

const BLIND: Members = {
  // A telephone number or a SIP target: unlike warm transfers not restricted to E.164.
  to: (rules, name) => rules.text(name, { required: true }),
  participantIdentity: text,
  playDialtone: flag,
  ringingTimeout: ringingSeconds,
  headers: objectOfTexts,
};

const DESTINATION: Members = {
  to: (rules, name) => rules.e164(name, true),
  label: text,
  outboundTrunkId: text,
  screeningPrompt: text,
  summary: text,
  metadata: anyObject,
};

const WARM: Members = {
  to: (rules, name) => rules.e164(name),
  destinations: listOf(DESTINATION, 10),
  from: (rules, name) => rules.e164(name),
  participantIdentity: text,
  outboundTrunkId: text,
  screeningPrompt: text,
  summary: text,
  ringingTimeout: ringingSeconds,
  waitUntilAnswered: flag,
  fallback: objectOf({
    strategy: words("return_to_assistant", "take_message", "end_call"),
    message: text,
    takeMessagePrompt: text,
    holdAudioUrl: text,
  }),
  voicemailDetection: objectOf({
    mode: words("agent", "amd", "disabled"),
    enabled: flag,
    timeoutSeconds: number,
  }),
  metadata: anyObject,
};

/** The body of each command, member by member. */
export const COMMAND_MEMBERS = {
  TRANSFER_BLIND: BLIND,
  TRANSFER_WARM: WARM,
  COMPLETE_TRANSFER: { recipientParticipantIdentity: text, summary: text },
  CANCEL_TRANSFER: { reason: text, summary: text, tryNext: flag, voicemailDetected: flag },
  FINALIZE_REPORT: { forceAnalysis: flag, retryWebhook: flag },
  END: {},
} as const satisfies Partial<Record<CommandKind, Members>>;

/** What Speko can be told. */
export type SpekoCommandKind = keyof typeof COMMAND_MEMBERS;

/** True for commands whose path names a transfer beside the session. */
export function isOfTransfer(kind: SpekoCommandKind): boolean {
  return kind === "COMPLETE_TRANSFER" || kind === "CANCEL_TRANSFER";
}

/** Everything that is wrong with a command. */
export function checkCommand(kind: SpekoCommandKind, command: Command): readonly InputProblem[] {
  const rules = new InputRules(command.input);
  checkId(rules, "sessionId", command.session?.providerId);
  if (isOfTransfer(kind)) checkId(rules, "transferId", command.transferId);
  if (command.consultation !== null)
    rules.add("consultationSessionId", "consultationSessionId: Speko does not take this here.");
  applyRules(rules, COMMAND_MEMBERS[kind]);
  // The API's schema requires neither, but it cannot work with none (§3.1, note).
  if (kind === "TRANSFER_WARM") rules.either("to", "destinations");
  return rules.problems;
}

function applyRules(rules: InputRules, members: Members): void {
  rules.takes("Speko", Object.keys(members));
  for (const [name, rule] of Object.entries(members)) rule(rules, name);
}

/** An id has to be one segment of a path; more is not known of it. */
function checkId(rules: InputRules, name: string, id: string | null | undefined): void {
  if (!isPathSegment(id ?? "")) rules.add(name, `${name}: expected an id that Speko could have given.`);
}

/** True for what can be sent back as an id. */
export function isPathSegment(id: string): boolean {
  try {
    return pathSegment(id) !== "";
  } catch (error) {
    if (error instanceof BadUserInputError) return false;
    throw error;
  }
}
