/** Accounts and subaccounts (Plivo reference §1): configuration, whose sessions are listed, what an inspection tells. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/model/index.js";
import { plivoModule } from "../../../src/providers/plivo/plivo.module.js";
import type { ConfigValues } from "../../../src/providers/provider.js";
import { sendJson, startScriptedServer, statuses, type Script } from "../../support/scripted-server.js";
import { quietSession } from "./bodies.js";
import { AUTH_ID, connectPlivo, NOW, SUBACCOUNT } from "./connect-plivo.js";

const listOf =
  (...rows: JsonObject[]): Script =>
  (_, response) =>
    sendJson(response, { response: { meta: { total_count: rows.length }, objects: rows } });

describe("configuration", () => {
  const problemsOf = (config: ConfigValues) => plivoModule.checkConfig?.(config) ?? [];

  test.each([
    { authId: AUTH_ID },
    { authId: SUBACCOUNT },
    { authId: "MA-SANDBOX" },
    { authId: AUTH_ID, subaccount: SUBACCOUNT },
    { authId: SUBACCOUNT, subaccount: SUBACCOUNT },
  ])("%j is possible", (config) => {
    expect(problemsOf(config)).toEqual([]);
  });

  test.each([
    ["authId", { authId: "MA/Session" }],
    ["authId", { authId: "MAXXXX XXXX" }],
    ["subaccount", { authId: AUTH_ID, subaccount: AUTH_ID }],
    ["subaccount", { authId: AUTH_ID, subaccount: "SAXXX" }],
    ["subaccount", { authId: "SAYYYYYYYYYYYYYYYYYY", subaccount: SUBACCOUNT }],
  ])("%s: %j is not, and is not repeated", (key, config) => {
    const problems = problemsOf(config);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(`${key}: `)).toBe(true);
    expect(problems[0]).not.toContain(Object.values(config).at(-1));
  });
});

describe("lists", () => {
  test.each([
    ["of the configured subaccount", { subaccount: SUBACCOUNT }, SUBACCOUNT],
    ["of everything without one", {}, null],
  ])("are %s", async (_, config, expected) => {
    await using server = await startScriptedServer(listOf());
    await using connected = connectPlivo(server.url, config);
    for await (const __ of connected.plivo.listSessions({ since: NOW - 1_000, until: NOW }));
    for await (const __ of connected.plivo.listLive());
    expect(server.requests.map(({ query }) => query.get("subaccount"))).toEqual([expected, expected]);
  });

  test("with a subaccount's own credentials have its id in the path", async () => {
    await using server = await startScriptedServer(listOf());
    await using connected = connectPlivo(server.url, { authId: SUBACCOUNT });
    for await (const __ of connected.plivo.listLive());
    expect(server.requests.map(({ path }) => path)).toEqual([`/v1/Account/${SUBACCOUNT}/Masking/Session/`]);
  });

  test("of a window with parts of seconds leave nothing out at either end", async () => {
    await using server = await startScriptedServer(listOf());
    await using connected = connectPlivo(server.url);
    for await (const __ of connected.plivo.listSessions({ since: NOW - 900, until: NOW + 100 }));
    const [seen] = server.requests;
    expect(seen?.query.get("created_time__gte")).toBe("2026-01-05 09:09:59");
    expect(seen?.query.get("created_time__lt")).toBe("2026-01-05 09:10:01");
  });
});

describe("inspection", () => {
  const inspect = async (script: Script, config: ConfigValues = {}) => {
    await using server = await startScriptedServer(script);
    await using connected = connectPlivo(server.url, config);
    const rows = await connected.plivo.inspect();
    expect(server.requests.every(({ method }) => method === "GET")).toBe(true);
    return rows.map(({ what, ok, message }) => [what, ok, message] as const);
  };

  test("tells that masking works, and that creating cannot be told", async () => {
    expect(await inspect(listOf(quietSession()))).toMatchObject([
      ["list sessions", true, expect.any(String)],
      ["create sessions", null, expect.any(String)],
    ]);
  });

  test("knows a subaccount by its sessions, and cannot tell without", async () => {
    const config = { subaccount: SUBACCOUNT };
    expect((await inspect(listOf(quietSession()), config))[1]).toMatchObject([
      "subaccount",
      true,
      expect.any(String),
    ]);
    const [, row] = await inspect(listOf(), config);
    expect(row).toMatchObject(["subaccount", null, expect.stringContaining("PLIVO_SUBACCOUNT")]);
  });

  test.each([
    [403, {}, /number masking/],
    [401, {}, /Auth Token/],
    [404, {}, /Auth ID/],
    [400, { subaccount: SUBACCOUNT }, /subaccount/],
  ])("explains %i", async (status, config, message) => {
    expect(await inspect(statuses(status), config)).toEqual([
      ["list sessions", false, expect.stringMatching(message)],
    ]);
  });

  test("of what is no list is a failure", async () => {
    const [row] = await inspect((_, response) => sendJson(response, { hello: "there" }));
    expect(row).toMatchObject(["list sessions", false, expect.any(String)]);
  });

  test("ends with the reason of who gave up", async () => {
    const caller = new AbortController();
    await using server = await startScriptedServer(() => caller.abort(new Error("gone")));
    await using connected = connectPlivo(server.url);
    await expect(connected.plivo.inspect({ signal: caller.signal })).rejects.toThrow("gone");
  });
});
