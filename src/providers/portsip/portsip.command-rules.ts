/** What PortSIP takes in each command (PortSIP reference §3.3, §3.4, §3.6, §8). Pure. */
import type { Command, InputProblem } from "../commands.js";
import { InputRules } from "../input-rules.js";
import { isPortsipId, toPortsipKey } from "./portsip.id.js";

const WHO = "PortSIP";

/** `additional_header` (§3.4). */
const ADDITIONAL_HEADERS = [
  "ANSWER_MODE",
  "CALL_INFO",
  "ALERT_INFO_AUTO_ANSWER_DELAY0",
  "ALERT_INFO_AUTO_ANSWER",
  "ALERT_INFO_INTERCOM",
];

/** `header_direction` (§3.4). */
const HEADER_DIRECTIONS = ["CALLER", "CALLEE", "ALL"];

const REWRITES = ["rewriteFrom", "rewritePai", "rewriteRpi"];

/** Members of `CreatePortsipSessionInput`, by PortSIP's names: all fourteen of §3.3. */
export const CREATE_FIELDS: ReadonlyMap<string, string> = new Map([
  ["caller", "caller"],
  ["callee", "callee"],
  ["send_sdp", "sendSdp"],
  ["caller_display_name", "callerDisplayName"],
  ["trunk", "trunk"],
  ["rewrite_from", "rewriteFrom"],
  ["rewrite_pai", "rewritePai"],
  ["rewrite_rpi", "rewriteRpi"],
  ["user_data", "userData"],
  ["target", "target"],
  ["target_instance_id", "targetInstanceId"],
  ["target_extension_number", "targetExtensionNumber"],
  ["additional_header", "additionalHeader"],
  ["header_direction", "headerDirection"],
]);

export function checkCreate({ input }: Command): readonly InputProblem[] {
  const rules = new InputRules(input)
    .takes(WHO, [...CREATE_FIELDS.values()])
    .text("caller", { required: true, max: 256 })
    .text("callee", { required: true, max: 256 })
    .boolean("sendSdp")
    .text("callerDisplayName", { max: 1024 })
    .text("trunk", { max: 64 });
  for (const name of REWRITES) rules.text(name, { max: 16 });
  for (const name of ["userData", "target", "targetInstanceId", "targetExtensionNumber"])
    rules.text(name, { max: 128 });
  return rules
    .oneOf("additionalHeader", ADDITIONAL_HEADERS)
    .oneOf("headerDirection", HEADER_DIRECTIONS)
    .onlyWhen(rules.has("trunk"), REWRITES, "it takes effect only with trunk.")
    .onlyWhen(
      rules.has("additionalHeader"),
      ["headerDirection"],
      "it takes effect only with additionalHeader.",
    ).problems;
}

/** HOLD and RESUME: whose side. */
export function checkHold(command: Command): readonly InputProblem[] {
  return [...checkSession(command), ...extension(command).takes(WHO, ["extensionNumber"]).problems];
}

export function checkBlindTransfer(command: Command): readonly InputProblem[] {
  const rules = extension(command).takes(WHO, ["extensionNumber", "to"]).text("to", { required: true });
  if (command.consultation !== null)
    rules.add("consultationSessionId", "consultationSessionId: only a warm transfer has a consultation.");
  return [...checkSession(command), ...rules.problems];
}

/** One of the two calls is given, the other is found by its number or by its session (§3.6). */
export function checkWarmTransfer(command: Command): readonly InputProblem[] {
  const { session, consultation } = command;
  const rules = extension(command).takes(WHO, ["extensionNumber", "to"]).text("to");
  if (consultation === null && !rules.has("to"))
    rules.add("to", "to: expected a recipient or a consultationSessionId, got neither.");
  if (consultation !== null && !isPortsipId(consultation.providerId))
    rules.add("consultationSessionId", "consultationSessionId: expected the id of a session of PortSIP.");
  if (session !== null && consultation !== null && isSame(session.providerId, consultation.providerId))
    rules.add("consultationSessionId", "consultationSessionId: expected another session than sessionId.");
  return [...checkSession(command), ...rules.problems];
}

export function checkEnd(command: Command): readonly InputProblem[] {
  return [...checkSession(command), ...new InputRules(command.input).takes(WHO, []).problems];
}

function checkSession({ session }: Command): readonly InputProblem[] {
  if (session !== null && isPortsipId(session.providerId)) return [];
  return [{ path: ["sessionId"], message: "sessionId: expected the id of a session of PortSIP." }];
}

function extension({ input }: Command): InputRules {
  return new InputRules(input).text("extensionNumber", {
    required: true,
    pattern: /^[0-9]{3,64}$/,
    expected: "3 to 64 digits",
  });
}

function isSame(one: string, other: string): boolean {
  return toPortsipKey(one) === toPortsipKey(other);
}
