/** Placing calls, and what can be done at all (PortSIP reference §3.3, §3.4). */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/model/index.js";
import { COMMAND_CAPABILITIES, type Command, type CommandKind } from "../../../src/providers/commands.js";
import { portsipModule } from "../../../src/providers/portsip/portsip.module.js";
import { sendJson } from "../../support/scripted-server.js";
import { NOW, startPbx } from "./pbx.js";

const TIMEOUT = { timeoutMs: 4_000 };
const ID = "NzAwNTUxOTA5NzczMTQ4MTYw";

function command(kind: CommandKind, input: JsonObject): Command {
  return { kind, input, session: null, transferId: null, consultation: null };
}

describe("what can be done", () => {
  test("agrees with the capabilities", async () => {
    await using pbx = await startPbx();
    const kinds = [...pbx.connection.commands.kinds].sort();
    expect(kinds).toEqual(["CREATE", "END", "HOLD", "RESUME", "TRANSFER_BLIND", "TRANSFER_WARM"]);
    for (const kind of kinds) expect(portsipModule.capabilities).toContain(COMMAND_CAPABILITIES[kind]);
    expect(portsipModule.capabilities).not.toContain("UPDATE");
  });
});

describe("a call is placed", () => {
  const full: JsonObject = {
    caller: "1001",
    callee: "+1 202-555-0134",
    sendSdp: false,
    callerDisplayName: "Front Desk",
    trunk: "CarrierA",
    rewriteFrom: "15550100",
    rewritePai: "15550101",
    rewriteRpi: "15550102",
    userData: "crm-4711",
    target: "sip:1002@192.0.2.10:5066",
    targetInstanceId: "urn:uuid:1",
    targetExtensionNumber: "1002",
    additionalHeader: "ANSWER_MODE",
    headerDirection: "CALLER",
  };

  test("with all fourteen fields in PortSIP's casing, in one request", async () => {
    await using pbx = await startPbx((_, response) => (sendJson(response, { id: ID }, 201), true));
    const { commands } = pbx.connection;
    expect(commands.check(command("CREATE", full))).toEqual([]);
    const answer = await commands.send(command("CREATE", full), TIMEOUT);
    expect(pbx.asked()).toHaveLength(1);
    const [seen] = pbx.asked();
    expect(seen).toMatchObject({ method: "POST", url: "/api/sessions" });
    expect(seen?.headers).toMatchObject({
      authorization: "Bearer token-1",
      "content-type": "application/json",
    });
    expect(JSON.parse(seen?.body ?? "")).toEqual({
      caller: "1001",
      callee: "+1 202-555-0134",
      send_sdp: false,
      caller_display_name: "Front Desk",
      trunk: "CarrierA",
      rewrite_from: "15550100",
      rewrite_pai: "15550101",
      rewrite_rpi: "15550102",
      user_data: "crm-4711",
      target: "sip:1002@192.0.2.10:5066",
      target_instance_id: "urn:uuid:1",
      target_extension_number: "1002",
      additional_header: "ANSWER_MODE",
      header_direction: "CALLER",
    });
    expect(answer).toMatchObject({
      kind: "accepted",
      createdId: ID,
      snapshots: [
        {
          provider: "PORTSIP",
          providerId: ID,
          providerKey: "700551909773148160",
          source: "COMMAND",
          observedAt: NOW,
          facts: {
            channel: "VOICE",
            direction: "UNKNOWN",
            phase: "LIVE",
            state: "RINGING",
            from: { address: "1001", number: null, displayName: "Front Desk" },
            to: { address: "+1 202-555-0134", number: "+12025550134" },
            startedAt: NOW,
            answeredAt: null,
          },
          fields: { userData: "crm-4711" },
          sections: [],
        },
      ],
    });
  });

  test("with the media offer where nothing is said, and nothing else that was not given", async () => {
    await using pbx = await startPbx((_, response) => (sendJson(response, { id: "8123" }), true));
    await pbx.connection.commands.send(command("CREATE", { caller: "1001", callee: "1002" }), TIMEOUT);
    expect(JSON.parse(pbx.asked()[0]?.body ?? "")).toEqual({
      caller: "1001",
      callee: "1002",
      send_sdp: true,
    });
  });

  test("keeps an id that comes as a long number exact", async () => {
    await using pbx = await startPbx((_, response) => (response.end('{"id":812345678901234567}'), true));
    const answer = await pbx.connection.commands.send(command("CREATE", full), TIMEOUT);
    expect(answer).toMatchObject({ createdId: "812345678901234567" });
  });

  test.each([
    ["nothing", ""],
    ["HTML", "<html>ok</html>"],
    ["no id", "{}"],
    ["a wildcard", '{"id":"1"}'],
    ["a route", '{"id":"directly"}'],
  ])("an answer with %s leaves open what happened", async (_, body) => {
    await using pbx = await startPbx((__, response) => (response.end(body), true));
    await expect(pbx.connection.commands.send(command("CREATE", full), TIMEOUT)).rejects.toMatchObject({
      code: "PROVIDER_BAD_RESPONSE",
      sent: true,
    });
    expect(pbx.asked()).toHaveLength(1);
  });

  test.each<[string, JsonObject, string[]]>([
    ["no caller", { callee: "1" }, ["caller"]],
    ["blanks", { caller: " ", callee: "", userData: " " }, ["caller", "callee", "userData"]],
    ["too long a number", { caller: "1".repeat(257), callee: "1".repeat(257) }, ["caller", "callee"]],
    ["too long a name", { callerDisplayName: "x".repeat(1025) }, ["callerDisplayName"]],
    ["too long a trunk", { trunk: "x".repeat(65) }, ["trunk"]],
    [
      "too long a rewriting",
      { trunk: "a", rewriteFrom: "1".repeat(17), rewritePai: "1".repeat(17), rewriteRpi: "1".repeat(17) },
      ["rewriteFrom", "rewritePai", "rewriteRpi"],
    ],
    ["a rewriting without a trunk", { rewritePai: "1" }, ["rewritePai"]],
    [
      "too long texts",
      {
        userData: "x".repeat(129),
        target: "x".repeat(129),
        targetInstanceId: "x".repeat(129),
        targetExtensionNumber: "1".repeat(129),
      },
      ["userData", "target", "targetInstanceId", "targetExtensionNumber"],
    ],
    ["a header nobody knows", { additionalHeader: "X_HEADER" }, ["additionalHeader"]],
    [
      "a direction nobody knows",
      { additionalHeader: "CALL_INFO", headerDirection: "BOTH" },
      ["headerDirection"],
    ],
    ["a direction without a header", { headerDirection: "ALL" }, ["headerDirection"]],
    ["text for a boolean", { sendSdp: "yes" }, ["sendSdp"]],
    ["somebody else's member", { agentId: "a-1" }, ["agentId"]],
  ])("not with %s", async (_, given, paths) => {
    await using pbx = await startPbx();
    const base = paths.includes("caller") ? {} : { caller: "1001", callee: "1002" };
    const problems = pbx.connection.commands.check(command("CREATE", { ...base, ...given }));
    expect(problems.map(({ path }) => path)).toEqual(paths.map((path) => [path]));
    expect(JSON.stringify(problems)).not.toMatch(/1{17}|x{10}|X_HEADER|BOTH/);
  });

  test("with every length at its limit", async () => {
    await using pbx = await startPbx();
    const input = {
      ...full,
      caller: "1".repeat(256),
      callerDisplayName: "x".repeat(1024),
      trunk: "t".repeat(64),
      rewriteFrom: "1".repeat(16),
      userData: "x".repeat(128),
    };
    expect(pbx.connection.commands.check(command("CREATE", input))).toEqual([]);
  });
});
