import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { sendJson } from "../../support/scripted-server.js";
import { sessionRow } from "./bodies.js";
import { NOW, PASSWORD, startEvo } from "./evo-server.js";

test("one login serves every request, with its session cookies only", async () => {
  await using evo = await startEvo({ live: [sessionRow()] });
  await Promise.all([evo.connection.readSessions(["s1"]), evo.connection.readSessions(["s1"])]);

  expect(evo.to("/auth/credentials")).toHaveLength(1);
  expect(evo.to("/auth/status")).toHaveLength(1);
  expect(JSON.parse(evo.to("/auth/credentials")[0]?.body ?? "")).toEqual({
    provider: "credentials",
    userName: "gateway@example.com",
    password: PASSWORD,
    rememberMe: true,
  });
  const [read] = evo.to("/sessions");
  expect(read?.headers.cookie).toMatch(/^ss-id=session-\d+; ss-pid=psession-\d+$/);
  expect(read?.headers.accept).toBe("application/json");
  expect(read?.headers["user-agent"]).toMatch(/^switchboard\//);
});

test("reads that run into a 401 together sign in again once and are sent again once", async () => {
  await using evo = await startEvo({ live: [sessionRow()] });
  await evo.connection.readSessions(["s1"]);
  evo.signEverybodyOut();
  // The first five wait for each other, so that all of them run into the 401.
  const waiting: ServerResponse[] = [];
  evo.world.intercept = ({ path }, response) => {
    if (path !== "/sessions" || waiting.length >= 5) return false;
    if (waiting.push(response) === 5) for (const each of waiting) each.writeHead(401).end();
    return true;
  };

  const answers = await Promise.all(Array.from({ length: 5 }, () => evo.connection.readSessions(["s1"])));

  expect(answers.flat().map(({ kind }) => kind)).toEqual(Array(5).fill("found"));
  expect(evo.to("/auth/credentials")).toHaveLength(2);
  expect(evo.to("/sessions")).toHaveLength(1 + 5 + 5);
});

test("a second 401 is the answer", async () => {
  await using evo = await startEvo({ live: [sessionRow()] });
  evo.world.intercept = ({ path }, response) => {
    if (path !== "/sessions") return false;
    response.writeHead(401).end();
    return true;
  };
  const [outcome] = await evo.connection.readSessions(["s1"]);
  expect(outcome).toMatchObject({ kind: "failed", error: { code: "PROVIDER_AUTH_FAILED", status: 401 } });
  expect(evo.to("/sessions")).toHaveLength(2);
});

test("a refused password fails every read, and is not tried again for a while", async () => {
  let now = NOW;
  await using evo = await startEvo({}, { password: "wrong", now: () => now });
  const refused = { code: "PROVIDER_AUTH_FAILED", retryAfterSeconds: 10 };
  await expect(evo.connection.probe()).rejects.toMatchObject(refused);
  await expect(evo.connection.probe()).rejects.toMatchObject({ code: "PROVIDER_AUTH_FAILED" });
  expect(evo.to("/auth/credentials")).toHaveLength(1);

  now += 10_000;
  await expect(evo.connection.probe()).rejects.toMatchObject(refused);
  expect(evo.to("/auth/credentials")).toHaveLength(2);
});

test("a login that gives no session cookie is no login", async () => {
  await using evo = await startEvo();
  evo.world.intercept = (_, response) => {
    sendJson(response, {}, 200, { "set-cookie": "ss-opt=perm; path=/" });
    return true;
  };
  await expect(evo.connection.probe()).rejects.toMatchObject({ code: "PROVIDER_AUTH_FAILED" });
});

test("a session that the status route does not know is opened anew", async () => {
  await using evo = await startEvo();
  let strangers = 1;
  evo.world.intercept = ({ path }, response) => {
    if (path !== "/auth/status" || strangers-- <= 0) return false;
    response.writeHead(200, { "content-type": "application/json" }).end("");
    return true;
  };
  await evo.connection.probe();
  expect(evo.to("/auth/credentials")).toHaveLength(2);
});

test("accounts that the login does not have are refused before anything is listed", async () => {
  await using evo = await startEvo({}, { accountIds: ["acc-1", "acc-9"] });
  const [outcome] = await evo.connection.readSessions(["s1"]);
  expect(outcome).toMatchObject({ kind: "failed", error: { code: "PROVIDER_AUTH_FAILED" } });
  expect(evo.to("/sessions")).toEqual([]);
});

test("neither password nor cookie is ever logged or shown", async () => {
  await using evo = await startEvo({ live: [sessionRow()] });
  await evo.connection.readSessions(["s1"]);
  evo.world.intercept = (_, response) => {
    response.writeHead(401, { "set-cookie": "ss-id=other; path=/" }).end(PASSWORD);
    return true;
  };
  const outcomes = await evo.connection.readSessions(["s1"]);
  const written = JSON.stringify([evo.lines, outcomes]);
  expect(evo.lines.length).toBeGreaterThan(0);
  expect(written).not.toContain(PASSWORD);
  expect(written).not.toMatch(/session-\d/);
  expect(written).not.toContain("ss-id=");
});
