import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/model/index.js";
import type { Command, CommandKind } from "../../../src/providers/commands.js";
import { connectSpeko, storedCall, toCommand } from "./speko-server.js";

// Nothing listens there: checking must not ask anybody.
const { connection } = connectSpeko("http://127.0.0.1:9");
afterAll(() => connection.close());

function pathsOf(kind: CommandKind, input: JsonObject, given?: Partial<Command>): string[] {
  return connection.commands.check(toCommand(kind, input, given)).map(({ path }) => path.join("."));
}

const NUMBER = "+12025550134";
const ELEVEN = Array.from({ length: 11 }, () => ({ to: NUMBER }));

describe("what is taken", () => {
  test.each<[CommandKind, JsonObject]>([
    ["TRANSFER_BLIND", { to: "sip:desk@example.com" }],
    ["TRANSFER_BLIND", { to: "4711" }],
    [
      "TRANSFER_BLIND",
      { to: NUMBER, participantIdentity: "sip_caller", playDialtone: true, ringingTimeout: 1, headers: {} },
    ],
    ["TRANSFER_BLIND", { to: NUMBER, ringingTimeout: 120, headers: { "X-Case": "42", "X-Empty": "" } }],
    ["TRANSFER_WARM", { to: NUMBER }],
    ["TRANSFER_WARM", { to: "+1234567" }],
    ["TRANSFER_WARM", { to: "+123456789012345" }],
    ["TRANSFER_WARM", { destinations: ELEVEN.slice(1) }],
    [
      "TRANSFER_WARM",
      {
        destinations: [
          {
            to: NUMBER,
            label: "Front desk",
            outboundTrunkId: "trunk_1",
            screeningPrompt: "Ask for the name.",
            summary: "Wants a table.",
            metadata: { shift: 2 },
          },
        ],
        from: NUMBER,
        participantIdentity: "sip_caller",
        outboundTrunkId: "trunk_1",
        screeningPrompt: "",
        summary: "",
        ringingTimeout: 30,
        waitUntilAnswered: true,
        fallback: {
          strategy: "take_message",
          message: "Nobody is there.",
          takeMessagePrompt: "Ask for a number.",
          holdAudioUrl: "https://example.com/hold.mp3",
        },
        voicemailDetection: { mode: "amd", enabled: true, timeoutSeconds: 8 },
        metadata: { case: "42" },
      },
    ],
    ["TRANSFER_WARM", { to: NUMBER, fallback: {}, voicemailDetection: {}, metadata: {} }],
    ["COMPLETE_TRANSFER", {}],
    ["COMPLETE_TRANSFER", { recipientParticipantIdentity: "sip_desk", summary: "Table for two." }],
    ["CANCEL_TRANSFER", {}],
    ["CANCEL_TRANSFER", { reason: "busy", summary: "s", tryNext: true, voicemailDetected: false }],
    ["FINALIZE_REPORT", {}],
    ["FINALIZE_REPORT", { forceAnalysis: true, retryWebhook: false }],
    ["END", {}],
  ])("%s %j", (kind, input) => {
    expect(connection.commands.check(toCommand(kind, input))).toEqual([]);
  });
});

describe("what is not", () => {
  test.each<[CommandKind, JsonObject, string[]]>([
    ["TRANSFER_BLIND", {}, ["to"]],
    ["TRANSFER_BLIND", { to: "  " }, ["to"]],
    ["TRANSFER_BLIND", { to: NUMBER, ringingTimeout: 0 }, ["ringingTimeout"]],
    ["TRANSFER_BLIND", { to: NUMBER, ringingTimeout: 121 }, ["ringingTimeout"]],
    ["TRANSFER_BLIND", { to: NUMBER, ringingTimeout: 1.5 }, ["ringingTimeout"]],
    ["TRANSFER_BLIND", { to: NUMBER, headers: ["X-Case"] }, ["headers"]],
    ["TRANSFER_BLIND", { to: NUMBER, headers: "X-Case: 42" }, ["headers"]],
    ["TRANSFER_BLIND", { to: NUMBER, headers: { "X-Case": 42, "X-Ok": "1" } }, ["headers.X-Case"]],
    ["TRANSFER_BLIND", { destinations: [{ to: NUMBER }] }, ["destinations", "to"]],
    ...(["from", "outboundTrunkId", "screeningPrompt", "summary"] as const).map(
      (name): [CommandKind, JsonObject, string[]] => [
        "TRANSFER_BLIND",
        { to: NUMBER, [name]: NUMBER },
        [name],
      ],
    ),
    ["TRANSFER_BLIND", { to: NUMBER, waitUntilAnswered: false }, ["waitUntilAnswered"]],
    ["TRANSFER_BLIND", { to: NUMBER, fallback: {} }, ["fallback"]],
    ["TRANSFER_BLIND", { to: NUMBER, voicemailDetection: {} }, ["voicemailDetection"]],
    ["TRANSFER_BLIND", { to: NUMBER, metadata: {} }, ["metadata"]],
    ["TRANSFER_BLIND", { to: NUMBER, extensionNumber: "101" }, ["extensionNumber"]],
    ["TRANSFER_WARM", {}, ["to"]],
    ["TRANSFER_WARM", { to: NUMBER, destinations: [{ to: NUMBER }] }, ["destinations"]],
    ["TRANSFER_WARM", { to: "2025550134" }, ["to"]],
    ["TRANSFER_WARM", { to: "+0125550134" }, ["to"]],
    ["TRANSFER_WARM", { to: "+123456" }, ["to"]],
    ["TRANSFER_WARM", { to: "+1234567890123456" }, ["to"]],
    ["TRANSFER_WARM", { to: `${NUMBER}\n` }, ["to"]],
    ["TRANSFER_WARM", { to: "sip:desk@example.com" }, ["to"]],
    ["TRANSFER_WARM", { to: NUMBER, from: "4711" }, ["from"]],
    ["TRANSFER_WARM", { destinations: [] }, ["destinations"]],
    ["TRANSFER_WARM", { destinations: ELEVEN }, ["destinations"]],
    [
      "TRANSFER_WARM",
      { destinations: [{ to: NUMBER }, {}, { to: "4711" }] },
      ["destinations.1.to", "destinations.2.to"],
    ],
    ["TRANSFER_WARM", { destinations: [{ to: NUMBER, metadata: [1] }] }, ["destinations.0.metadata"]],
    ["TRANSFER_WARM", { destinations: [{ to: NUMBER, from: NUMBER }] }, ["destinations.0.from"]],
    ["TRANSFER_WARM", { to: NUMBER, playDialtone: true }, ["playDialtone"]],
    ["TRANSFER_WARM", { to: NUMBER, headers: {} }, ["headers"]],
    ["TRANSFER_WARM", { to: NUMBER, extensionNumber: "101" }, ["extensionNumber"]],
    ["TRANSFER_WARM", { to: NUMBER, ringingTimeout: 121 }, ["ringingTimeout"]],
    ["TRANSFER_WARM", { to: NUMBER, metadata: "case 42" }, ["metadata"]],
    ["TRANSFER_WARM", { to: NUMBER, fallback: [] }, ["fallback"]],
    ["TRANSFER_WARM", { to: NUMBER, fallback: { strategy: "hang_up" } }, ["fallback.strategy"]],
    ["TRANSFER_WARM", { to: NUMBER, fallback: { action: "end_call" } }, ["fallback.action"]],
    [
      "TRANSFER_WARM",
      { to: NUMBER, fallback: { message: 1, holdAudioUrl: true } },
      ["fallback.message", "fallback.holdAudioUrl"],
    ],
    ["TRANSFER_WARM", { to: NUMBER, voicemailDetection: { mode: "carrier" } }, ["voicemailDetection.mode"]],
    [
      "TRANSFER_WARM",
      { to: NUMBER, voicemailDetection: { enabled: "yes", timeoutSeconds: "8" } },
      ["voicemailDetection.enabled", "voicemailDetection.timeoutSeconds"],
    ],
    ["COMPLETE_TRANSFER", { extensionNumber: "101" }, ["extensionNumber"]],
    ["END", { reason: "enough" }, ["reason"]],
  ])("%s %j is refused at %j", (kind, input, paths) => {
    expect(pathsOf(kind, input)).toEqual(paths);
  });

  test("everything that is wrong is said at once, and no value is repeated", () => {
    const input = {
      to: "secret-to",
      from: "secret-from",
      ringingTimeout: 999,
      fallback: { strategy: "secret-word" },
    };
    const problems = connection.commands.check(
      toCommand("TRANSFER_WARM", { ...input, headers: { a: "secret-header" } }),
    );
    expect(problems.map(({ path }) => path.join("."))).toEqual([
      "headers",
      "to",
      "from",
      "ringingTimeout",
      "fallback.strategy",
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/secret|999/);
  });

  test("a consultation belongs to another provider's transfers", () => {
    expect(pathsOf("TRANSFER_WARM", { to: NUMBER }, { consultation: storedCall() })).toEqual([
      "consultationSessionId",
    ]);
  });

  test.each(["", ".", "..", "a\nb", "\ud800"])("the id %j cannot be sent back", (id) => {
    expect(pathsOf("END", {}, { session: storedCall({ providerId: id }) })).toEqual(["sessionId"]);
    expect(pathsOf("COMPLETE_TRANSFER", {}, { transferId: id })).toEqual(["transferId"]);
    expect(pathsOf("CANCEL_TRANSFER", {}, { transferId: id })).toEqual(["transferId"]);
  });

  test("a transfer that is not named is missed", () => {
    expect(pathsOf("CANCEL_TRANSFER", {}, { transferId: null })).toEqual(["transferId"]);
  });

  test.each(["CREATE", "UPDATE", "HOLD", "RESUME"] as const)(
    "%s is not among what a call can be told",
    (kind) => {
      expect(connection.commands.kinds.has(kind)).toBe(false);
      expect(() => connection.commands.check(toCommand(kind))).toThrow(RangeError);
    },
  );
});
