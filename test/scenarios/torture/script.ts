/** One seed: clients come, everything that can go away does, and in the end everybody knows exactly what has happened. */
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { createRandom, type Random } from "../../../src/sandbox/kit/random.js";
import { checkChanges, type LogView } from "./changes-model.js";
import { Client, type Wish } from "./clients.js";
import type { TorturedGateway } from "./gateways.js";
import { checkParts } from "./parts-model.js";
import type { Service } from "./services.js";
import type { Truth } from "./truth.js";
import { openSocketWire, type SocketWire } from "./wires.js";
import { HEAVY, isBroad, isRich, wishesOf } from "./wishes.js";
import type { BusyWorld } from "./world.js";

/** What stays from seed to seed. */
export interface Stage {
  postgres: Service;
  redis: Service;
  gateways: readonly TorturedGateway[];
  truth: Truth;
  world: BusyWorld;
}

const DISTURBANCES = [
  ["kill", 5],
  ["drain", 3],
  ["revive", 3],
  ["redis", 3],
  ["postgres", 3],
  ["cut", 6],
  ["send away", 3],
  ["slow down", 2],
  ["come", 2],
  ["go", 1],
] as const;
type Disturbance = (typeof DISTURBANCES)[number][0];

/** Subscriptions of a client that reads slowly: all on one socket. */
const SLOW_ONES = 40;
/** What a gateway says of it, and what happens at most until then. */
const TOO_SLOW = "a client that does not read is closed";
const SLOW_STEPS = 300;
/** More connections and failures of a client are not named. */
const MAX_NAMED = 3;
/** How long everything may take to be as it should be, on a busy machine. */
const PATIENCE_MS = 90_000;

/** Runs a seed. Answers how connections ended; throws what somebody was told wrongly. */
export async function torture(seed: number, stage: Stage): Promise<Map<string, number>> {
  const { gateways, truth, world } = stage;
  const random = createRandom(seed).fork("torture");
  const clients: Client[] = [];
  const done: string[] = [];
  const options = { random: random.fork("gateways"), urls: gateways.map(({ url }) => url), last: truth.look };
  const add = (wish: Wish, shared?: SocketWire) =>
    clients.push(new Client(wish, random.chance(0.4), options, shared));
  const disturb = createDisturbances(stage, random, clients, add);

  world.run(seed, random.fork("world"));
  try {
    const isBegun = async () => (await truth.look()) > 0 && isRich(truth.log);
    await expect.poll(isBegun, { timeout: PATIENCE_MS }).toBe(true);
    for (const wish of wishesOf(random, truth.log)) add(wish);
    for (let left = random.int(4, 8); left > 0; left -= 1) {
      const disturbance = random.weighted(...DISTURBANCES);
      done.push(disturbance);
      await disturb.now(disturbance);
      await goOn(stage, random.int(3, 12));
    }
    await disturb.mend();
    // Who sees everything is there again: nobody can miss the rest by not having come back yet.
    const isAway = ({ wish, isGone, parts }: Client) =>
      !isGone && isBroad(wish) && (parts.at(-1)?.told.length ?? 0) === 0;
    await untilNone(() => Promise.resolve(clients.filter(isAway).map(describe)));
    world.rest();
    await callOut(stage);
    await untilNone(() => problemsOf(clients, truth));
    await truth.confirm();
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const end = `the log ends at ${truth.log.at(-1)?.sequence}`;
    throw new Error(`after ${done.join(", ")}; ${end}:\n${what}`, { cause: error });
  } finally {
    world.rest();
    for (const client of clients) client.leave();
    await disturb.mend();
  }
  const endings = new Map<string, number>(done.map((name) => [name, 0]));
  for (const name of done) endings.set(name, (endings.get(name) ?? 0) + 1);
  for (const client of clients)
    for (const [name, count] of client.endings) endings.set(name, (endings.get(name) ?? 0) + count);
  return endings;
}

/** Until so much more has been stored; while that cannot be, until so much more has happened. */
async function goOn({ truth, world, postgres, gateways }: Stage, many: number): Promise<void> {
  const [changes, steps] = [await truth.look(), world.steps];
  const isEnough = async () =>
    postgres.isUp && gateways.some(({ isUp }) => isUp)
      ? (await truth.look()) >= changes + many
      : world.steps >= steps + many;
  await expect.poll(isEnough, { timeout: PATIENCE_MS, interval: 30 }).toBe(true);
}

/** Something new happens, and is stored. */
async function callOut({ truth, world }: Stage): Promise<void> {
  const before = await truth.look();
  world.callOut();
  const isStored = async () => {
    await truth.look();
    return truth.log.some(({ sequence, kind }) => sequence > before && kind === "CREATED");
  };
  await expect.poll(isStored, { timeout: PATIENCE_MS }).toBe(true);
}

/** What somebody does not know, knows wrongly or was told twice. */
async function problemsOf(clients: readonly Client[], truth: Truth): Promise<string[]> {
  await truth.look();
  const { log, cursors } = truth;
  const view: LogView = { log, cursors, history: Map.groupBy(log, ({ sessionKey }) => sessionKey) };
  return clients.flatMap((client) => {
    const isOfChanges = client.wish.field === "sessionChanges" || client.wish.field === "session";
    const found = (isOfChanges ? checkChanges : checkParts)(client, view);
    return [...client.failures, ...found].map((problem) => `${describe(client)}: ${problem}`);
  });
}

/** Throws what is wrong and stays so. */
async function untilNone(look: () => Promise<string[]>): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const problems = await look();
    if (problems.length === 0) return;
    if (Date.now() > until) throw new Error(problems.join("\n"));
    await pause(100);
  }
}

/** For reports of failures: who, and what became of each of its connections. */
function describe({ wish, isStream, parts, failures }: Client): string {
  const connections = parts
    .slice(-MAX_NAMED)
    .map(({ told, over }) => `${told.length} ${over ? JSON.stringify(over) : "open"}`);
  const who = `${wish.name} ${JSON.stringify(wish.variables)} by ${isStream ? "SSE" : "WebSocket"}`;
  return `${[who, ...failures.slice(0, MAX_NAMED)].join(", ")} (${parts.length} connections: ${connections.join(", ")})`;
}

function createDisturbances(
  { postgres, redis, gateways, truth, world }: Stage,
  random: Random,
  clients: Client[],
  add: (wish: Wish, shared?: SocketWire) => void,
) {
  const up = () => gateways.filter(({ isUp }) => isUp);
  const some = (chance: number) => clients.filter(() => random.chance(chance));

  const disturbances: Record<Disturbance, () => Promise<void> | void> = {
    async kill() {
      if (up().length > 0) await random.pick(up()).kill();
    },
    async drain() {
      // Without its database a gateway waits for it as long as it may.
      if (up().length > 0 && postgres.isUp) await random.pick(up()).drain();
    },
    async revive() {
      await postgres.start();
      for (const gateway of gateways) await gateway.start();
    },
    redis: () => (redis.isUp ? redis.stop(random.chance(0.5)) : redis.start()),
    async postgres() {
      if (postgres.isUp) await postgres.stop(random.chance(0.5));
      if (random.chance(0.6)) await postgres.start();
    },
    cut() {
      for (const client of some(0.5)) client.cut(random.pick([0, 0, 1, 5, 60]));
    },
    "send away"() {
      for (const client of clients) client.comeBack();
      for (const client of some(0.4)) {
        client.stayAway();
        client.cut(0);
      }
    },
    async "slow down"() {
      const [gateway] = up();
      if (gateway === undefined || !postgres.isUp) return;
      const wire = openSocketWire(gateway.url);
      const before = clients.length;
      for (let index = 0; index < SLOW_ONES; index += 1) add(HEAVY, wire);
      const isThere = () =>
        clients.slice(before).every(({ parts }) => parts.some(({ told }) => told.length > 0));
      await expect.poll(isThere, { timeout: PATIENCE_MS }).toBe(true);
      const closed = () => gateway.output.split(TOO_SLOW).length;
      const [closedBefore, steps] = [closed(), world.steps];
      wire.pause();
      // Until the gateway has had enough of it, unless so little happens that it does not notice.
      const isEnough = () => closed() > closedBefore || world.steps > steps + SLOW_STEPS;
      await expect.poll(isEnough, { timeout: PATIENCE_MS }).toBe(true);
      wire.resume();
    },
    come() {
      const wishes = wishesOf(random, truth.log);
      for (let index = 0; index < 3; index += 1) add(random.pick(wishes));
    },
    go: () => random.pick(clients).leave(),
  };

  return {
    now: async (name: Disturbance) => disturbances[name](),
    /** Everybody comes back, and everything is there again but for Redis, without which nobody misses anything. */
    async mend() {
      await postgres.start();
      for (const gateway of gateways) await gateway.start();
      for (const client of clients) client.comeBack();
    },
  };
}
