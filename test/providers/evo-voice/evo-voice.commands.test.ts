import { describe, expect, test } from "vitest";
import type { SessionSnapshot } from "../../../src/model/index.js";
import { sessionRow } from "./bodies.js";
import { command, EACH, failureOf, run, sendSession, TIMEOUT_MS } from "./commands.js";
import { NOW, startEvo } from "./evo-server.js";

const EVERYTHING = {
  displayName: "",
  channel: "Chat",
  direction: "Outgoing",
  callState: "Ringing",
  fromAddress: "ada@example.com",
  fromName: "Ada",
  toAddress: "+15035550111",
  parentSessionId: "p1",
  customerId: "cust-1",
  withAddress: "team:sales",
  fromPhoneNumber: "+18145550193",
  destination: "+15035550111",
};

test("what can be told agrees with the capabilities", async () => {
  await using evo = await startEvo();
  expect([...evo.connection.commands.kinds]).toEqual(EACH.map(([kind]) => kind));
  const { capabilities } = evo.connection.module;
  const all = ["CREATE", "UPDATE", "END", "HOLD", "RESUME", "TRANSFER_BLIND", "TRANSFER_WARM"] as const;
  expect(all.filter((each) => capabilities.has(each))).toEqual([...evo.connection.commands.kinds]);
  expect(() => evo.connection.commands.check(command("RESUME"))).toThrow(RangeError);
  await expect(evo.connection.commands.send(command("TRANSFER_WARM"), { timeoutMs: 1 })).rejects.toThrow(
    RangeError,
  );
});

describe("on the wire", () => {
  test.each([
    ["CREATE", EVERYTHING, "POST /sessions", EVERYTHING],
    ["CREATE", {}, "POST /sessions", {}],
    [
      "UPDATE",
      { consoleData: "", callState: "Passive", holdReason: "None", queueState: "Queued" },
      "PATCH /sessions/s1",
      { consoleData: "", callState: "Passive", holdReason: "None", queueState: "Queued" },
    ],
    ["UPDATE", { consoleData: "é" }, "PATCH /sessions/s1", { consoleData: "é" }],
    ["END", {}, "DELETE /sessions/s1", null],
    [
      "HOLD",
      { callSid: "CA1", reason: "Transferring" },
      "POST /sessions/s1/hold",
      { callSid: "CA1", reason: "Transferring" },
    ],
    ["HOLD", {}, "POST /sessions/s1/hold", {}],
    [
      "TRANSFER_BLIND",
      { to: "user:end-2", from: "+18145550193" },
      "POST /sessions/s1/redirect",
      { destination: "user:end-2", callerId: "+18145550193" },
    ],
    ["TRANSFER_BLIND", { to: "1001" }, "POST /sessions/s1/redirect", { destination: "1001" }],
  ] as const)("%s %o is one request: %s", async (kind, input, line, body) => {
    await using evo = await startEvo({ write: sendSession(sessionRow()) });
    await run(evo, command(kind, input));

    expect(evo.writes()).toHaveLength(1);
    const [request] = evo.writes();
    expect(`${request?.method} ${request?.url}`).toBe(line);
    expect(request?.body === "" ? null : JSON.parse(request?.body ?? "")).toEqual(body);
    expect(request?.headers["content-type"]).toBe(body === null ? undefined : "application/json");
    expect(request?.headers.accept).toBe("application/json");
    expect(request?.headers.cookie).toMatch(/^ss-id=session-\d+; ss-pid=psession-\d+$/);
  });

  test("an id that needs it is encoded as one segment", async () => {
    await using evo = await startEvo({ write: sendSession(sessionRow()) });
    await run(evo, command("END", {}, "a=b+c@d:e"));
    expect(evo.writes().map(({ url }) => url)).toEqual(["/sessions/a%3Db%2Bc%40d%3Ae"]);
  });
});

describe("an accepted command", () => {
  test("that makes a session tells its id and what the answer says of it, but not that its log is empty", async () => {
    await using evo = await startEvo({ write: sendSession(sessionRow({ id: "new", log: [] })) });
    const answer = await run(evo, command("CREATE", { toAddress: "+15035550111" }));
    expect(answer).toMatchObject({
      kind: "accepted",
      createdId: "new",
      snapshots: [
        {
          providerId: "new",
          source: "COMMAND",
          observedAt: NOW,
          version: Date.parse("2026-03-01T10:15:06Z"),
          facts: { state: "IN_PROGRESS", channel: "VOICE" },
          fields: { accountId: "acc-1", log: null },
          sections: ["report", "members", "transfers"],
        },
      ],
    });
    const [snapshot] = answer.kind === "accepted" ? (answer.snapshots ?? []) : [];
    expect(snapshot).not.toHaveProperty("raw");
    expect(snapshot).not.toHaveProperty("events");
  });

  test.each(EACH.slice(1, 4))("%s tells the session of its answer", async (kind, input) => {
    await using evo = await startEvo({ write: sendSession(sessionRow({ callState: "Hold" })) });
    expect(await run(evo, command(kind, input))).toMatchObject({
      kind: "accepted",
      snapshots: [{ providerId: "s1", source: "COMMAND", facts: { state: "ON_HOLD" } }],
    });
  });

  test.each([
    ["nothing, with 204", 204, ""],
    ["nothing, with 200", 200, ""],
    ["a page", 200, "<html>Done</html>"],
    ["another session", 200, JSON.stringify(sessionRow({ id: "s2" }))],
    ["a session without an id", 200, JSON.stringify({ callState: "Hold" })],
  ])("that acts on a session may answer %s", async (_, status, body) => {
    await using evo = await startEvo({
      write: (_request, response) => void response.writeHead(status).end(body),
    });
    for (const [kind, input] of EACH.slice(1)) {
      expect(await run(evo, command(kind, input))).toEqual({ kind: "accepted", snapshots: [] });
    }
  });

  test.each([
    ["nothing", 204, ""],
    ["a page", 200, "<html>Done</html>"],
    ["a session without an id", 200, JSON.stringify(sessionRow({ id: undefined }))],
    ["a list", 200, "[]"],
  ])("that makes a session and answers %s leaves open what became of it", async (_, status, body) => {
    await using evo = await startEvo({
      write: (_request, response) => void response.writeHead(status).end(body),
    });
    const error = await failureOf(run(evo, command("CREATE")));
    expect(error).toMatchObject({ code: "PROVIDER_BAD_RESPONSE", sent: true });
    expect(evo.writes()).toHaveLength(1);
  });

  test.each(EACH)(
    "%s that is answered with an error and 200 leaves open what became of it",
    async (kind, input) => {
      await using evo = await startEvo({
        write: (_, response) =>
          void response.end('{"ResponseStatus":{"ErrorCode":"Oops","Message":"secret"}}'),
      });
      const error = await failureOf(run(evo, command(kind, input)));
      expect(error).toMatchObject({ code: "PROVIDER_BAD_RESPONSE", sent: true });
      expect(String(error)).toContain("Oops");
      expect(String(error)).not.toContain("secret");
    },
  );

  test("tells the same in both formats, which only the answers are in", async () => {
    const snapshots = async (format: "json" | "xml"): Promise<SessionSnapshot[]> => {
      await using evo = await startEvo({ write: sendSession(sessionRow()) }, { format });
      const all: SessionSnapshot[] = [];
      for (const [kind, input] of EACH) {
        const answer = await run(evo, command(kind, input));
        if (answer.kind === "accepted") all.push(...(answer.snapshots ?? []));
      }
      for (const { headers, body } of evo.writes()) {
        expect(headers.accept).toBe(`application/${format}`);
        expect([undefined, "application/json"]).toContain(headers["content-type"]);
        if (body !== "") expect(JSON.parse(body)).toBeTypeOf("object");
      }
      return all;
    };
    const [json, xml] = await Promise.all([snapshots("json"), snapshots("xml")]);
    expect(json).toHaveLength(EACH.length);
    expect(xml).toEqual(json);
  });
});

describe("a command that fails", () => {
  test.each(EACH)("%s without an answer in time was sent, once", async (kind, input, line) => {
    await using evo = await startEvo({ write: () => undefined });
    await evo.connection.probe();
    const error = await failureOf(run(evo, command(kind, input), 150));
    expect(error).toMatchObject({ name: "ProviderTimeoutError", sent: true });
    expect(evo.writes().map(({ method, url }) => `${method} ${url}`)).toEqual([line]);
  });

  test("is given the time it was given, however little a read is given", async () => {
    await using evo = await startEvo(
      { write: (_, response) => void setTimeout(() => response.writeHead(204).end(), 900) },
      { attemptTimeoutMs: 600 },
    );
    expect(await run(evo, command("END"))).toEqual({ kind: "accepted", snapshots: [] });
  });

  test.each(EACH)("%s whose connection breaks after it was written was sent, once", async (kind, input) => {
    await using evo = await startEvo({ write: (_, response) => void response.socket?.destroy() });
    const error = await failureOf(run(evo, command(kind, input)));
    expect(error).toMatchObject({ name: "ProviderUnavailableError", sent: true });
    expect(evo.writes()).toHaveLength(1);
  });

  test.each(EACH)("%s that finds nobody at the address was not sent", async (kind, input) => {
    await using evo = await startEvo({
      intercept: (_, response) => {
        response.setHeader("connection", "close");
        return false;
      },
    });
    await evo.connection.probe();
    await evo.stop();
    const error = await failureOf(run(evo, command(kind, input)));
    expect(error).toMatchObject({ name: "ProviderUnavailableError", sent: false });
  });

  test.each(EACH.flatMap(([kind, input]) => [500, 503, 429].map((status) => [kind, status, input] as const)))(
    "%s with a %i is not repeated",
    async (kind, status, input) => {
      await using evo = await startEvo({ write: (_, response) => void response.writeHead(status).end() });
      const error = await failureOf(run(evo, command(kind, input)));
      expect(error).toMatchObject({
        name: status === 429 ? "ProviderRateLimitedError" : "ProviderUnavailableError",
        status,
        sent: true,
      });
      expect(evo.writes()).toHaveLength(1);
    },
  );

  test("a redirect is not followed", async () => {
    await using evo = await startEvo({
      write: (_, response) => void response.writeHead(307, { location: "/sessions" }).end(),
    });
    await expect(run(evo, command("END"))).rejects.toMatchObject({ status: 307 });
    expect(evo.writes()).toHaveLength(1);
  });
});

describe("the session", () => {
  test("that has run out is opened once for all commands and reads, and each is sent once more", async () => {
    await using evo = await startEvo({ live: [sessionRow()], write: sendSession(sessionRow()) });
    await evo.connection.readSessions(["s1"]);
    evo.signEverybodyOut();
    // All of them wait for each other, so that all of them run into the 401.
    const waiting: (() => void)[] = [];
    evo.world.intercept = ({ path }, response) => {
      if (!path.startsWith("/sessions") || waiting.length >= EACH.length + 1) return false;
      const refuse = () => void response.writeHead(401).end();
      if (waiting.push(refuse) === EACH.length + 1) for (const each of waiting) each();
      return true;
    };

    const [read, ...answers] = await Promise.all([
      evo.connection.readSessions(["s1"]),
      ...EACH.map(([kind, input]) => run(evo, command(kind, input))),
    ]);

    expect(read[0]?.kind).toBe("found");
    expect(answers.map(({ kind }) => kind)).toEqual(EACH.map(() => "accepted"));
    expect(evo.to("/auth/credentials")).toHaveLength(2);
    const sent = evo.writes().map(({ method, url, body }) => `${method} ${url} ${body}`);
    expect(sent).toHaveLength(2 * EACH.length);
    expect(sent.slice(EACH.length).toSorted()).toEqual(sent.slice(0, EACH.length).toSorted());
  });

  test("that the new login does not help is an error after the second request, and not renewed for a while", async () => {
    let now = NOW;
    await using evo = await startEvo(
      { write: (_, response) => void response.writeHead(401).end() },
      { now: () => now },
    );
    const end = () => failureOf(run(evo, command("END")));
    expect(await end()).toMatchObject({ name: "ProviderAuthFailedError", status: 401 });
    expect(evo.writes()).toHaveLength(2);
    expect(evo.to("/auth/credentials")).toHaveLength(2);

    expect(await end()).toMatchObject({ name: "ProviderAuthFailedError", status: 401 });
    expect(evo.writes()).toHaveLength(3);
    expect(evo.to("/auth/credentials")).toHaveLength(2);

    now += 10_000;
    await end();
    expect(evo.writes()).toHaveLength(5);
    expect(evo.to("/auth/credentials")).toHaveLength(3);
  });

  test("that cannot be opened means that nothing was sent, and is not tried again for a while", async () => {
    await using evo = await startEvo({ write: sendSession(sessionRow()) }, { password: "wrong" });
    for (const [kind, input] of EACH) {
      const error = await failureOf(run(evo, command(kind, input)));
      expect(error).toMatchObject({ name: "ProviderAuthFailedError", sent: false, retryAfterSeconds: 10 });
    }
    expect(evo.writes()).toEqual([]);
    expect(evo.to("/auth/credentials")).toHaveLength(1);
  });

  test("that cannot be renewed leaves a command that was refused and surely not done", async () => {
    await using evo = await startEvo({ write: sendSession(sessionRow()) });
    await evo.connection.probe();
    evo.signEverybodyOut();
    evo.world.intercept = ({ path }, response) => {
      if (path !== "/auth/credentials") return false;
      response.socket?.destroy();
      return true;
    };
    const error = await failureOf(run(evo, command("HOLD")));
    expect(error).toMatchObject({ name: "ProviderUnavailableError", sent: false });
    expect(evo.writes()).toHaveLength(1);
  });
});

test("nothing of a command is logged but its kind of address", async () => {
  await using evo = await startEvo({ write: (_, response) => void response.writeHead(500).end() });
  await failureOf(run(evo, command("TRANSFER_BLIND", { to: "+15035550177" }), TIMEOUT_MS));
  const written = JSON.stringify(evo.lines);
  expect(written).toContain("/sessions/s1/redirect");
  expect(written).not.toContain("5035550177");
  expect(written).not.toMatch(/session-\d/);
});
