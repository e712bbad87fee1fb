/** Hold, resume, transfers and hanging up (PortSIP reference §3.6). */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/model/index.js";
import type { Command, CommandKind } from "../../../src/providers/commands.js";
import type { SessionReference } from "../../../src/providers/provider.js";
import { NOW, startPbx, type Route } from "./pbx.js";

const TIMEOUT = { timeoutMs: 4_000 };
const ID = "NzAwNTUxOTA5NzczMTQ4MTYw";

function reference(providerId = ID, calls: JsonObject[] = []): SessionReference {
  return {
    providerId,
    startedAt: NOW - 1_000,
    endedAt: null,
    fields: { calls },
    direction: "INTERNAL",
    phase: "LIVE",
    state: "IN_PROGRESS",
  };
}

function command(kind: CommandKind, input: JsonObject, given: Partial<Command> = {}): Command {
  return { kind, input, session: reference(), transferId: null, consultation: null, ...given };
}

const ok: Route = (_, response) => (response.writeHead(200).end(), true);

describe("hold and resume", () => {
  test.each([
    ["HOLD", "hold", "ON_HOLD"],
    ["RESUME", "unhold", "IN_PROGRESS"],
  ] as const)("%s is one request, and only its answer tells the state", async (kind, action, state) => {
    await using pbx = await startPbx(ok);
    const input = { extensionNumber: "1002" };
    expect(pbx.connection.commands.check(command(kind, input))).toEqual([]);
    const answer = await pbx.connection.commands.send(command(kind, input), TIMEOUT);
    expect(pbx.asked()).toHaveLength(1);
    expect(pbx.asked()[0]).toMatchObject({
      method: "POST",
      url: `/api/sessions/${ID}/${action}`,
      body: '{"extension_number":"1002"}',
    });
    expect(answer).toMatchObject({
      kind: "accepted",
      snapshots: [
        {
          providerId: ID,
          source: "COMMAND",
          facts: { phase: "LIVE", state, direction: "INTERNAL", startedAt: NOW - 1_000, from: null },
          sections: [],
        },
      ],
    });
    // A snapshot that could not say IN_PROGRESS would make RESUME impossible.
    expect(answer).not.toMatchObject({ snapshots: [{ isBlindToHold: true }] });
  });

  test("are newer than a look that began while they were under way", async () => {
    await using pbx = await startPbx((_, response) => {
      pbx.setNow(NOW + 700);
      response.end();
      return true;
    });
    const answer = await pbx.connection.commands.send(command("HOLD", { extensionNumber: "1002" }), TIMEOUT);
    expect(answer).toMatchObject({ snapshots: [{ observedAt: NOW + 700 }] });
  });

  test.each<[string, JsonObject, string[]]>([
    ["nobody", {}, ["extensionNumber"]],
    ["two digits", { extensionNumber: "12" }, ["extensionNumber"]],
    ["65 digits", { extensionNumber: "1".repeat(65) }, ["extensionNumber"]],
    ["letters", { extensionNumber: "10a2" }, ["extensionNumber"]],
    ["what is another provider's", { extensionNumber: "1002", callSid: "CA1" }, ["callSid"]],
  ])("not for %s", async (_, input, paths) => {
    await using pbx = await startPbx();
    for (const kind of ["HOLD", "RESUME"] as const) {
      const problems = pbx.connection.commands.check(command(kind, input));
      expect(problems.map(({ path }) => path)).toEqual([paths]);
    }
  });
});

describe("a blind transfer", () => {
  const input = { extensionNumber: "1002", to: "sip:1003@example.test" };

  test("is one request, and a transfer that is asked for", async () => {
    await using pbx = await startPbx(ok);
    const calls = [{ caller: "+12025550134", callee: "1002" }];
    const wish = command("TRANSFER_BLIND", input, { session: reference(ID, calls) });
    expect(pbx.connection.commands.check(wish)).toEqual([]);
    const answer = await pbx.connection.commands.send(wish, TIMEOUT);
    expect(pbx.asked()).toHaveLength(1);
    expect(pbx.asked()[0]).toMatchObject({ method: "POST", url: `/api/sessions/${ID}/refer` });
    expect(JSON.parse(pbx.asked()[0]?.body ?? "")).toEqual({
      extension_number: "1002",
      refer_to: "sip:1003@example.test",
    });
    expect(answer).toMatchObject({
      kind: "accepted",
      transferKey: "to:1003",
      snapshots: [
        {
          source: "COMMAND",
          // The answer does not say how the session is doing.
          facts: { phase: "UNKNOWN", state: "UNKNOWN" },
          sections: [],
          transfers: [
            {
              key: "to:1003",
              kind: "BLIND",
              status: "REQUESTED",
              transferTo: "sip:1003@example.test",
              callerParticipantIdentity: "+12025550134",
              createdAt: NOW,
              completedAt: null,
            },
          ],
        },
      ],
    });
  });

  test("ends a hold: whoever was held is handed on, and no read could tell", async () => {
    await using pbx = await startPbx(ok);
    const session: SessionReference = { ...reference(), state: "ON_HOLD" };
    const answer = await pbx.connection.commands.send(command("TRANSFER_BLIND", input, { session }), TIMEOUT);
    expect(answer).toMatchObject({ snapshots: [{ facts: { phase: "LIVE", state: "IN_PROGRESS" } }] });
  });

  test("needs both who transfers and to whom, and takes nothing else", async () => {
    await using pbx = await startPbx();
    const { commands } = pbx.connection;
    const pathsOf = (given: JsonObject, rest: Partial<Command> = {}) =>
      commands.check(command("TRANSFER_BLIND", given, rest)).map(({ path }) => path.join());
    expect(pathsOf({})).toEqual(["extensionNumber", "to"]);
    expect(pathsOf({ ...input, to: " " })).toEqual(["to"]);
    expect(pathsOf({ ...input, playDialtone: true })).toEqual(["playDialtone"]);
    expect(pathsOf(input, { consultation: reference("9123") })).toEqual(["consultationSessionId"]);
  });
});

describe("a warm transfer", () => {
  const consultation = reference("912345678901234567", [{ caller: "1002", callee: "1003" }]);

  test("names both calls in the body and always call 1 in the path", async () => {
    await using pbx = await startPbx(ok);
    const calls = [{ caller: "+12025550134", callee: "1002" }];
    const wish = command(
      "TRANSFER_WARM",
      { extensionNumber: "1002" },
      { session: reference(ID, calls), consultation },
    );
    expect(pbx.connection.commands.check(wish)).toEqual([]);
    const answer = await pbx.connection.commands.send(wish, TIMEOUT);
    expect(pbx.asked()).toHaveLength(1);
    expect(pbx.asked()[0]).toMatchObject({ method: "POST", url: "/api/sessions/1/attended_refer" });
    expect(JSON.parse(pbx.asked()[0]?.body ?? "")).toEqual({
      extension_number: "1002",
      session_1: ID,
      refer_to_1: "+12025550134",
      session_2: "912345678901234567",
      refer_to_2: "",
    });
    // The recipient is whom the extension talks to in the consultation.
    expect(answer).toMatchObject({
      transferKey: "to:1003",
      snapshots: [{ providerId: ID, transfers: [{ kind: "WARM", status: "REQUESTED", transferTo: "1003" }] }],
    });
  });

  test("finds the second call by its number where no session is given", async () => {
    await using pbx = await startPbx(ok);
    const wish = command("TRANSFER_WARM", { extensionNumber: "1002", to: "1003" });
    expect(pbx.connection.commands.check(wish)).toEqual([]);
    await pbx.connection.commands.send(wish, TIMEOUT);
    expect(JSON.parse(pbx.asked()[0]?.body ?? "")).toEqual({
      extension_number: "1002",
      session_1: ID,
      refer_to_1: "",
      session_2: "0",
      refer_to_2: "1003",
    });
  });

  test("does not guess a far end among several", async () => {
    await using pbx = await startPbx(ok);
    const calls = [
      { caller: "1002", callee: "1004" },
      { caller: "1005", callee: "1002" },
    ];
    const session = reference(ID, calls);
    await pbx.connection.commands.send(
      command("TRANSFER_WARM", { extensionNumber: "1002" }, { session, consultation }),
      TIMEOUT,
    );
    expect(JSON.parse(pbx.asked()[0]?.body ?? "")).toMatchObject({ refer_to_1: "" });
  });

  test("needs a recipient or a consultation, which is another session", async () => {
    await using pbx = await startPbx();
    const { commands } = pbx.connection;
    const pathsOf = (given: JsonObject, rest: Partial<Command> = {}) =>
      commands.check(command("TRANSFER_WARM", given, rest)).map(({ path }) => path.join());
    expect(pathsOf({ extensionNumber: "1002" })).toEqual(["to"]);
    expect(pathsOf({ to: "1003" })).toEqual(["extensionNumber"]);
    expect(pathsOf({ extensionNumber: "1002", destinations: [{ to: "1" }] })).toEqual(["destinations", "to"]);
    // The session itself, in its other spelling.
    const same = { consultation: reference("700551909773148160") };
    expect(pathsOf({ extensionNumber: "1002" }, same)).toEqual(["consultationSessionId"]);
    const wild = { consultation: reference("1") };
    expect(pathsOf({ extensionNumber: "1002" }, wild)).toEqual(["consultationSessionId"]);
  });
});

describe("hanging up", () => {
  test.each([200, 204])("is one request without a body; %i means it was done", async (status) => {
    await using pbx = await startPbx((_, response) => (response.writeHead(status).end(), true));
    expect(pbx.connection.commands.check(command("END", {}))).toEqual([]);
    const answer = await pbx.connection.commands.send(command("END", {}), TIMEOUT);
    expect(answer).toEqual({ kind: "accepted" });
    expect(pbx.asked()).toHaveLength(1);
    expect(pbx.asked()[0]).toMatchObject({
      method: "POST",
      url: `/api/sessions/${ID}/destroy`,
      body: "",
    });
    expect(pbx.asked()[0]?.headers["content-type"]).toBeUndefined();
  });

  test("takes nothing", async () => {
    await using pbx = await startPbx();
    const problems = pbx.connection.commands.check(command("END", { reason: "bored" }));
    expect(problems.map(({ path }) => path)).toEqual([["reason"]]);
  });
});
