/** What Evo Voice takes with each command, in the graph's names (§3.3, §5). Nothing is required there but what is here. */
import type { JsonObject } from "../../model/index.js";
import type { Command, InputProblem } from "../commands.js";
import { InputRules } from "../input-rules.js";
import { canBeWrittenTo, NOT_WRITABLE } from "./evo-voice.session-path.js";

/** Whose rules these are, for people. */
export const EVO_VOICE = "Evo Voice";

const CHANNELS = ["Voice", "Chat", "Fax"];
const DIRECTIONS = ["Incoming", "Outgoing"];
const CALL_STATES = ["Disconnected", "Ringing", "Connected", "Hold", "Passive"];
const QUEUE_STATES = ["None", "Queued", "Ringing", "Connected", "Hold", "Disconnected"];
const HOLD_REASONS = ["None", "Transferring"];

/**
 * Names of a request's members on the wire, each with the input's name for it. What a body is made of, and how a complaint
 * about it finds back.
 */
export type MemberNames = Readonly<Record<string, string>>;

/** `NewSession` (§5.1). */
export const CREATE_MEMBERS = same(
  ...["displayName", "channel", "direction", "callState", "fromAddress", "fromName", "toAddress"],
  ...["parentSessionId", "customerId", "withAddress", "fromPhoneNumber", "destination"],
);
/** `PatchSession`. */
export const UPDATE_MEMBERS = same("consoleData", "callState", "holdReason", "queueState");
/** `HoldSession`. */
export const HOLD_MEMBERS = same("callSid", "reason");
/** `RedirectSession`. */
export const REDIRECT_MEMBERS: MemberNames = { destination: "to", callerId: "from" };

function same(...names: string[]): MemberNames {
  return Object.fromEntries(names.map((name) => [name, name]));
}

/** The body that carries an input: the members it has, under the provider's names. */
export function toBody(input: JsonObject, members: MemberNames): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([wire, ours]) => {
      const value = input[ours];
      return value === undefined || value === null ? [] : [[wire, value]];
    }),
  );
}

export function checkCreate({ input }: Command): readonly InputProblem[] {
  const rules = taking(input, CREATE_MEMBERS)
    .oneOf("channel", CHANNELS)
    .oneOf("direction", DIRECTIONS)
    .oneOf("callState", CALL_STATES)
    .text("fromAddress")
    .text("toAddress")
    .text("parentSessionId")
    .text("customerId")
    .text("withAddress", { pattern: /^(?:user|team):\S+$/, expected: "`user:` or `team:` and an id" })
    .e164("fromPhoneNumber")
    .text("destination");
  return rules.problems;
}

/** `consoleData` is opaque, and an empty one is how it is emptied. */
export function checkUpdate(command: Command): readonly InputProblem[] {
  const rules = taking(command.input, UPDATE_MEMBERS)
    .oneOf("callState", CALL_STATES)
    .oneOf("holdReason", HOLD_REASONS)
    .oneOf("queueState", QUEUE_STATES);
  const names = Object.values(UPDATE_MEMBERS);
  if (!names.some((name) => rules.has(name))) {
    rules.add(null, `Expected something to change: at least one of ${names.join(", ")}.`);
  }
  return [...sessionProblems(command), ...rules.problems];
}

export function checkHold(command: Command): readonly InputProblem[] {
  const rules = taking(command.input, HOLD_MEMBERS).text("callSid").oneOf("reason", HOLD_REASONS);
  return [...sessionProblems(command), ...rules.problems];
}

/** What can be dialled is the provider's to judge: numbers, extensions, `user:` and `team:` addresses. */
export function checkRedirect(command: Command): readonly InputProblem[] {
  const rules = taking(command.input, REDIRECT_MEMBERS).text("to", { required: true }).e164("from");
  return [...sessionProblems(command), ...rules.problems];
}

export function checkEnd(command: Command): readonly InputProblem[] {
  return [...sessionProblems(command), ...taking(command.input, {}).problems];
}

function taking(input: JsonObject, members: MemberNames): InputRules {
  return new InputRules(input).takes(EVO_VOICE, Object.values(members));
}

function sessionProblems({ session }: Command): readonly InputProblem[] {
  if (session !== null && canBeWrittenTo(session.providerId)) return [];
  return [{ path: ["sessionId"], message: NOT_WRITABLE }];
}
