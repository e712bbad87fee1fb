/** Logins that expire, are refused, or may do only part of it: once renewed, clearly told, and never the client's 401. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SANDBOX_PROVIDERS, type SandboxProviderName } from "../../src/sandbox/conversation.js";
import { MANAGER_LOGIN, PHONE_USER_LOGIN, type Login } from "../../src/sandbox/evo/evo-directory.js";
import type { EvoSandboxServer } from "../../src/sandbox/evo/evo-server.js";
import { PLIVO_SUBACCOUNT } from "../../src/sandbox/plivo/plivo-accounts.js";
import type { PortsipSandboxServer } from "../../src/sandbox/portsip/portsip-server.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import type { SpekoSandboxServer } from "../../src/sandbox/speko/speko-server.js";
import { ask, createPushedClock } from "../support/ask.js";
import { startTestGateway, startTestWorld, type TestGateway, type TestWorld } from "../support/gateway.js";
import { createPool, forgetRequests, mutate } from "../support/mutation-cases.js";

interface Connection {
  name: string;
  health: string;
  lastError: { code: string; message: string } | null;
}

const READ =
  "query ($id: ID!) { session(id: $id, maxAge: 0) { id state freshness { stale error { code } } } }";
const MINUTES = 60_000;

/** Each session read anew, all at once; HTTP statuses and errors of the answers. */
async function readAll(gateway: TestGateway, ids: readonly string[]): Promise<void> {
  const answers = await Promise.all(ids.map((id) => gateway.query<{ session: object }>(READ, { id })));
  for (const [index, { status, data, errors }] of answers.entries()) {
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data?.session).toMatchObject({ id: ids[index], freshness: { stale: false, error: null } });
  }
}

async function idsOf(gateway: TestGateway, connection: string, count: number): Promise<string[]> {
  const { sessions } = await ask<{ sessions: { nodes: { id: string }[] } }>(
    gateway,
    "query ($names: [String!]) { sessions(first: 100, filter: { connections: $names }) { nodes { id } } }",
    { names: [connection] },
  );
  expect(sessions.nodes.length).toBeGreaterThanOrEqual(count);
  return sessions.nodes.slice(0, count).map(({ id }) => id);
}

async function connectionOf(gateway: TestGateway, name: string): Promise<Connection | undefined> {
  const query = "{ connections { name health lastError { code message } } }";
  const { connections } = await ask<{ connections: Connection[] }>(gateway, query);
  return connections.find((connection) => connection.name === name);
}

/** Resolves when every connection has its history, or has been refused. */
async function untilSettled({ running }: TestGateway): Promise<void> {
  const pending = () =>
    running.sync.directory.all.some(
      ({ coveredSince, progress, lastError }) =>
        lastError === null && (coveredSince === null || progress !== null),
    );
  while (pending()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("PortSIP's tokens", () => {
  const clock = createPushedClock();
  let world: TestWorld;
  let pbx: PortsipSandboxServer;
  let ids: string[];

  beforeAll(async () => {
    world = await startTestWorld({
      now: clock.now,
      sandbox: { providers: ["portsip"], days: 4, now: clock.now },
    });
    pbx = world.sandbox.servers.portsip as PortsipSandboxServer;
    ids = await idsOf(world.gateway, "portsip", 20);
  }, 60_000);
  beforeEach(() => forgetRequests(world.sandbox));
  afterEach(() => pbx.setFaults({}));
  afterAll(() => world[Symbol.asyncDispose]());

  const asked = (path: string) => pbx.requests.filter(({ url }) => url.split("?")[0] === `/api${path}`);

  it.each(["first", "second"])(
    "that have run out are refreshed once for twenty queries at once, the %s time with a token of its own",
    async () => {
      clock.push(90 * MINUTES);
      await readAll(world.gateway, ids);
      // A refresh token works once: the second round would log in if the new one had not been kept.
      expect(asked("/auth/refresh_token").map(({ status }) => status)).toEqual([200]);
      expect(asked("/auth/sign_in")).toEqual([]);
      expect(pbx.requests.filter(({ status }) => status === 401)).toEqual([]);
    },
    30_000,
  );

  it("that the PBX has dropped are replaced, and the query is asked once more", async () => {
    pbx.expireTokens();
    await readAll(world.gateway, ids.slice(0, 1));
    const [first, renewal, again] = pbx.requests;
    expect(first).toMatchObject({ method: "GET", status: 401 });
    expect(renewal).toMatchObject({ url: "/api/auth/refresh_token", status: 200 });
    expect({ url: again?.url, isRefused: again?.status === 401 }).toEqual({
      url: first?.url,
      isRefused: false,
    });
    expect(pbx.requests.filter(({ status }) => status === 401)).toHaveLength(1);
    expect(await connectionOf(world.gateway, "portsip")).toMatchObject({ health: "UP", lastError: null });
  });

  it("that the PBX has dropped are replaced once for twenty queries at once", async () => {
    pbx.expireTokens();
    await readAll(world.gateway, ids);
    expect(asked("/auth/refresh_token").map(({ status }) => status)).toEqual([200]);
    expect(asked("/auth/sign_in")).toEqual([]);
  });

  it("that cannot be refreshed any more cost one login", async () => {
    pbx.expireTokens();
    pbx.setFaults({ always: { status: 400 }, path: "/auth/refresh_token" });
    await readAll(world.gateway, ids);
    expect(asked("/auth/refresh_token")).toHaveLength(1);
    expect(asked("/auth/sign_in").map(({ status }) => status)).toEqual([200]);
  });

  it("that are dead when a command needs one: it is sent once more, and done once", async () => {
    pbx.setPace(0);
    for (const number of ["1001", "1002"]) pbx.answers(number, "answers");
    const create = (input: object) =>
      mutate(world.gateway, "createPortsipSession", "CreatePortsipSessionInput", "session", input);
    pbx.expireTokens();
    const created = await create({ caller: "1001", callee: "1002" });
    expect(created).toMatchObject({ command: { outcome: "SUCCEEDED", error: null }, userErrors: [] });
    const calls = pbx.requests.filter(({ method, url }) => method === "POST" && url === "/api/sessions");
    expect(calls.map(({ status }) => status)).toEqual([401, 201]);

    const sessionId = created.session?.id;
    clock.push(2_000);
    await readAll(world.gateway, [sessionId ?? ""]);
    clock.push(2_000);
    await readAll(world.gateway, [sessionId ?? ""]);
    forgetRequests(world.sandbox);
    pbx.expireTokens();
    const held = await mutate(world.gateway, "holdSession", "HoldSessionInput", "session", {
      sessionId,
      extensionNumber: "1002",
    });
    expect(held).toMatchObject({ command: { outcome: "SUCCEEDED" }, session: { state: "ON_HOLD" } });
    const holds = pbx.requests.filter(({ url }) => url.endsWith("/hold"));
    expect(holds.map(({ status }) => status)).toEqual([401, 200]);
    expect(pbx.sip.filter(({ sdp }) => sdp === "sendonly")).toHaveLength(1);
  });

  it("of an account with a second factor are none: the operator is told so", async () => {
    const environment = { ...world.sandbox.environment, PORTSIP_USERNAME: "careful" };
    await using gateway = await startTestGateway({ environment });
    await untilSettled(gateway);
    const connection = await connectionOf(gateway, "portsip");
    expect(connection?.lastError).toMatchObject({ code: "PROVIDER_AUTH_FAILED" });
    expect(connection?.lastError?.message).toMatch(/second factor.*without two-factor/);
    expect(pbx.mailedCode).toBeNull();
  }, 30_000);
});

const WRONG: Readonly<Record<SandboxProviderName, { environment: Record<string, string>; tells: RegExp }>> = {
  plivo: { environment: { PLIVO_AUTH_TOKEN: "wrong-secret" }, tells: /Auth ID and Auth Token/ },
  evo: { environment: { EVO_VOICE_PASSWORD: "wrong-secret" }, tells: /check the user name and password/ },
  speko: { environment: { SPEKO_API_KEY: "wrong-secret" }, tells: /API key.*wrong, revoked/ },
  portsip: { environment: { PORTSIP_PASSWORD: "wrong-secret" }, tells: /user name, password or domain/ },
};
const CREATIONS: readonly [SandboxProviderName, mutation: string, input: object][] = [
  ["plivo", "createPlivoSession", { firstParty: "+12025550134", secondParty: "+12025550189" }],
  ["evo", "createEvoVoiceSession", { channel: "Voice", destination: "+12025550189" }],
  ["portsip", "createPortsipSession", { caller: "1001", callee: "1002" }],
];

describe.each(SANDBOX_PROVIDERS)("wrong credentials for %s", (name) => {
  let sandbox: Sandbox;
  let gateway: TestGateway;
  const { environment, tells } = WRONG[name];

  beforeAll(async () => {
    sandbox = await startSandbox({ traffic: null, days: 2 });
    gateway = await startTestGateway({ environment: { ...sandbox.environment, ...environment } });
    await untilSettled(gateway);
  }, 60_000);
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await sandbox.close();
  });

  it("are told to the operator, with what to fix", async () => {
    const connection = await connectionOf(gateway, name);
    expect(connection?.health).not.toBe("UP");
    expect(connection?.lastError?.code).toBe("PROVIDER_AUTH_FAILED");
    expect(connection?.lastError?.message).toMatch(tells);
    expect(connection?.lastError?.message).not.toContain("wrong-secret");
  });

  it("leave the list of the other three as it is, and sources say why the fourth is missing", async () => {
    const { status, data, errors } = await gateway.query<{
      sessions: {
        nodes: { connection: { name: string } }[];
        sources: { ok: boolean; error: Connection["lastError"]; connection: { name: string } }[];
      };
    }>(
      "{ sessions(first: 100) { nodes { connection { name } } sources { ok error { code message } connection { name } } } }",
    );
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    const served = new Set(data?.sessions.nodes.map(({ connection }) => connection.name));
    const others = SANDBOX_PROVIDERS.filter((other) => other !== name);
    expect([...served].sort()).toEqual([...others].sort());
    for (const { ok, error, connection } of data?.sessions.sources ?? []) {
      if (connection.name !== name) expect({ ok, error }).toEqual({ ok: true, error: null });
      else {
        expect({ ok, code: error?.code }).toEqual({ ok: false, code: "PROVIDER_AUTH_FAILED" });
        expect(error?.message).toMatch(tells);
      }
    }
  });

  it.each(CREATIONS.filter(([provider]) => provider === name))(
    "refuse a command of %s, which is FAILED and no 401 of ours",
    async (_provider, mutation, input) => {
      const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
      const { status, data, errors } = await gateway.query(
        `mutation ($input: ${type}!) { answer: ${mutation}(input: $input) { command { outcome error { code } } session { id } userErrors { code message } } }`,
        { input },
      );
      expect({ status, errors }).toEqual({ status: 200, errors: [] });
      expect(data?.["answer"]).toMatchObject({
        command: { outcome: "FAILED", error: { code: "PROVIDER_AUTH_FAILED" } },
        session: null,
        userErrors: [{ code: "PROVIDER_AUTH_FAILED" }],
      });
    },
  );
});

describe("Evo Voice's logins", () => {
  it("that run out in the middle of many reads are renewed once, and no read notices", async () => {
    await using world = await startTestWorld({ sandbox: { providers: ["evo"], days: 4 } });
    const { gateway, sandbox } = world;
    const evo = sandbox.servers.evo as EvoSandboxServer;
    const ids = await idsOf(gateway, "evo", 20);
    forgetRequests(sandbox);
    const early = ids.slice(0, 10).map((id) => readAll(gateway, [id]));
    // Some of them are answered by now, some are still to be asked.
    await Promise.race(early);
    evo.expireLogins();
    await Promise.all([...early, readAll(gateway, ids.slice(10))]);
    expect(evo.requests.filter(({ status }) => status === 401).length).toBeGreaterThan(0);
    const logins = evo.requests.filter(({ method, url }) => method === "POST" && url === "/auth/credentials");
    expect(logins.map(({ status }) => status)).toEqual([200]);
    expect(await connectionOf(gateway, "evo")).toMatchObject({ health: "UP", lastError: null });
  }, 60_000);

  const startAs = async ({ userName, password }: Login) => {
    const environment = { EVO_VOICE_USERNAME: userName, EVO_VOICE_PASSWORD: password };
    return startTestWorld({ environment, sandbox: { providers: ["evo"], days: 4 } });
  };

  it("that may not read files leave recordings empty, say so in freshness, and the connection UP", async () => {
    await using world = await startAs(PHONE_USER_LOGIN);
    const [id = ""] = await idsOf(world.gateway, "evo", 1);
    const { status, data, errors } = await world.gateway.query<{ session: Record<string, unknown> }>(
      "query ($id: ID!) { session(id: $id) { state recordings { url } freshness { error { code message } } } }",
      { id },
    );
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data?.session).toMatchObject({
      state: expect.any(String) as string,
      recordings: [],
      freshness: { error: { code: "PROVIDER_AUTH_FAILED" } },
    });
    expect(JSON.stringify(data)).toMatch(/lacks the role/);
    const list = await world.gateway.query<{ sessions: { nodes: object[] } }>(
      "{ sessions(first: 5) { nodes { recordings { id } freshness { error { code } } } } }",
    );
    expect(list.errors).toEqual([]);
    expect(list.data?.sessions.nodes.length).toBeGreaterThan(0);
    for (const node of list.data?.sessions.nodes ?? [])
      expect(node).toEqual({ recordings: [], freshness: { error: { code: "PROVIDER_AUTH_FAILED" } } });
    expect(await connectionOf(world.gateway, "evo")).toMatchObject({ health: "UP", lastError: null });
  }, 60_000);

  it("that may not touch a call are refused by the provider, in a user error, and the connection stays UP", async () => {
    await using world = await startAs(MANAGER_LOGIN);
    const pool = createPool(world.gateway);
    const { id: sessionId } = await pool.take("evo", ({ phase }) => phase === "LIVE");
    const held = await mutate(world.gateway, "holdSession", "HoldSessionInput", "session", { sessionId });
    expect(held).toMatchObject({
      command: { outcome: "FAILED", error: { code: "PROVIDER_AUTH_FAILED" } },
    });
    expect(held.userErrors.map(({ code }) => code)).toContain("PROVIDER_AUTH_FAILED");
    expect(held.userErrors[0]?.message).toMatch(/needs the role User/);
    expect(await connectionOf(world.gateway, "evo")).toMatchObject({ health: "UP", lastError: null });
  }, 60_000);
});

describe("Speko's credit", () => {
  it("that is used up refuses what costs money: the command says what to do", async () => {
    await using world = await startTestWorld({ sandbox: { providers: ["speko"], days: 2 } });
    const speko = world.sandbox.servers.speko as SpekoSandboxServer;
    const { id: sessionId } = await createPool(world.gateway).take(
      "speko",
      ({ state, transfers }) => state === "IN_PROGRESS" && transfers.length === 0,
    );
    speko.setCredit(false);
    const input = { sessionId, kind: "WARM", to: "+14155550190" };
    const send = () => mutate(world.gateway, "transferSession", "TransferSessionInput", "transfer", input);
    const refused = await send();
    expect(refused).toMatchObject({
      command: { outcome: "FAILED", error: { code: "PROVIDER_AUTH_FAILED" } },
      userErrors: [{ code: "PROVIDER_AUTH_FAILED" }],
      transfer: null,
    });
    expect(refused.command?.error?.message).toMatch(/prepaid credit is used up/);
    speko.setCredit(true);
    expect(await send()).toMatchObject({ command: { outcome: "SUCCEEDED" }, userErrors: [] });
  }, 60_000);

  it("that reads are refused for as well is what the connection shows", async () => {
    await using world = await startTestWorld({ sandbox: { providers: ["speko"], days: 2 } });
    const [id = ""] = await idsOf(world.gateway, "speko", 1);
    world.sandbox.servers.speko.setFaults({ always: { status: 402 } });
    const { status, data, errors } = await world.gateway.query<{ session: object }>(READ, { id });
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data?.session).toMatchObject({
      freshness: { stale: true, error: { code: "PROVIDER_AUTH_FAILED" } },
    });
    const connection = await connectionOf(world.gateway, "speko");
    expect(connection?.lastError?.code).toBe("PROVIDER_AUTH_FAILED");
    expect(connection?.lastError?.message).toMatch(/prepaid credit is used up/);
  }, 60_000);
});

describe("a subaccount of Plivo's", () => {
  it("set with PLIVO_SUBACCOUNT: only its sessions are listed, and new ones are its own", async () => {
    const environment = { PLIVO_SUBACCOUNT: PLIVO_SUBACCOUNT.authId };
    await using world = await startTestWorld({ environment, sandbox: { providers: ["plivo"], days: 30 } });
    const { gateway, sandbox } = world;
    const { plivo } = sandbox.servers;
    const rows = plivo.records()["session"] ?? [];
    const own = rows.filter((row) => row["subaccount"] === PLIVO_SUBACCOUNT.authId);
    expect(own.length).toBeGreaterThan(0);
    expect(own.length).toBeLessThan(rows.length);
    const list = async () => {
      const query =
        "{ sessions(first: 100, maxAge: 0) { totalCount nodes { providerId ... on PlivoSession { subaccount } } } }";
      return (
        await ask<{ sessions: { totalCount: number; nodes: { providerId: string; subaccount: string }[] } }>(
          gateway,
          query,
        )
      ).sessions;
    };
    const before = await list();
    expect(before.totalCount).toBe(own.length);
    expect(new Set(before.nodes.map(({ subaccount }) => subaccount))).toEqual(
      new Set([PLIVO_SUBACCOUNT.authId]),
    );
    const created = await mutate(gateway, "createPlivoSession", "CreatePlivoSessionInput", "session", {
      firstParty: "+12025550134",
      secondParty: "+12025550189",
    });
    expect(created).toMatchObject({ command: { outcome: "SUCCEEDED" }, userErrors: [] });
    expect(
      plivo
        .records()
        ["session"]?.filter((row) => !rows.some((old) => old["session_uuid"] === row["session_uuid"])),
    ).toMatchObject([{ subaccount: PLIVO_SUBACCOUNT.authId }]);
    expect((await list()).totalCount).toBe(own.length + 1);
  }, 60_000);
});
