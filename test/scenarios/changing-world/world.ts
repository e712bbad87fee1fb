/**
 * A world that goes on changing behind bad lines, and users who ask all the while. When the lines are good again, cache
 * and world agree exactly.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { SANDBOX_PROVIDERS, type SandboxProviderName } from "../../../src/sandbox/conversation.js";
import { createRandom, type Random } from "../../../src/sandbox/kit/random.js";
import type { PortsipSandboxServer } from "../../../src/sandbox/portsip/portsip-server.js";
import { startSandbox, type Sandbox } from "../../../src/sandbox/sandbox.js";
import { SCENARIOS } from "../../../src/sandbox/scenarios/catalogue.js";
import { EVO_SCENARIOS } from "../../../src/sandbox/scenarios/evo-scenarios.js";
import { createStepClock } from "../../../src/sandbox/step-clock.js";
import { createWorld } from "../../../src/sandbox/world/world.js";
import { startTestGateway, type TestGateway } from "../../support/gateway.js";
import { startManglingProxy, type ManglingProxy } from "../../support/mangling-proxy.js";
import { idsByConnection, trueIds } from "../../support/truth.js";
import { differences, keyOf, trueStates, walk, type Depth, type Node } from "./agreement.js";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const STEPS = 40;
/** Conversations of each end of the history: some about to move to Evo Voice's archive, some new. */
const HISTORY = 5;
/** How often something happens just between two pages of a list, most of all in the first ones, and how many times. */
const BETWEEN_PAGES = [0.4, 0.4, 0.4, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05];
/** Conversations that are going on when everything is well again. */
const LIVE_AT_THE_END = 3;
const ARCHIVE_AGE_MS = 15 * DAY_MS;
/** What a circuit, a poll and a first synchronisation wait at most after failures, and much more on a busy machine. */
const SETTLES_WITHIN_MS = 180_000;

const BASE_URLS: Record<SandboxProviderName, string> = {
  plivo: "PLIVO_BASE_URL",
  evo: "EVO_VOICE_BASE_URL",
  speko: "SPEKO_BASE_URL",
  portsip: "PORTSIP_BASE_URL",
};

const ACTIONS = [
  ["begin", 8],
  ["later", 7],
  ["break", 4],
  ["mend", 3],
  ["ask", 5],
  ["delete", 2],
  ["lose", 1],
  ["restart", 1],
] as const;
type Action = (typeof ACTIONS)[number][0];

/** Runs one seed on a database of its own. Throws what cache and world do not agree on. */
export async function liveThrough(seed: number, databaseUrl: string): Promise<void> {
  const random = createRandom(seed).fork("changing world");
  let skewMs = 0;
  const now = () => Date.now() + skewMs;
  const sandbox = await startSandbox({ traffic: null, days: 0, seed, now });
  const clock = createStepClock({ now, onStep: (one, step, at) => sandbox.apply(one, step, at) });
  const world = createWorld(seed);
  const gone = new Set<string>();
  /** Questions and deletions that were not waited for. */
  const underWay: Promise<void>[] = [];
  const launch = (task: Promise<void>) => {
    // A failure is looked at when it is waited for.
    task.catch(() => undefined);
    underWay.push(task);
    return task;
  };
  const environment: Record<string, string> = {
    ...sandbox.environment,
    DATABASE_URL: databaseUrl,
    SWITCHBOARD_DATABASE_POOL_SIZE: "4",
    // Many worlds share a machine: slowness is not what is looked for here.
    SWITCHBOARD_DATABASE_CONNECT_TIMEOUT_MS: "60000",
    SWITCHBOARD_DATABASE_STATEMENT_TIMEOUT_MS: "60000",
    SWITCHBOARD_POLL_IDLE_MS: "200",
    SWITCHBOARD_POLL_LIVE_MS: "100",
  };

  const pass = (ms: number) => {
    skewMs += ms;
    clock.tick();
  };
  const begin = (label: string, scenarios = SCENARIOS) => {
    const own = random.fork(label);
    for (const one of own.pick(scenarios).write({ world, random: own })) {
      const begun = { ...one, startedAt: now() };
      sandbox.begin(begun);
      clock.add(begun);
    }
  };
  const history = (label: string) => {
    for (let index = 0; index < HISTORY; index += 1) {
      begin(`${label} ${index}`);
      begin(`${label} at Evo Voice ${index}`, EVO_SCENARIOS);
      pass(random.int(1, 20) * MINUTE_MS);
    }
  };
  history("long ago");
  pass(ARCHIVE_AGE_MS - random.int(0, 4 * HISTORY) * 10 * MINUTE_MS);
  history("lately");

  let between = 0;
  const lines = await layLines(sandbox, random, async (chance) => {
    if (chance() >= (BETWEEN_PAGES[between] ?? 0)) return;
    between += 1;
    if (chance() < 0.4) begin(`between ${between}`);
    else await launch(deleteSome(sandbox, random.fork(`between ${between}`), gone));
  });
  for (const name of SANDBOX_PROVIDERS) environment[BASE_URLS[name]] = lines[name].url;
  const start = () => startTestGateway({ environment, now });
  let gateway = await start();
  const happen: Record<Action, (step: number) => Promise<void> | void> = {
    begin: (step) => begin(`${step}`),
    later: () => pass(random.int(1, 40) * MINUTE_MS),
    break: () => lines[random.pick(SANDBOX_PROVIDERS)].set(badness(random)),
    mend: () => lines[random.pick(SANDBOX_PROVIDERS)].set({}),
    ask: () => void launch(ask(gateway)),
    delete: () => deleteSome(sandbox, random, gone),
    lose: () => loseOne(sandbox, random, gone),
    async restart() {
      await Promise.all(underWay.splice(0));
      await gateway[Symbol.asyncDispose]();
      gateway = await start();
    },
  };
  try {
    for (let step = 0; step < STEPS; step += 1) {
      await happen[random.weighted(...ACTIONS)](step);
      await sleep(random.int(0, 40));
    }
    between = BETWEEN_PAGES.length;
    await Promise.all(underWay);
    for (const line of Object.values(lines)) line.set({});
    const look = async (depth: Depth) =>
      differences(trueStates(sandbox), await walk(gateway, now()), gone, depth);
    // What is there, and what is over and what is not, polls know by themselves,
    for (let index = 0; index < LIVE_AT_THE_END; index += 1) begin(`last ${index}`);
    pass(2 * MINUTE_MS);
    await untilNone(() => look("phases"));
    // and everything else once it has been looked at again.
    pass(13 * 60 * MINUTE_MS);
    await untilNone(() => look("contents"));
    const nodes = await walk(gateway, now());
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
    const isThere = ({ connection, providerId }: Node) => !gone.has(keyOf(connection.name, providerId));
    expect(idsByConnection(nodes.filter(isThere))).toEqual(trueIds(sandbox));
  } finally {
    clock.stop();
    await Promise.allSettled(underWay);
    await gateway[Symbol.asyncDispose]();
    await Promise.all(Object.values(lines).map((line) => line.close()));
    await sandbox.close();
  }
}

/** Waits until there are no differences any more. Throws those that stay. */
async function untilNone(look: () => Promise<string[]>): Promise<void> {
  const until = Date.now() + SETTLES_WITHIN_MS;
  for (let waitMs = 50; ; waitMs = Math.min(2 * waitMs, 500)) {
    const found = await look();
    if (found.length === 0) return;
    if (Date.now() > until) throw new Error(`cache and world differ:\n${found.join("\n")}`);
    await sleep(waitMs);
  }
}

/** A line to each provider, whose lists come in pages of a few rows, as of a server with a low maximum. */
async function layLines(
  sandbox: Sandbox,
  random: Random,
  onPage: (chance: () => number) => Promise<void>,
): Promise<Record<SandboxProviderName, ManglingProxy>> {
  const lines = SANDBOX_PROVIDERS.map(async (name) => {
    const stream = random.fork(name);
    const target = sandbox.servers[name].baseUrl;
    const chance = () => stream.next();
    const line = await startManglingProxy(target, chance, {
      maxRows: stream.int(3, 8),
      onPage: () => onPage(chance),
    });
    return [name, line] as const;
  });
  return Object.fromEntries(await Promise.all(lines)) as Record<SandboxProviderName, ManglingProxy>;
}

function badness(random: Random) {
  const some = () => (random.next() < 0.5 ? random.next() * 0.5 : 0);
  return { drop: some() / 2, cut: some() / 2, delay: some(), reorder: some(), duplicate: some() };
}

/** Asks for all that is new. A provider that does not answer is told in the answer, and fails nothing. */
async function ask(gateway: TestGateway): Promise<void> {
  const { status, errors } = await gateway.query(
    `{ sessions(first: 30, maxAge: 0) { nodes { id } sources { ok } } }`,
  );
  expect(status, JSON.stringify(errors)).toBe(200);
  expect(errors, JSON.stringify(errors)).toEqual([]);
}

/** Somebody deletes sessions in Evo Voice's portal: those of an account that were created in some minutes. */
async function deleteSome({ servers: { evo } }: Sandbox, random: Random, gone: Set<string>): Promise<void> {
  const rows = evo.records()["session"] ?? [];
  if (rows.length === 0) return;
  const one = random.pick(rows);
  const created = (row: (typeof rows)[number]) => Date.parse(String(row["dateCreated"]));
  const [from, until] = [created(one), created(one) + random.pick([0, 30, 24 * 60]) * MINUTE_MS];
  const query = new URLSearchParams({
    accountId: String(one["accountId"]),
    startDateTime: new Date(from).toISOString(),
    endDateTime: new Date(until).toISOString(),
  });
  const { EVO_VOICE_USERNAME: user, EVO_VOICE_PASSWORD: password } = evo.environment;
  const { status } = await fetch(`${evo.baseUrl}/sessions?${query.toString()}`, {
    method: "DELETE",
    headers: { authorization: `Basic ${btoa(`${user}:${password}`)}`, accept: "application/json" },
  });
  expect(status).toBeLessThan(300);
  const left = new Set((evo.records()["session"] ?? []).map((row) => row["id"]));
  for (const { id } of rows) if (!left.has(id)) gone.add(keyOf("evo", id));
}

/** A call is up no longer, and the PBX never logs it. */
function loseOne({ servers }: Sandbox, random: Random, gone: Set<string>): void {
  const portsip = servers.portsip as PortsipSandboxServer;
  const rows = portsip.records()["session"] ?? [];
  if (rows.length === 0) return;
  const { id } = random.pick(rows);
  portsip.lose(String(id));
  gone.add(keyOf("portsip", id));
}
