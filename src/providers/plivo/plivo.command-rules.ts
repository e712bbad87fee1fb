/** What Plivo takes when a session is created or changed (Plivo reference §5.1, §7, §11), in the graph's names. */
import type { JsonObject, JsonValue } from "../../model/index.js";
import type { Command, InputProblem } from "../commands.js";
import { InputRules } from "../input-rules.js";
import { SUBACCOUNT_ID } from "./plivo.config.js";

/** What can be set when a session is created, and changed afterwards. */
export const UPDATE_FIELDS = [
  "firstParty", "secondParty", "sessionExpiry", "callTimeLimit", "ringTimeout", "callbackUrl", "callbackMethod",
  "record", "recordFileFormat", "recordingCallbackUrl", "recordingCallbackMethod", "firstPartyPlayUrl",
  "secondPartyPlayUrl",
] as const; // prettier-ignore

/** Members that mean nothing without PIN authentication. */
const PIN_FIELDS = [
  "generatePinLength", "firstPartyPin", "secondPartyPin", "pinPromptPlay", "pinRetry", "pinRetryWait",
  "incorrectPinPlay",
] as const; // prettier-ignore

/** The same, of which `false` says nothing. */
const PIN_SWITCHES = ["generatePin", "forcePinAuthentication"] as const;

/** Everything that can be set when a session is created. */
export const CREATE_FIELDS = [
  ...UPDATE_FIELDS, ...PIN_FIELDS, ...PIN_SWITCHES, "createSessionWithSingleParty", "initiateCallToFirstParty",
  "geomatch", "subaccount", "isPinAuthenticationRequired", "unknownCallerPlay", "virtualNumberCooloffPeriod",
] as const; // prettier-ignore

/** The two that no message, of ours or of Plivo's, may repeat. */
export const SECRET_FIELDS = ["firstPartyPin", "secondPartyPin"] as const;

const METHODS = ["GET", "POST"];
/** §5.1 asks for a valid number without saying whose rules; the SDKs also know SIP endpoints. Plivo decides. */
const PARTY = /^(?:\+?\(?\d(?:[\s().-]*\d){4,14}|sips?:\S+)$/i;
const PIN = /^[0-9]{4,15}$/;
/** Bounds of times exist, but are not published (§19). */
const LONGEST_SECONDS = 2 ** 31 - 1;
/** No length is documented for most addresses. */
const ANY_LENGTH = Number.POSITIVE_INFINITY;

/** Checks the input of CREATE. */
export function checkCreate({ input }: Command): readonly InputProblem[] {
  const rules = new InputRules(input).takes("Plivo", CREATE_FIELDS);
  checkShared(rules);
  if (input["createSessionWithSingleParty"] !== true) rules.required("firstParty").required("secondParty");
  else if (!rules.has("firstParty") && !rules.has("secondParty"))
    rules.add(null, "Expected firstParty or secondParty, got neither.");
  rules
    .text("subaccount", { pattern: SUBACCOUNT_ID, expected: "SA and 18 letters or digits" })
    .url("unknownCallerPlay", ANY_LENGTH)
    .integer("virtualNumberCooloffPeriod", 0, 3_600);
  checkPins(rules, input);
  return rules.problems;
}

/** Checks the input of UPDATE, with what is known of the session. */
export function checkUpdate({ input, session }: Command): readonly InputProblem[] {
  const rules = new InputRules(input).takes("Plivo", UPDATE_FIELDS);
  checkShared(rules);
  if (!UPDATE_FIELDS.some((name) => rules.has(name)))
    rules.add(null, "Expected something to change, got nothing.");
  // Unknown (null, or never read) is left to Plivo.
  const isForTwo = session?.fields["createSessionWithSingleParty"] === false;
  rules.onlyWhen(
    !isForTwo,
    ["firstParty", "secondParty"],
    "the people of a session that was created for two cannot be changed.",
  );
  return rules.problems;
}

/** Checks the input of END, which takes nothing. */
export function checkEnd({ input }: Command): readonly InputProblem[] {
  return new InputRules(input).takes("Plivo", []).problems;
}

function checkShared(rules: InputRules): void {
  for (const name of ["firstParty", "secondParty"]) {
    rules.text(name, {
      pattern: PARTY,
      expected: "a telephone number such as +12025550134, or a SIP address",
    });
  }
  if (isSameParty(rules.value("firstParty"), rules.value("secondParty")))
    rules.add("secondParty", "secondParty: expected somebody else than firstParty.");
  for (const name of ["sessionExpiry", "callTimeLimit", "ringTimeout"])
    rules.integer(name, 1, LONGEST_SECONDS);
  rules
    .url("callbackUrl", ANY_LENGTH)
    .oneOf("callbackMethod", METHODS)
    .oneOf("recordFileFormat", ["mp3", "wav"])
    // "Under 1000 characters".
    .url("recordingCallbackUrl", 999)
    .oneOf("recordingCallbackMethod", METHODS)
    .url("firstPartyPlayUrl", ANY_LENGTH)
    .url("secondPartyPlayUrl", ANY_LENGTH);
}

function checkPins(rules: InputRules, input: JsonObject): void {
  for (const name of SECRET_FIELDS) rules.text(name, { pattern: PIN, expected: "4 to 15 digits" });
  if (rules.has("firstPartyPin") && input["firstPartyPin"] === input["secondPartyPin"])
    rules.add("secondPartyPin", "secondPartyPin: expected another PIN than firstPartyPin.");
  rules
    .integer("generatePinLength", 4, 15)
    .url("pinPromptPlay", ANY_LENGTH)
    .integer("pinRetry", 0, 5)
    .integer("pinRetryWait", 5, 10)
    .url("incorrectPinPlay", ANY_LENGTH);
  const isOn = input["isPinAuthenticationRequired"] === true;
  const switchedOn = PIN_SWITCHES.filter((name) => input[name] === true);
  rules.onlyWhen(isOn, [...PIN_FIELDS, ...switchedOn], "only with isPinAuthenticationRequired.");
  if (!isOn) return;
  rules.required("pinPromptPlay");
  if (input["generatePin"] === true) return;
  rules.onlyWhen(false, ["generatePinLength"], "only with generatePin.");
  for (const name of SECRET_FIELDS)
    if (!rules.has(name)) rules.add(name, `${name}: expected a PIN, or generatePin.`);
}

/** Spellings of one number are one party: Plivo drops the plus (§5.1). */
function isSameParty(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (typeof one !== "string" || typeof other !== "string" || !PARTY.test(one)) return false;
  return toComparable(one) === toComparable(other);
}

function toComparable(party: string): string {
  return /^sips?:/i.test(party) ? party.toLowerCase() : party.replace(/\D/g, "");
}
