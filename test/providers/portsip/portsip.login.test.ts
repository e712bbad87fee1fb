/** The three generations of PortSIP's login and the life of a token (PortSIP reference §2). */
import { describe, expect, test } from "vitest";
import { sendJson } from "../../support/scripted-server.js";
import { collect, listOf, NOW, PASSWORD, startPbx, tokens, type Pbx, type Route } from "./pbx.js";

const lists: Route = (_, response) => (sendJson(response, listOf([])), true);
const read = (pbx: Pbx) => collect(pbx.connection.listLive());

describe("signing in", () => {
  test("is asked of the newest endpoint, with user, password and domain", async () => {
    await using pbx = await startPbx(lists);
    await read(pbx);
    expect(pbx.logins()).toHaveLength(1);
    const [login] = pbx.logins();
    expect(login).toMatchObject({ method: "POST", url: "/api/auth/sign_in" });
    expect(login?.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(login?.body ?? "")).toEqual({
      username: "gateway",
      password: PASSWORD,
      domain: "example.test",
    });
  });

  test("of a system administrator names no domain", async () => {
    await using pbx = await startPbx(lists, { config: { domain: undefined } });
    await read(pbx);
    expect(JSON.parse(pbx.logins()[0]?.body ?? "")).toEqual({ username: "gateway", password: PASSWORD });
  });

  test("happens once, however many ask at the same time", async () => {
    await using pbx = await startPbx(lists);
    await Promise.all(Array.from({ length: 10 }, () => read(pbx)));
    expect(pbx.logins()).toHaveLength(1);
  });

  test("falls back to the OAuth endpoint, and refreshes there", async () => {
    let given = 0;
    await using pbx = await startPbx(lists, {
      checksTokens: false,
      login: ({ path }, response) => {
        given += 1;
        if (path === "/api/login/oauth/token") sendJson(response, { ...tokens(given), expires_in: 100 });
        else response.writeHead(404).end();
        return true;
      },
    });
    await read(pbx);
    pbx.setNow(NOW + 99_000);
    await read(pbx);
    const forms = pbx
      .logins()
      .filter(({ path }) => path === "/api/login/oauth/token")
      .map(({ headers, body }) => [headers["content-type"], Object.fromEntries(new URLSearchParams(body))]);
    const type = "application/x-www-form-urlencoded";
    const client_id = "9d806019-75b2-4b3d-bb8b-f5a3a412cc0a";
    const credentials = { username: "gateway", password: PASSWORD, domain: "example.test", scope: "all" };
    expect(forms).toEqual([
      [type, { grant_type: "password", ...credentials, client_id }],
      [type, { grant_type: "refresh_token", refresh_token: "refresh-2", client_id }],
    ]);
  });

  test("falls back to the oldest endpoint, which leaves a cookie and tells the token afterwards", async () => {
    await using pbx = await startPbx(lists, {
      checksTokens: false,
      login: ({ path, method, headers }, response) => {
        if (path !== "/api/login") response.writeHead(404).end();
        else if (method === "POST")
          response.writeHead(200, { "set-cookie": "sid=abc; Path=/; HttpOnly" }).end();
        else if (headers.cookie !== "sid=abc") response.writeHead(401).end();
        else
          sendJson(response, {
            access_token: "old",
            expires_at: "2026-03-01T12:30:00Z",
            expires_in: 1800,
            role: "Admin",
          });
        return true;
      },
    });
    await read(pbx);
    expect(pbx.asked()[0]?.headers.authorization).toBe("Bearer old");
    // It has no refresh: a new login takes its place.
    pbx.setNow(NOW + 1800_000);
    await read(pbx);
    expect(
      pbx.logins().filter(({ method, path }) => method === "POST" && path === "/api/login"),
    ).toHaveLength(2);
  });

  test("without any endpoint says that the base URL is wrong", async () => {
    await using pbx = await startPbx(lists, {
      login: (_, response) => (response.writeHead(404).end(), true),
    });
    await expect(read(pbx)).rejects.toMatchObject({
      code: "PROVIDER_BAD_RESPONSE",
      message: expect.stringContaining("base URL"),
    });
    expect(pbx.logins().map(({ path }) => path)).toEqual([
      "/api/auth/sign_in",
      "/api/login/oauth/token",
      "/api/login",
    ]);
  });

  test.each([400, 401])("with a wrong password (%i) is not tried again at once", async (status) => {
    await using pbx = await startPbx(lists, {
      login: (_, response) => {
        sendJson(response, { errors: [{ code: "UNAUTHORIZED", message: PASSWORD }] }, status);
        return true;
      },
    });
    const failure = { code: "PROVIDER_AUTH_FAILED", message: expect.not.stringContaining(PASSWORD) };
    await expect(read(pbx)).rejects.toMatchObject(failure);
    await expect(read(pbx)).rejects.toMatchObject(failure);
    expect(pbx.logins()).toHaveLength(1);
    pbx.setNow(NOW + 60_000);
    await expect(read(pbx)).rejects.toMatchObject(failure);
    expect(pbx.logins()).toHaveLength(2);
    expect(JSON.stringify(pbx.lines)).not.toContain(PASSWORD);
  });

  test("that asks for a second factor says which account to configure (Q20)", async () => {
    await using pbx = await startPbx(lists, {
      login: (_, response) => (sendJson(response, { two_factor_enabled: true, token: "flow-1" }), true),
    });
    await expect(read(pbx)).rejects.toMatchObject({
      code: "PROVIDER_AUTH_FAILED",
      message: expect.stringMatching(/second factor.*service account/),
    });
    expect(JSON.stringify(pbx.lines)).not.toContain("flow-1");
  });

  test.each([
    ["no token", {}],
    ["a token that is no text", { access_token: { a: 1 } }],
    ["a list", []],
  ])("that answers %s is a bad answer", async (_, body) => {
    await using pbx = await startPbx(lists, { login: (__, response) => (sendJson(response, body), true) });
    await expect(read(pbx)).rejects.toMatchObject({ code: "PROVIDER_BAD_RESPONSE" });
  });
});

describe("a token", () => {
  test("is used until shortly before it expires, then refreshed with the newest refresh token", async () => {
    await using pbx = await startPbx(lists);
    await read(pbx);
    pbx.setNow(NOW + 1700_000);
    await read(pbx);
    expect(pbx.logins()).toHaveLength(1);
    for (const seconds of [1790, 3580]) {
      pbx.setNow(NOW + seconds * 1000);
      await Promise.all([read(pbx), read(pbx), read(pbx)]);
    }
    const refreshes = pbx.logins().slice(1);
    expect(refreshes.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      ["/api/auth/refresh_token", { refresh_token: "refresh-1" }],
      ["/api/auth/refresh_token", { refresh_token: "refresh-2" }],
    ]);
    expect(pbx.asked().at(-1)?.headers.authorization).toBe("Bearer token-3");
  });

  test("without a time of its own lasts until it is refused", async () => {
    await using pbx = await startPbx(lists, {
      checksTokens: false,
      login: (_, response) => (sendJson(response, { access_token: "t" }), true),
    });
    await read(pbx);
    pbx.setNow(NOW + 24 * 3600_000);
    await read(pbx);
    expect(pbx.logins()).toHaveLength(1);
  });

  test("that is refused is refreshed once for everybody, and the reads go on", async () => {
    await using pbx = await startPbx(lists);
    await read(pbx);
    pbx.killTokens();
    await Promise.all(Array.from({ length: 5 }, () => read(pbx)));
    expect(pbx.logins().map(({ path }) => path)).toEqual(["/api/auth/sign_in", "/api/auth/refresh_token"]);
  });

  test.each([400, 401, 404])("whose refresh is answered %i gives way to a new login", async (status) => {
    await using pbx = await startPbx(lists, {
      login: ({ path }, response) => {
        if (path !== "/api/auth/refresh_token") return false;
        response.writeHead(status).end();
        return true;
      },
    });
    await read(pbx);
    pbx.killTokens();
    await read(pbx);
    expect(pbx.logins().map(({ path }) => path)).toEqual([
      "/api/auth/sign_in",
      "/api/auth/refresh_token",
      "/api/auth/sign_in",
    ]);
  });

  test("whose refresh gives a dead one gives way to a new login, and then the read fails", async () => {
    await using pbx = await startPbx((_, response) => (response.writeHead(401).end(), true));
    await expect(read(pbx)).rejects.toMatchObject({ code: "PROVIDER_AUTH_FAILED", status: 401 });
    expect(pbx.logins().map(({ path }) => path)).toEqual([
      "/api/auth/sign_in",
      "/api/auth/refresh_token",
      "/api/auth/sign_in",
    ]);
    expect(pbx.asked()).toHaveLength(3);
  });

  test("that a refresh gets late is not asked for twice: its refresh token is spent", async () => {
    await using pbx = await startPbx(lists, {
      login: ({ path }, response) => {
        if (path !== "/api/auth/refresh_token") return false;
        response.writeHead(503).end();
        return true;
      },
    });
    await read(pbx);
    pbx.setNow(NOW + 1800_000);
    await expect(read(pbx)).rejects.toMatchObject({ code: "PROVIDER_UNAVAILABLE" });
    expect(pbx.logins()).toHaveLength(2);
  });

  test("never stands in the log", async () => {
    await using pbx = await startPbx((_, response) => (response.writeHead(500).end(), true));
    await read(pbx).catch(() => undefined);
    const text = JSON.stringify(pbx.lines);
    for (const secret of [PASSWORD, "token-1", "refresh-1"]) expect(text).not.toContain(secret);
  });
});
