import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { sendJson, type SeenRequest } from "../../support/scripted-server.js";
import { sessionRow } from "./bodies.js";
import { startEvo, type EvoServer } from "./evo-server.js";

async function inspect(evo: EvoServer): Promise<Record<string, boolean | null>> {
  const rows = await evo.connection.inspect();
  expect(JSON.stringify(rows)).not.toContain("acc-");
  return Object.fromEntries(rows.map(({ what, ok }) => [what, ok]));
}

const forbid = (path: string) => (request: SeenRequest, response: ServerResponse) => {
  if (request.path !== path) return false;
  sendJson(response, { responseStatus: { errorCode: "Forbidden" } }, 403);
  return true;
};

test("a login with every role may do everything, which is found out by reads alone", async () => {
  await using evo = await startEvo({ roles: ["Manager", "User"] });
  expect(await inspect(evo)).toEqual({
    "sign in": true,
    "see accounts": true,
    "list sessions": true,
    "read files": true,
    "act on sessions": true,
  });
  expect(evo.writes()).toEqual([]);
  expect(evo.to("/auth/status")).toHaveLength(1);
  for (const path of ["/sessions", "/files"]) {
    expect(evo.to(path).map(({ query }) => [query.get("accountIds"), query.get("countPerPage")])).toEqual([
      ["acc-1,acc-2", "1"],
    ]);
  }
});

test.each(["json", "xml"] as const)(
  "in %s: a manager may not act, and is told what is missing",
  async (format) => {
    await using evo = await startEvo({ roles: ["Manager"] }, { format });
    expect(await inspect(evo)).toMatchObject({ "read files": true, "act on sessions": false });
    expect((await evo.connection.inspect()).at(-1)?.message).toContain("role User");
  },
);

test("a phone user may not read files, and is told what is missing", async () => {
  await using evo = await startEvo({ roles: ["User"], intercept: forbid("/files") });
  expect(await inspect(evo)).toMatchObject({
    "list sessions": true,
    "read files": false,
    "act on sessions": true,
  });
  const rows = await evo.connection.inspect();
  expect(rows.find(({ what }) => what === "read files")?.message).toContain("Manager");
});

test("roles that are not told leave open whether it may act", async () => {
  await using evo = await startEvo({ roles: undefined });
  expect(await inspect(evo)).toMatchObject({ "act on sessions": null });
});

test("a refused login is the only row", async () => {
  await using evo = await startEvo({}, { password: "wrong" });
  expect(await inspect(evo)).toEqual({ "sign in": false });
});

test("accounts beyond the login's are a row, and nothing is listed", async () => {
  await using evo = await startEvo({ roles: ["User"] }, { accountIds: ["acc-9"] });
  expect(await inspect(evo)).toEqual({ "sign in": true, "see accounts": false, "act on sessions": true });
  expect(evo.to("/sessions")).toEqual([]);
});

test("what fails otherwise is a row with its reason", async () => {
  await using evo = await startEvo({ intercept: forbid("/sessions") });
  expect(await inspect(evo)).toMatchObject({ "list sessions": false, "read files": true });
  evo.world.intercept = ({ path }, response) => {
    if (path !== "/files") return false;
    response.writeHead(400).end();
    return true;
  };
  const row = (await evo.connection.inspect()).find(({ what }) => what === "read files");
  expect(row).toMatchObject({ ok: false, message: expect.stringContaining("400") as string });
});

test("the roles of a phone user or of nobody in particular are enough to read sessions", async () => {
  await using evo = await startEvo({ live: [sessionRow()], roles: [] });
  const asked: string[] = [];
  evo.world.intercept = (request, response) => {
    asked.push(request.path);
    return forbid("/files")(request, response);
  };
  expect((await evo.connection.readSessions(["s1"]))[0]?.kind).toBe("found");
  expect(new Set(asked)).toEqual(new Set(["/auth/credentials", "/auth/status", "/sessions"]));
});

test("nothing is ever delivered, so there is nothing to probe", async () => {
  await using evo = await startEvo();
  expect(evo.connection.webhookProbe("https://gateway.example/webhooks/evo")).toBeNull();
});
