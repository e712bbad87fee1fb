/** Commands that are refused, get lost, or are aimed at what is no session. */
import { describe, expect, test } from "vitest";
import { BadUserInputError } from "../../../src/errors/index.js";
import type { JsonObject } from "../../../src/model/index.js";
import type { Command, CommandKind } from "../../../src/providers/commands.js";
import { portsipModule } from "../../../src/providers/portsip/portsip.module.js";
import type { SessionReference } from "../../../src/providers/provider.js";
import { sendJson } from "../../support/scripted-server.js";
import { collect, PASSWORD, startPbx, tokens, type Pbx, type Route } from "./pbx.js";

const TIMEOUT = { timeoutMs: 4_000 };

const INPUTS: Partial<Record<CommandKind, JsonObject>> = {
  CREATE: { caller: "1001", callee: "1002", trunk: "CarrierA", rewriteFrom: "15550100" },
  HOLD: { extensionNumber: "1002" },
  RESUME: { extensionNumber: "1002" },
  TRANSFER_BLIND: { extensionNumber: "1002", to: "1003" },
  TRANSFER_WARM: { extensionNumber: "1002", to: "1003" },
  END: {},
};
const KINDS = Object.keys(INPUTS) as CommandKind[];

const reference = (providerId: string): SessionReference => ({
  providerId,
  startedAt: null,
  endedAt: null,
  fields: {},
});

function command(kind: CommandKind, providerId = "812345678901234567"): Command {
  const session = kind === "CREATE" ? null : reference(providerId);
  return { kind, input: INPUTS[kind] ?? {}, session, transferId: null, consultation: null };
}

const send = (pbx: Pbx, kind: CommandKind, timeoutMs = TIMEOUT.timeoutMs) =>
  pbx.connection.commands.send(command(kind), { timeoutMs });

/** Answers every command like this. */
const refuse =
  (status: number, body?: unknown): Route =>
  (_, response) => {
    if (body === undefined) response.writeHead(status).end();
    else sendJson(response, body, status);
    return true;
  };

const errorsOf = (...errors: unknown[]) => ({ errors });

describe("a refusal", () => {
  test("has PortSIP's reason, in the graph's names, at the member it is about", async () => {
    const body = errorsOf(
      { code: "VALIDATE_FAILED", message: "rewrite_from: invalid for +12025550134", detail: {} },
      { code: "VALIDATE_FAILED", message: "not found", detail: { field: "trunk" } },
      { code: "VALIDATE_FAILED", message: "", detail: ["callee"] },
    );
    await using pbx = await startPbx(refuse(400, body));
    const answer = await send(pbx, "CREATE");
    expect(answer).toEqual({
      kind: "refused",
      code: "BAD_USER_INPUT",
      problems: [
        {
          path: ["rewriteFrom"],
          message: expect.stringMatching(/^PortSIP: rewriteFrom: invalid for \+•+34$/),
        },
        { path: ["trunk"], message: "PortSIP: not found" },
        { path: ["callee"], message: "PortSIP: VALIDATE_FAILED" },
      ],
    });
    expect(pbx.asked()).toHaveLength(1);
  });

  test("of an attended transfer names what the client gave", async () => {
    const body = errorsOf({ code: "UNKNOWN", message: "session_2 and refer_to_2 do not match" });
    await using pbx = await startPbx(refuse(400, body));
    expect(await send(pbx, "TRANSFER_WARM")).toMatchObject({
      problems: [
        { path: ["consultationSessionId"], message: "PortSIP: consultationSessionId and to do not match" },
      ],
    });
  });

  test.each(KINDS.filter((kind) => kind !== "CREATE"))("%s of a call that is gone", async (kind) => {
    await using pbx = await startPbx(refuse(404));
    expect(await send(pbx, kind)).toEqual({
      kind: "refused",
      code: "NOT_FOUND",
      problems: [{ path: [], message: "PortSIP knows no such session any more." }],
    });
  });

  test("for want of a right names the right", async () => {
    await using pbx = await startPbx(refuse(403));
    const answer = await send(pbx, "END");
    expect(answer).toMatchObject({ kind: "refused", code: "PROVIDER_AUTH_FAILED" });
    expect(JSON.stringify(answer)).toContain("Company Call Sessions: Full Access");
    expect(pbx.logins()).toHaveLength(1);
  });

  test.each([
    ["nothing", ""],
    ["a page", `<html><body>/srv/pbx/app.js line 3 ${PASSWORD}</body></html>`],
    ["something else", '{"errors":"no","message":"secret"}'],
    ["half of it", '{"errors":[{"code":'],
  ])("with %s is told by its status alone", async (_, body) => {
    await using pbx = await startPbx((__, response) => (response.writeHead(400).end(body), true));
    expect(await send(pbx, "HOLD")).toEqual({
      kind: "refused",
      code: "BAD_USER_INPUT",
      problems: [{ path: [], message: "PortSIP did not accept this (400)." }],
    });
  });
});

describe("a token that died", () => {
  test("is refreshed, and the same request sent once more", async () => {
    await using pbx = await startPbx(refuse(200));
    await send(pbx, "HOLD");
    pbx.killTokens();
    expect(await send(pbx, "HOLD")).toMatchObject({ kind: "accepted" });
    expect(pbx.asked().map(({ headers }) => headers.authorization)).toEqual([
      "Bearer token-1",
      "Bearer token-1",
      "Bearer token-2",
    ]);
    expect(new Set(pbx.asked().map(({ url, body }) => url + body)).size).toBe(1);
    expect(pbx.logins().map(({ path, body }) => [path, body.includes("refresh-1")])).toEqual([
      ["/api/auth/sign_in", false],
      ["/api/auth/refresh_token", true],
    ]);
  });

  test("for many commands at once is refreshed once", async () => {
    await using pbx = await startPbx(refuse(200));
    await send(pbx, "HOLD");
    pbx.killTokens();
    const answers = await Promise.all(Array.from({ length: 6 }, () => send(pbx, "HOLD")));
    expect(answers.every(({ kind }) => kind === "accepted")).toBe(true);
    expect(pbx.logins()).toHaveLength(2);
  });

  test("and whose successor is refused too is given up: two requests, no more", async () => {
    await using pbx = await startPbx(refuse(401));
    await expect(send(pbx, "CREATE")).rejects.toMatchObject({ code: "PROVIDER_AUTH_FAILED", status: 401 });
    expect(pbx.asked()).toHaveLength(2);
  });
});

describe("a command that never left", () => {
  test("because the login fails says so", async () => {
    await using pbx = await startPbx(refuse(200), {
      login: (_, response) => (response.writeHead(400).end(), true),
    });
    await expect(send(pbx, "CREATE")).rejects.toMatchObject({ code: "PROVIDER_AUTH_FAILED", sent: false });
    expect(pbx.asked()).toEqual([]);
  });

  test("because the login is down says so, too", async () => {
    await using pbx = await startPbx(refuse(200), {
      login: (_, response) => (response.writeHead(503).end(), true),
    });
    await expect(send(pbx, "END")).rejects.toMatchObject({ code: "PROVIDER_UNAVAILABLE", sent: false });
    expect(pbx.asked()).toEqual([]);
  });

  test("because the new login after a 401 fails", async () => {
    let isDown = false;
    await using pbx = await startPbx(
      (_, response) => {
        isDown = true;
        response.writeHead(401).end();
        return true;
      },
      { login: (_, response) => (isDown ? (response.writeHead(401).end(), true) : false) },
    );
    await expect(send(pbx, "CREATE")).rejects.toMatchObject({ code: "PROVIDER_AUTH_FAILED", sent: false });
    expect(pbx.asked()).toHaveLength(1);
  });

  test("because nobody listens", async () => {
    await using pbx = await startPbx(refuse(200));
    await send(pbx, "HOLD");
    await pbx.server[Symbol.asyncDispose]();
    // The first may still find the connection that the PBX has cut.
    await send(pbx, "HOLD").catch(() => undefined);
    await expect(send(pbx, "HOLD")).rejects.toMatchObject({ code: "PROVIDER_UNAVAILABLE", sent: false });
  });
});

describe("a command of which nobody knows whether it happened", () => {
  test.each(KINDS)("%s is not repeated after a 5xx", async (kind) => {
    await using pbx = await startPbx((_, response) => (response.writeHead(502).end("<html>"), true));
    await expect(send(pbx, kind)).rejects.toMatchObject({
      code: "PROVIDER_UNAVAILABLE",
      sent: true,
      status: 502,
    });
    expect(pbx.asked()).toHaveLength(1);
  });

  test.each(KINDS)("%s is not repeated when no answer comes in time", async (kind) => {
    await using pbx = await startPbx(() => true);
    await expect(send(pbx, kind, 150)).rejects.toMatchObject({ code: "PROVIDER_TIMEOUT", sent: true });
    expect(pbx.asked()).toHaveLength(1);
  });

  test("is not repeated when the connection breaks", async () => {
    await using pbx = await startPbx((_, response) => (response.socket?.destroy(), true));
    await expect(send(pbx, "CREATE")).rejects.toMatchObject({ code: "PROVIDER_UNAVAILABLE", sent: true });
    expect(pbx.asked()).toHaveLength(1);
  });

  test("waits as long as it may, longer than a read", async () => {
    const readGaveUp = Promise.withResolvers<void>();
    await using pbx = await startPbx(
      ({ method }, response) => {
        if (method === "POST") void readGaveUp.promise.then(() => response.end());
        return true;
      },
      { attemptTimeoutMs: 150 },
    );
    // The command is under way before the read begins.
    const sending = send(pbx, "HOLD", 60_000);
    await expect(collect(pbx.connection.listLive())).rejects.toMatchObject({ code: "PROVIDER_TIMEOUT" });
    readGaveUp.resolve();
    expect(await sending).toMatchObject({ kind: "accepted" });
  });
});

describe("an id that is none", () => {
  /** `MQ==` is `1` in the other spelling, `01` the same number. */
  const evil = [
    ...["", ".", "..", "a/b", "a\\b", "?x", "#x", "a;b", "%2e%2e", "%31", "1 ", "a\nb"],
    ...["1", "0", "01", "00", "MQ==", "MQ", "MA==", "directly", "Directly", "DIRECTLY", "\ud800"],
  ];

  test.each(evil)("%j is refused, before anything is sent", async (id) => {
    expect(portsipModule.isProviderId(id)).toBe(false);
    await using pbx = await startPbx((_, response) => (sendJson(response, { id: "1" }), true));
    const { commands } = pbx.connection;
    for (const kind of KINDS.filter((each) => each !== "CREATE")) {
      expect(commands.check(command(kind, id)).map(({ path }) => path)).toEqual([["sessionId"]]);
      await expect(commands.send(command(kind, id), TIMEOUT)).rejects.toBeInstanceOf(BadUserInputError);
    }
    const warm = { ...command("TRANSFER_WARM"), consultation: reference(id) };
    await expect(commands.send(warm, TIMEOUT)).rejects.toBeInstanceOf(BadUserInputError);
    // Nor do reads reach another route with it: `GET /sessions/directly` places calls.
    const [read] = await pbx.connection.readSessions([id]);
    expect(read).toEqual({ kind: "absent" });
    expect(pbx.server.requests).toEqual([]);
  });

  test.each(["812345678901234567", "NzAwNTUxOTA5NzczMTQ4MTYw", "10", "session-1", "11"])("%s is one", (id) =>
    expect(portsipModule.isProviderId(id)).toBe(true),
  );

  test("is not believed when the PBX says it", async () => {
    await using pbx = await startPbx((_, response) => {
      sendJson(response, { count: 3, items: [{ id: "1" }, { id: "directly" }, { id: "8123" }] });
      return true;
    });
    const pages = await collect(pbx.connection.listLive());
    expect(pages[0]?.snapshots.map(({ providerId }) => providerId)).toEqual(["8123"]);
    expect(pages[0]?.rejected).toHaveLength(2);
  });
});

test("nothing of a command reaches the log that should not", async () => {
  await using pbx = await startPbx(refuse(503));
  await send(pbx, "CREATE").catch(() => undefined);
  const text = JSON.stringify(pbx.lines);
  expect(text).toContain("provider request failed");
  for (const secret of [PASSWORD, "token-1", "refresh-1", JSON.stringify(tokens(1))])
    expect(text).not.toContain(secret);
});
