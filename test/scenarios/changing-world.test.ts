/**
 * A world that goes on changing behind a bad line, and users who ask all the while. When the line is good again, cache
 * and world agree exactly. `SWITCHBOARD_SEEDS=100` runs so many seeds on each database, `SWITCHBOARD_SEED=7` that one.
 */
import { describe, expect, it } from "vitest";
import { SANDBOX_PROVIDERS, type SandboxProviderName } from "../../src/sandbox/conversation.js";
import { createRandom, type Random } from "../../src/sandbox/kit/random.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { SCENARIOS } from "../../src/sandbox/scenarios/catalogue.js";
import { createStepClock } from "../../src/sandbox/step-clock.js";
import { createWorld } from "../../src/sandbox/world/world.js";
import { DATABASES } from "../support/databases.js";
import { startTestGateway, type Answer, type TestGateway } from "../support/gateway.js";
import { startManglingProxy } from "../support/mangling-proxy.js";
import { idsByConnection, plainId, trueIds } from "../support/truth.js";

const MINUTE_MS = 60_000;
const STEPS = 30;
const BASE_URLS: Record<SandboxProviderName, string> = {
  plivo: "PLIVO_BASE_URL",
  evo: "EVO_VOICE_BASE_URL",
  speko: "SPEKO_BASE_URL",
  portsip: "PORTSIP_BASE_URL",
};

interface Node {
  id: string;
  providerId: string;
  phase: string;
  raw: Record<string, unknown>;
  connection: { name: SandboxProviderName };
}
interface Page {
  sessions: { nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
}
const PAGE = `query ($after: String, $since: DateTime) {
  sessions(first: 100, after: $after, filter: { startedAfter: $since }) {
    nodes { id providerId phase raw connection { name } }
    pageInfo { hasNextPage endCursor }
  }
}`;

async function walk(gateway: TestGateway): Promise<Node[]> {
  const since = new Date(Date.now() - 30 * 24 * 60 * MINUTE_MS).toISOString();
  const nodes: Node[] = [];
  for (let after: string | null = null; ;) {
    const { data, errors }: Answer<Page> = await gateway.query<Page>(PAGE, { after, since });
    if (errors.length > 0 || data === null) throw new Error(JSON.stringify(errors));
    nodes.push(...data.sessions.nodes);
    if (!data.sessions.pageInfo.hasNextPage) return nodes;
    after = data.sessions.pageInfo.endCursor;
  }
}

/** What each session looks like to its provider now, by connection and id, in one form for world and graph. */
function trueStates(sandbox: Sandbox): Map<string, unknown> {
  const states = new Map<string, unknown>();
  const note = (connection: SandboxProviderName, id: unknown, state: unknown) =>
    states.set(`${connection} ${plainId(String(id))}`, state);
  const { plivo, evo, speko, portsip } = sandbox.servers;
  for (const row of plivo.records()["session"] ?? []) note("plivo", row["session_uuid"], inBoth(row));
  for (const row of evo.records()["session"] ?? []) note("evo", row["id"], inBoth(row));
  for (const row of speko.records()["call"] ?? []) note("speko", row["id"], inBoth(row));
  const logs = Map.groupBy(portsip.records()["callLog"] ?? [], (row) => row["session_id"]);
  for (const [id, rows] of logs) note("portsip", id, byId(rows));
  for (const row of portsip.records()["session"] ?? []) note("portsip", row["id"], "LIVE");
  return states;
}

function cachedStates(nodes: readonly Node[]): Map<string, unknown> {
  return new Map(
    nodes.map(({ connection: { name }, providerId, phase, raw }) => {
      const steps = Array.isArray(raw["items"]) ? (raw["items"] as Record<string, unknown>[]) : [raw];
      const state = name !== "portsip" ? inBoth(raw) : phase === "LIVE" ? "LIVE" : byId(steps);
      return [`${name} ${plainId(providerId)}`, state];
    }),
  );
}

/** Without what a provider tells in lists only, or by id only. */
function inBoth(row: Record<string, unknown>): Record<string, unknown> {
  const { resource_uri: _, api_id: __, ...rest } = row;
  return rest;
}

const byId = (rows: readonly Record<string, unknown>[]) =>
  rows.toSorted((a, b) => String(a["id"]).localeCompare(String(b["id"])));

/** Differences as lines that say what, empty when both agree. */
function differences(world: ReadonlyMap<string, unknown>, cache: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...world.keys(), ...cache.keys()])].flatMap((key) => {
    const [there, here] = [world.get(key), cache.get(key)];
    if (there === undefined) return [`${key} is only in the cache`];
    if (here === undefined) return [`${key} is only in the world`];
    // Key order is the database's own business.
    const same = JSON.stringify(there, sorted) === JSON.stringify(here, sorted);
    return same ? [] : [`${key}: ${memberOf(there, here)}`];
  });
}

function memberOf(there: unknown, here: unknown): string {
  const [a, b] = [there, here] as Record<string, unknown>[];
  const names = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])];
  const name = names.find((one) => JSON.stringify(a?.[one], sorted) !== JSON.stringify(b?.[one], sorted));
  const show = (value: unknown) => (JSON.stringify(value) ?? "nothing").slice(0, 150);
  return `${name ?? "itself"} is ${show(name ? a?.[name] : a)} there and ${show(name ? b?.[name] : b)} here`;
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function live(seed: number, databaseUrl: string): Promise<void> {
  const random = createRandom(seed).fork("changing world");
  let skewMs = 0;
  const now = () => Date.now() + skewMs;
  const sandbox = await startSandbox({ traffic: null, days: 2, seed, now });
  const proxies = Object.fromEntries(
    await Promise.all(
      SANDBOX_PROVIDERS.map(async (name) => {
        const stream = random.fork(name);
        const proxy = await startManglingProxy(sandbox.servers[name].baseUrl, () => stream.next());
        return [name, proxy] as const;
      }),
    ),
  );
  const environment: Record<string, string> = {
    ...sandbox.environment,
    DATABASE_URL: databaseUrl,
    SWITCHBOARD_POLL_IDLE_MS: "100",
    SWITCHBOARD_POLL_LIVE_MS: "100",
  };
  for (const name of SANDBOX_PROVIDERS) environment[BASE_URLS[name]] = proxies[name]?.url ?? "";
  const clock = createStepClock({ now, onStep: (one, step, at) => sandbox.apply(one, step, at) });
  const world = createWorld(seed);
  const start = () => startTestGateway({ environment, now });
  let gateway = await start();
  try {
    for (let step = 0; step < STEPS; step += 1) {
      const what = random.weighted(...ACTIONS);
      if (what === "begin") {
        const scenario = random.pick(SCENARIOS);
        for (const one of scenario.write({ world, random: random.fork(`${step}`) })) {
          const begun = { ...one, startedAt: now() };
          sandbox.begin(begun);
          clock.add(begun);
        }
      } else if (what === "later") {
        skewMs += random.int(1, 40) * MINUTE_MS;
        clock.tick();
      } else if (what === "break") {
        proxies[random.pick(SANDBOX_PROVIDERS)]?.set(badness(random));
      } else if (what === "mend") {
        proxies[random.pick(SANDBOX_PROVIDERS)]?.set({});
      } else if (what === "restart") {
        await gateway[Symbol.asyncDispose]();
        gateway = await start();
      } else {
        await gateway.query(`{ sessions(first: 30, maxAge: 0) { nodes { id } sources { ok } } }`);
      }
      await new Promise((resolve) => setTimeout(resolve, random.int(0, 60)));
    }
    for (const proxy of Object.values(proxies)) proxy.set({});
    // Long enough for everything to be looked at once more.
    skewMs += 13 * 60 * MINUTE_MS;
    clock.tick();
    const look = async () => differences(trueStates(sandbox), cachedStates(await walk(gateway)));
    await expect.poll(look, { timeout: 60_000, interval: 250 }).toEqual([]);
    const nodes = await walk(gateway);
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
    expect(idsByConnection(nodes)).toEqual(trueIds(sandbox));
  } finally {
    clock.stop();
    await gateway[Symbol.asyncDispose]();
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
    await sandbox.close();
  }
}

const ACTIONS = [
  ["begin", 8],
  ["later", 6],
  ["break", 4],
  ["mend", 3],
  ["ask", 4],
  ["restart", 1],
] as const;

function badness(random: Random) {
  const some = () => (random.next() < 0.5 ? random.next() * 0.5 : 0);
  return { drop: some() / 2, cut: some() / 2, delay: some(), reorder: some(), duplicate: some() };
}

const ONE = process.env["SWITCHBOARD_SEED"];
const MANY = Number(process.env["SWITCHBOARD_SEEDS"] ?? 0);
/** Seeds are begun for so long on each database, milliseconds, unless told how many. */
const BUDGET_MS = 15_000;

describe.each(DATABASES)("on $name", (kind) => {
  it(
    "cache and world agree exactly after everything that happened",
    async () => {
      const first = ONE === undefined ? Date.now() % 1_000_000 : Number(ONE);
      const startedAt = Date.now();
      let seed = first;
      const goesOn = () =>
        MANY > 0 ? seed < first + MANY : ONE === undefined && Date.now() - startedAt < BUDGET_MS;
      do {
        console.info(`${kind.name}: seed ${seed}`);
        const { url, drop } = await kind.create();
        try {
          await live(seed, url);
        } catch (error) {
          throw new Error(`seed ${seed} (SWITCHBOARD_SEED=${seed}): ${String(error)}`, { cause: error });
        } finally {
          await drop();
        }
        seed += 1;
      } while (goesOn());
    },
    Math.max(120_000, MANY * 60_000),
  );
});
