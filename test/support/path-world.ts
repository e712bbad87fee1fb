/** One sandbox provider, a gateway that can hear of it by one path alone, and a client: what comes, and how it came. */
import { createServer } from "node:net";
import { once } from "node:events";
import { expect } from "vitest";
import type {
  Conversation,
  SandboxProviderName,
  SandboxRequest,
  SandboxServer,
  StepKind,
} from "../../src/sandbox/conversation.js";
import type { PlivoSandboxServer } from "../../src/sandbox/plivo/plivo-server.js";
import type { PortsipSandboxServer } from "../../src/sandbox/portsip/portsip-server.js";
import { startSandbox } from "../../src/sandbox/sandbox.js";
import { openFrameClient, type FrameClient, type Frames } from "./frames.js";
import { startTestGateway, untilSynchronised, type TestGateway } from "./gateway.js";

/** `push`: PortSIP's socket, Speko's streams. */
export type Path = "push" | "webhook" | "polling";

export interface SessionChange {
  kind: string;
  changed: string[];
  session: { id: string; providerId: string; state: string; phase: string; from: { address: string } | null };
}

export interface PathWorld extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly server: SandboxServer;
  /** The same, where it is Plivo. */
  readonly plivo: PlivoSandboxServer;
  readonly client: FrameClient;
  /** Of all sessions. */
  readonly changes: Frames<SessionChange>;
  /** Begins a conversation; answers how its next steps happen. */
  begin(conversation: Partial<Conversation>): (step: StepKind) => void;
  /**
   * Does something at the provider, waits for the frame that tells it, states that it came by this world's path and no
   * other, and prints how long it took.
   */
  measure<Data>(
    what: string,
    act: () => void | Promise<void>,
    frames: Frames<Data>,
    test: (data: Data) => boolean,
  ): Promise<Data>;
  /** The same of a step and the change of a session's state. */
  becomes(what: string, act: () => void, session: string, state: string | RegExp): Promise<SessionChange>;
}

const CHANGES = `subscription { sessionChanges {
  kind changed session { id providerId state phase from { address } }
} }`;

/** Requests that find out what there is, and what has been said in it, as opposed to how one session is. */
const POLLS: Readonly<Record<SandboxProviderName, RegExp>> = {
  plivo: /\/Masking\/Session\/?(?:\?|$)/,
  evo: /\/sessions(?:\?|$|\/[^/?]+\/transcript)/,
  speko: /^\/v1\/(?:sessions|agents\/[^/]+\/calls)(?:\?|$)/,
  // The call log is searched by time, or for the steps of one call.
  portsip: /\/sessions\/?(?:\?|$)|started_at%20ge/,
};

const NEVER_MS = "3600000";

export interface PathOptions {
  provider: SandboxProviderName;
  path: Path;
  /** As it is printed. */
  name: string;
  environment?: Record<string, string>;
  /** Of the sandbox and the gateway. @default Date.now */
  now?: () => number;
}

/** Starts all of it; the first synchronisation is through, and the client is told what changes. */
export async function startPathWorld({
  provider,
  path,
  name,
  environment,
  now = Date.now,
}: PathOptions): Promise<PathWorld> {
  const sandbox = await startSandbox({ providers: [provider], days: 0, traffic: null, now });
  const server = sandbox.servers[provider];
  if (path !== "push" && provider === "portsip") (server as PortsipSandboxServer).setWsi(false);
  if (path !== "push" && provider === "speko") server.setFaults({ always: { status: 503 }, path: "/stream" });
  const port = String(await freePort());
  const gateway = await startTestGateway({
    now,
    environment: {
      ...sandbox.environment,
      PORT: port,
      // The default, for figures as users have them.
      SWITCHBOARD_POLL_LIVE_MS: path === "polling" ? "2000" : NEVER_MS,
      ...(path === "webhook" && {
        ...sandbox.webhookEnvironment,
        SWITCHBOARD_PUBLIC_URL: `http://127.0.0.1:${port}`,
      }),
      ...environment,
    },
  });
  await untilSynchronised(gateway);
  server.forget();
  if (path === "webhook") server.deliverTo(`${gateway.url}/webhooks/${provider}`);
  const client = openFrameClient(gateway.url, () => gateway.running.live.subscribers);
  const changes = await client.subscribe<SessionChange>(CHANGES);
  if (path === "push" && provider === "portsip") await untilCaughtUp(() => server.requests);
  let begun = 0;

  /** Since the last `forget`: what the provider has told by itself, and which lists were read. */
  function evidence() {
    const by = (kind: string) => server.pushes.filter((push) => push.by === kind);
    return {
      pushes: [...by("socket"), ...by("stream")].length,
      webhooks: by("webhook"),
      lists: server.requests.filter(({ url }) => POLLS[provider].test(url)).length,
    };
  }

  async function state(): Promise<void> {
    const { pushes, webhooks, lists } = evidence();
    switch (path) {
      case "push":
        // A read that an earlier message asked for may have been faster than this one.
        await expect.poll(() => evidence().pushes, { timeout: 10_000 }).toBeGreaterThan(0);
        expect(webhooks, "webhooks").toEqual([]);
        // PortSIP says that there is a call, and the list under which id: never without a message that asks for it.
        if (provider === "speko") expect(lists, "lists read").toBe(0);
        return;
      case "webhook":
        expect(pushes, "messages of the push channel").toBe(0);
        expect(lists, "lists read").toBe(0);
        // The acknowledgement may still be on its way; a refusal never becomes one.
        await expect
          .poll(() => evidence().webhooks.some(({ status }) => status === 200), { timeout: 10_000 })
          .toBe(true);
        return;
      case "polling":
        expect(pushes + webhooks.length, "messages that nobody asked for").toBe(0);
        expect(lists, "lists read").toBeGreaterThan(0);
    }
  }

  /** What Speko's streams have told so far is read: the next frame owes nothing to it. */
  async function settled(): Promise<void> {
    if (path !== "push" || provider !== "speko") return;
    const isSettled = () => {
      const told = server.pushes.findLast(({ event }) => event === "event" || event === "status");
      const read = server.requests.findLast(({ url, status }) => status === 200 && !/\/stream/.test(url));
      return told === undefined || (read !== undefined && read.at > told.at);
    };
    await expect.poll(isSettled, { timeout: 20_000 }).toBe(true);
  }

  const world: PathWorld = {
    gateway,
    server,
    plivo: server as PlivoSandboxServer,
    client,
    changes,
    begin(given) {
      begun += 1;
      const conversation: Conversation = {
        id: `frames/${begun}`,
        provider,
        channel: "voice",
        direction: "inbound",
        from: { name: "Ada", number: numberOf(begun), extension: null, email: null },
        to: { name: "Elena", number: "+13125550101", extension: "1001", email: null },
        startedAt: now(),
        steps: [],
        traits: {},
        links: [],
        ...given,
      };
      sandbox.begin(conversation);
      return (step) => sandbox.apply(conversation, { at: 0, ...step });
    },
    async measure(what, act, frames, test) {
      await settled();
      server.forget();
      const before = new Set<unknown>(frames.all);
      const actedAt = performance.now();
      await act();
      const { data, at } = await frames.until((frame) => !before.has(frame) && test(frame.data));
      await state();
      console.info(line(provider, name, what, at - actedAt));
      return data;
    },
    becomes: (what, act, session, state) =>
      world.measure(
        what,
        act,
        changes,
        ({ session: told }) =>
          (told.providerId === session || told.from?.address === session) &&
          (typeof state === "string" ? told.state === state : state.test(told.state)),
      ),
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await gateway[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
  return world;
}

/** Whenever PortSIP's socket opens, what may have been missed is listed: ended calls, and then those that are up. */
async function untilCaughtUp(requests: () => readonly SandboxRequest[]): Promise<void> {
  const isOver = () => {
    const all = requests();
    const ended = all.findIndex(({ url }) => /calllogs/i.test(url));
    return all.some(({ url, status }, index) => index > ended && status !== 0 && /\/sessions/.test(url));
  };
  await expect.poll(isOver, { timeout: 30_000 }).toBe(true);
}

/** Of the person who calls in the n-th conversation, by which its session is known. */
export function numberOf(n: number): string {
  return `+1202555${String(100 + n).padStart(4, "0")}`;
}

function line(provider: string, path: string, what: string, ms: number): string {
  return `${provider.padEnd(8)} ${path.padEnd(24)} ${what.padEnd(28)} ${Math.round(ms)} ms`;
}

/** A gateway has to be told where it is reached before it knows where it listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("there is no port");
  return address.port;
}
