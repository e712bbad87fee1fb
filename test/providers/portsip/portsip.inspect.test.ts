/** What the operator is told about rights and settings, and the webhook probe (PortSIP reference §2.6, §7.1). */
import { describe, expect, test } from "vitest";
import { sendJson } from "../../support/scripted-server.js";
import { listOf, NOW, PASSWORD, startPbx, type PbxOptions, type Route } from "./pbx.js";

const TOKEN = "hook-token-4711";

/** Answers each path with a status or a body. */
const tenant =
  (answers: Record<string, unknown>): Route =>
  ({ path, method }, response) => {
    if (method !== "GET") throw new Error("inspecting must not act");
    const answer = answers[path.slice("/api".length)];
    if (typeof answer === "number") response.writeHead(answer).end();
    else if (answer === undefined) return false;
    else sendJson(response, answer);
    return true;
  };

const ALL = {
  "/auth/user": { role: "Admin", role_name: "Admin", password_verified: true },
  "/sessions": listOf([]),
  "/calllogs": listOf([]),
  "/recordings": listOf([]),
  "/tenant": { cdr_event: { enabled: false } },
};

async function inspect(answers: Record<string, unknown>, options?: PbxOptions) {
  await using pbx = await startPbx(tenant({ ...ALL, ...answers }), options);
  const rows = await pbx.connection.inspect();
  const byName = Object.fromEntries(rows.map((row) => [row.what, row]));
  return { rows, byName, requests: pbx.asked(), text: JSON.stringify([rows, pbx.lines]) };
}

describe("inspecting", () => {
  test("a login that may everything says so, by reads only", async () => {
    const { rows, requests } = await inspect({});
    expect(rows.map(({ what, ok }) => [what, ok])).toEqual([
      ["log in", true],
      ["list live calls", true],
      ["read call logs", true],
      ["list recordings", true],
      ["control calls", null],
      ["webhook settings", null],
    ]);
    expect(rows[0]?.message).toContain("Admin");
    expect(rows[4]?.message).toContain("Company Call Sessions: Full Access");
    expect(requests.map(({ url }) => url)).toEqual([
      "/api/auth/user",
      "/api/sessions",
      "/api/calllogs?top=1",
      "/api/recordings?top=1",
      "/api/tenant",
    ]);
  });

  test("names each right that is missing", async () => {
    const { byName } = await inspect({
      "/sessions": 403,
      "/calllogs": 403,
      "/recordings": 403,
      "/tenant": 403,
    });
    expect(byName["list live calls"]).toMatchObject({
      ok: false,
      message: expect.stringContaining("Company Call Sessions: View Only"),
    });
    for (const what of ["read call logs", "list recordings"])
      expect(byName[what]).toMatchObject({ ok: false, message: expect.stringContaining("QueueManager") });
    expect(byName["webhook settings"]?.ok).toBeNull();
  });

  test("goes on where one look fails, and where an old PBX cannot tell the role", async () => {
    const { byName } = await inspect({ "/auth/user": 404, "/calllogs": "no list", "/recordings": 500 });
    expect(byName["log in"]?.ok).toBe(true);
    expect(byName["read call logs"]?.ok).toBe(false);
    expect(byName["list recordings"]).toMatchObject({ ok: false, message: "The provider failed (500)." });
    expect(byName["webhook settings"]).toBeDefined();
  });

  test("ends at a login that does not work", async () => {
    const { rows } = await inspect({}, { login: (_, response) => (response.writeHead(400).end(), true) });
    expect(rows).toEqual([
      { what: "log in", ok: false, message: expect.stringContaining("does not accept the user name") },
    ]);
  });

  test("says when the account's password has to be changed first", async () => {
    const { byName } = await inspect({ "/auth/user": { role: "Admin", password_force_reset: true } });
    expect(byName["log in"]?.message).toContain("password");
  });

  test("says when the login stands above the tenants", async () => {
    const { byName } = await inspect({ "/auth/user": { role: "SystemAdmin" } });
    expect(byName["log in"]).toMatchObject({ ok: null, message: expect.stringContaining("one tenant") });
  });

  const bearer = { enabled: true, auth: "BEARER", url: "https://gateway.example.com/webhooks/portsip" };

  test.each<[string, object, string | undefined, boolean | null]>([
    ["off and not wanted", { enabled: false }, undefined, null],
    ["off but wanted", { enabled: false }, TOKEN, false],
    ["on but not wanted", bearer, undefined, null],
    ["on without a token", { ...bearer, auth: "DISABLE" }, TOKEN, false],
    ["on with another way to sign in", { ...bearer, auth: "BASIC" }, TOKEN, false],
    ["on with another token", { ...bearer, token: "another-token" }, TOKEN, false],
    ["on with a hidden token", { ...bearer, token: "******" }, TOKEN, true],
    ["on to nowhere", { ...bearer, url: "" }, TOKEN, false],
    ["on", { ...bearer, token: TOKEN }, TOKEN, true],
  ])("webhooks that are %s", async (_, event, webhookToken, ok) => {
    const { byName, text } = await inspect({ "/tenant": { cdr_event: event } }, { config: { webhookToken } });
    expect(byName["webhook settings"]?.ok).toBe(ok);
    for (const secret of [TOKEN, "another-token", PASSWORD]) expect(text).not.toContain(secret);
  });
});

describe("the webhook probe", () => {
  test("is a delivery with the token, of an event that means nothing", async () => {
    await using pbx = await startPbx(undefined, { config: { webhookToken: TOKEN } });
    const probe = pbx.connection.webhookProbe("https://gateway.example.com/webhooks/portsip");
    expect(probe).toMatchObject({
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json; charset=utf-8" },
    });
    const body = JSON.parse(probe?.body ?? "") as Record<string, unknown>;
    expect(body).toEqual({ event_type: "switchboard_probe", time: String(NOW / 1000) });
    expect(pbx.server.requests).toEqual([]);
  });

  test.each([undefined, ""])("does not exist where the token is %j", async (webhookToken) => {
    await using pbx = await startPbx(undefined, { config: { webhookToken } });
    expect(pbx.connection.webhookProbe("https://gateway.example.com/")).toBeNull();
  });
});
