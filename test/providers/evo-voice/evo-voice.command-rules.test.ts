import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/model/index.js";
import type { CommandKind, InputProblem } from "../../../src/providers/commands.js";
import { command } from "./commands.js";
import { startEvo } from "./evo-server.js";

async function check(kind: CommandKind, input: JsonObject, id?: string): Promise<readonly InputProblem[]> {
  await using evo = await startEvo();
  return evo.connection.commands.check(command(kind, input, id));
}

const pathsOf = (problems: readonly InputProblem[]) => problems.map(({ path }) => path.join("."));

describe("input that is taken", () => {
  test.each<[CommandKind, JsonObject]>([
    ["CREATE", {}],
    ["CREATE", { displayName: "", fromName: "" }],
    ["CREATE", { withAddress: "user:65f1c0ffee0123456789abcd" }],
    ["CREATE", { fromAddress: "ada@example.com", toAddress: "user:end-2", destination: "1001" }],
    ["UPDATE", { consoleData: "" }],
    ["UPDATE", { queueState: "Disconnected" }],
    ["HOLD", {}],
    ["HOLD", { callSid: "CA00000000000000000000000000000001", reason: "None" }],
    ["END", {}],
    ["TRANSFER_BLIND", { to: "sip:ada@example.com" }],
  ])("%s %o", async (kind, input) => {
    expect(await check(kind, input)).toEqual([]);
  });

  test.each([
    ["channel", ["Voice", "Chat", "Fax"]],
    ["direction", ["Incoming", "Outgoing"]],
    ["callState", ["Disconnected", "Ringing", "Connected", "Hold", "Passive"]],
  ])("every word of %s", async (name, words) => {
    for (const word of words) expect(await check("CREATE", { [name]: word })).toEqual([]);
  });

  test.each([
    ["callState", ["Disconnected", "Ringing", "Connected", "Hold", "Passive"]],
    ["holdReason", ["None", "Transferring"]],
    ["queueState", ["None", "Queued", "Ringing", "Connected", "Hold", "Disconnected"]],
  ])("every word of %s, to change it", async (name, words) => {
    for (const word of words) expect(await check("UPDATE", { [name]: word })).toEqual([]);
  });
});

describe("input that is not taken is all named at once, and never repeated", () => {
  test.each<[CommandKind, JsonObject, string[]]>([
    [
      "CREATE",
      {
        channel: "VOICE-x",
        direction: "INBOUND-x",
        callState: "None-x",
        fromAddress: " ",
        toAddress: "",
        parentSessionId: "\t",
        customerId: "",
        withAddress: "sales-x",
        fromPhoneNumber: "(503) 555-0111-x",
        destination: "  ",
      },
      [
        ...["channel", "direction", "callState", "fromAddress", "toAddress", "parentSessionId", "customerId"],
        ...["withAddress", "fromPhoneNumber", "destination"],
      ],
    ],
    ["CREATE", { withAddress: "user:" }, ["withAddress"]],
    ["CREATE", { withAddress: "User:x" }, ["withAddress"]],
    ["CREATE", { fromPhoneNumber: "+0123456789" }, ["fromPhoneNumber"]],
    ["UPDATE", {}, [""]],
    [
      "UPDATE",
      { callState: "None-x", holdReason: "Hold-x", queueState: "Passive-x" },
      ["callState", "holdReason", "queueState"],
    ],
    ["UPDATE", { callState: "connected" }, ["callState"]],
    ["HOLD", { callSid: " ", reason: "because-x" }, ["callSid", "reason"]],
    ["TRANSFER_BLIND", {}, ["to"]],
    ["TRANSFER_BLIND", { to: " ", from: "1001-x" }, ["to", "from"]],
  ])("%s %o", async (kind, input, paths) => {
    const problems = await check(kind, input);
    expect(pathsOf(problems)).toEqual(paths);
    expect(JSON.stringify(problems)).not.toContain("-x");
  });

  test.each<[CommandKind, JsonObject, string]>([
    ["CREATE", { serviceId: "x" }, "serviceId"],
    ["UPDATE", { callState: "Hold", displayName: "x" }, "displayName"],
    ["END", { callSid: "CA1" }, "callSid"],
    ["HOLD", { extensionNumber: "101" }, "extensionNumber"],
    ["TRANSFER_BLIND", { to: "1", extensionNumber: "101" }, "extensionNumber"],
    ["TRANSFER_BLIND", { to: "1", destinations: [{ to: "+15035550111" }] }, "destinations"],
    ["TRANSFER_BLIND", { to: "1", playDialtone: false }, "playDialtone"],
    ["TRANSFER_BLIND", { to: "1", headers: {} }, "headers"],
    ["TRANSFER_BLIND", { to: "1", waitUntilAnswered: true }, "waitUntilAnswered"],
  ])("%s %o has a member that is another provider's", async (kind, input, name) => {
    expect(await check(kind, input)).toEqual([
      { path: [name], message: `${name}: Evo Voice does not take this here.` },
    ]);
  });
});
