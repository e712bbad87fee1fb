/** Tokens, second factors and rights of the PortSIP sandbox (reference §2), and what stands beside the calls (§3.7, §7.1). */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startPortsipServer, type PortsipSandboxServer } from "../../src/sandbox/portsip/portsip-server.js";

const START = Date.parse("2026-03-01T10:00:00Z");

let clock = START;
let server: PortsipSandboxServer;

beforeEach(async () => {
  clock = START;
  server = await startPortsipServer({ port: 0, host: "127.0.0.1", seed: 7, now: () => clock });
});
afterEach(() => server.close());

type Json = Record<string, unknown>;
interface Reply {
  status: number;
  json: Json;
}

async function send(method: string, path: string, body?: unknown, token = ""): Promise<Reply> {
  const response = await fetch(`${server.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? {} : (JSON.parse(text) as Json) };
}

const signIn = async (username = server.environment.PORTSIP_USERNAME): Promise<Json> => {
  const { PORTSIP_PASSWORD: password, PORTSIP_DOMAIN: domain } = server.environment;
  return (await send("POST", "/auth/sign_in", { username, password, domain })).json;
};
const tokenOf = async (username?: string) => String((await signIn(username)).access_token);
const CALL = { caller: "1001", callee: "1002", send_sdp: true };

describe("a second factor", () => {
  test("is asked for, mailed and checked", async () => {
    const challenge = await signIn("careful");
    expect(challenge).toEqual({ two_factor_enabled: true, token: expect.any(String) as string });
    const { token } = challenge;
    expect(server.mailedCode).toBeNull();
    expect((await send("POST", "/auth/verify_otp", { token, code: "000000" })).status).toBe(400);
    expect((await send("POST", "/auth/send_otp", { token })).status).toBe(200);
    const code = server.mailedCode;
    expect(code).toMatch(/^\d{6}$/);
    expect((await send("POST", "/auth/verify_otp", { token, code: "wrong" })).status).toBe(400);
    const { status, json } = await send("POST", "/auth/verify_otp", { token, code });
    expect(status).toBe(200);
    expect((await send("GET", "/sessions", undefined, String(json.access_token))).status).toBe(200);
    expect((await send("POST", "/auth/verify_otp", { token, code })).status).toBe(400);
  });

  test("of nobody is not mailed", async () => {
    expect((await send("POST", "/auth/send_otp", { token: "guess" })).status).toBe(400);
  });
});

describe("tokens", () => {
  test("rotate: a refresh token works once, and the new pair works", async () => {
    const { refresh_token, access_token } = await signIn();
    const { status, json } = await send("POST", "/auth/refresh_token", { refresh_token });
    expect([status, json.refresh_token === refresh_token, json.access_token === access_token]).toEqual([
      200,
      false,
      false,
    ]);
    expect((await send("GET", "/auth/user", undefined, String(json.access_token))).status).toBe(200);
    expect(await send("POST", "/auth/refresh_token", { refresh_token })).toMatchObject({
      status: 400,
      json: { errors: [{ code: "UNKNOWN" }] },
    });
  });

  test("keep their holder's rights when they are refreshed", async () => {
    const { refresh_token } = await signIn("viewer");
    const { json } = await send("POST", "/auth/refresh_token", { refresh_token });
    expect((await send("POST", "/sessions", CALL, String(json.access_token))).status).toBe(403);
  });

  test.each([
    ["GET", "/sessions"],
    ["POST", "/sessions"],
    ["POST", "/sessions/1/hold"],
    ["GET", "/auth/user"],
    ["GET", "/login"],
  ])("that are dead get 401 at %s %s", async (method, path) => {
    const token = await tokenOf();
    server.expireTokens();
    const { status, json } = await send(method, path, method === "POST" ? CALL : undefined, token);
    expect([status, json]).toMatchObject([401, { errors: [{ code: "UNAUTHORIZED" }] }]);
  });

  test("end with signing out", async () => {
    const token = await tokenOf();
    expect((await send("POST", "/auth/sign_out", undefined, token)).status).toBe(200);
    expect((await send("GET", "/sessions", undefined, token)).status).toBe(401);
    const other = await tokenOf();
    expect((await send("POST", "/logout", undefined, other)).status).toBe(204);
    expect((await send("GET", "/sessions", undefined, other)).status).toBe(401);
  });

  test("tell how long they last, to those who ask the older way", async () => {
    server.setExpiresIn(1_800);
    const token = await tokenOf();
    clock += 60_000;
    expect((await send("GET", "/login", undefined, token)).json).toEqual({
      access_token: token,
      expires_at: "2026-03-01T10:30:00.000Z",
      expires_in: 1_740,
      role: "Admin",
    });
  });
});

describe("rights", () => {
  test("to see calls are not rights to touch them", async () => {
    const token = await tokenOf("viewer");
    expect((await send("GET", "/sessions", undefined, token)).status).toBe(200);
    for (const path of ["/sessions", "/sessions/1/hold", "/sessions/1/refer", "/sessions/1/attended_refer"])
      expect((await send("POST", path, CALL, token)).status).toBe(403);
    const { status, json } = await send("POST", "/sessions/812345678901234567/destroy", {}, token);
    expect([status, json]).toMatchObject([403, { errors: [{ message: expect.any(String) as string }] }]);
    expect(server.records().session).toEqual([]);
  });

  test("that are missing altogether leave the directory", async () => {
    const token = await tokenOf("nobody");
    for (const path of ["/sessions", "/cdrs", "/calllogs", "/recordings"])
      expect((await send("GET", path, undefined, token)).status).toBe(403);
    expect((await send("GET", "/users", undefined, token)).status).toBe(200);
    expect((await send("GET", "/auth/user", undefined, token)).json.role).toBe("StandardUser");
  });
});

describe("the directory", () => {
  test("lists trunks with all their members", async () => {
    const { json } = await send("GET", "/providers", undefined, await tokenOf());
    expect((json.items as Json[])[0]).toEqual({
      id: "1",
      name: "AtlanticVoice",
      enabled: true,
      brand: "Generic",
      hostname: "sip.example.test",
      port: 5060,
      did_numbers: expect.any(Array) as string[],
      shared: false,
    });
  });

  test("lists users, and tells who is on the phone", async () => {
    const token = await tokenOf();
    const { json } = await send("GET", "/users?filter=extension_number eq '1001'", undefined, token);
    const [user] = json.items as Json[];
    expect(user).toMatchObject({ extension_number: "1001", enabled: true, role: "StandardUser" });
    const path = `/users/${String(user?.id)}`;
    expect((await send("GET", path, undefined, token)).json).toEqual(user);
    expect((await send("GET", `${path}/status`, undefined, token)).json.status).toBe("ONLINE");
    server.answers("1001", "answers");
    await send("POST", "/sessions", CALL, token);
    expect((await send("GET", `${path}/status`, undefined, token)).json.status).toBe("ON_CALL");
    expect((await send("GET", "/tenant/status", undefined, token)).json.current_calls).toBe(1);
    expect((await send("GET", "/users/99", undefined, token)).status).toBe(404);
  });

  test("tells where events are posted to, and never the secrets", async () => {
    const token = await tokenOf();
    const off = { enabled: false, auth: "DISABLE", username: "", url: "" };
    expect((await send("GET", "/tenant", undefined, token)).json).toMatchObject({
      cdr_event: off,
      extension_event: off,
    });
    const cdr_event = { enabled: true, auth: "BEARER", token: "secret", url: "http://127.0.0.1:9/hook" };
    expect((await send("POST", "/tenant", { cdr_event }, token)).status).toBe(200);
    const { json } = await send("GET", "/tenant", undefined, token);
    expect(json).toMatchObject({
      cdr_event: { enabled: true, auth: "BEARER", url: "http://127.0.0.1:9/hook" },
      extension_event: off,
    });
    expect(JSON.stringify(json)).not.toContain("secret");
  });

  test.each([
    { enabled: true },
    { enabled: true, url: "" },
    { enabled: true, url: "x".repeat(129) },
    { auth: "TOKEN" },
    { username: "short" },
    { username: "Capitals" },
    { password: "with space" },
  ])("refuses %j as an address of events", async (cdr_event) => {
    const { status, json } = await send("POST", "/tenant", { cdr_event }, await tokenOf());
    expect([status, json]).toMatchObject([400, { errors: [{ code: "VALIDATE_FAILED" }] }]);
  });
});
