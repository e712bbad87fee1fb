import { SANDBOX_PROVIDERS } from "./conversation.js";
import type { Conversation, SandboxProviderName, SandboxServer, Step } from "./conversation.js";
import { SERVER_STARTERS, type StartServer } from "./sandbox-servers.js";
import { createTraffic } from "./traffic.js";
import { createHistory } from "./world/history.js";
import { createWorld } from "./world/world.js";

export interface SandboxOptions {
  /** The same seed and the same `now` make the same world, ids included. @default 1 */
  seed?: number;
  /** @default "127.0.0.1" */
  host?: string;
  /** @default 0 for each: a free port */
  ports?: Partial<Record<SandboxProviderName, number>>;
  /** @default all four */
  providers?: readonly SandboxProviderName[];
  /** How far back history goes; 0 is an empty world. @default 90 */
  days?: number;
  /**
   * New conversations per minute, and how many times faster than life they go. `null`: nothing moves by itself, and
   * conversations that were going on when history ended stay as they are.
   */
  traffic: { rate: number; speed: number } | null;
  /** The sandbox's clock, epoch ms. @default Date.now */
  now?(): number;
  /** @default the four providers; a test of the sandbox itself may bring its own */
  starters?: Partial<Readonly<Record<SandboxProviderName, StartServer>>>;
}

export interface Sandbox {
  /** Those that were asked for. @throws RangeError when another one is read */
  readonly servers: Readonly<Record<SandboxProviderName, SandboxServer>>;
  /** What to set so that a gateway talks to this sandbox, credentials included. */
  readonly environment: Readonly<Record<string, string>>;
  /** Beside it, what the gateway verifies deliveries with (`SandboxServer.deliverTo`). */
  readonly webhookEnvironment: Readonly<Record<string, string>>;
  /** The truth: every conversation that was begun, oldest first for history, then as they came. */
  readonly conversations: readonly Conversation[];
  /** Pairs of conversations that are one talk, each pair once. */
  readonly links: readonly SandboxLink[];
  /** Begins a conversation; steps already due happen before this returns, the others at their time. */
  play(conversation: Conversation): void;
  /** Begins a conversation of which nothing happens but what `apply` says. */
  begin(conversation: Conversation): void;
  /** Makes one step happen in a conversation that was begun. @param at epoch ms. @default now */
  apply(conversation: Conversation, step: Step, at?: number): void;
  close(): Promise<void>;
}

export interface SandboxLink {
  one: Conversation;
  other: Conversation;
  by: Conversation["links"][number]["by"];
  value: string;
}

/** Starts the providers, tells them their history, and, if asked, lets life go on. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { seed = 1, host = "127.0.0.1", ports = {}, providers = SANDBOX_PROVIDERS, days = 90 } = options;
  const now = options.now ?? Date.now;
  const starters = { ...SERVER_STARTERS, ...options.starters };
  const servers = await startAll(providers, (name) =>
    starters[name]({ port: ports[name] ?? 0, host, seed, now, havePeople: options.traffic !== null }),
  );
  const conversations: Conversation[] = [];

  const begin = (conversation: Conversation): void => {
    conversations.push(conversation);
    servers[conversation.provider].begin(conversation);
  };
  const apply = (conversation: Conversation, step: Step, at: number): void => {
    servers[conversation.provider].apply(conversation, step, at);
  };

  const startedAt = now();
  const speed = options.traffic?.speed ?? 1;
  const history =
    days > 0
      ? createHistory({ seed, now: startedAt, days, speed }).filter((one) => providers.includes(one.provider))
      : [];
  tellHistory(history, startedAt, begin, apply);

  const traffic = createTraffic({
    world: createWorld(seed),
    now,
    rate: options.traffic?.rate ?? 0,
    speed,
    providers,
    onBegin: begin,
    onStep: apply,
  });
  if (options.traffic) {
    for (const one of history) {
      traffic.adopt(one, one.steps.filter((step) => one.startedAt + step.at <= startedAt).length);
    }
    traffic.start();
  }

  const merged = (part: "environment" | "webhookEnvironment"): Record<string, string> =>
    Object.assign({}, ...providers.map((name) => servers[name][part])) as Record<string, string>;

  return {
    servers,
    environment: merged("environment"),
    webhookEnvironment: merged("webhookEnvironment"),
    conversations,
    get links() {
      return pairs(conversations);
    },
    play(conversation) {
      begin(conversation);
      traffic.adopt(conversation);
    },
    begin,
    apply: (conversation, step, at = now()) => apply(conversation, step, at),
    async close() {
      traffic.stop();
      await Promise.all(providers.map((name) => servers[name].close()));
    },
  };
}

/** Beginnings and steps of all conversations in the order of time, up to `until`. */
function tellHistory(
  history: readonly Conversation[],
  until: number,
  begin: (conversation: Conversation) => void,
  apply: (conversation: Conversation, step: Step, at: number) => void,
): void {
  const happenings = history.flatMap((conversation) => [
    { at: conversation.startedAt, tell: () => begin(conversation) },
    ...conversation.steps
      .map((step) => ({ step, at: conversation.startedAt + step.at }))
      .filter(({ at }) => at <= until)
      .map(({ step, at }) => ({ at, tell: () => apply(conversation, step, at) })),
  ]);
  // Sorting is stable: a conversation's beginning stays before a step of the same millisecond.
  for (const { tell } of happenings.sort((one, other) => one.at - other.at)) tell();
}

function pairs(conversations: readonly Conversation[]): SandboxLink[] {
  const byId = new Map(conversations.map((one) => [one.id, one]));
  return conversations.flatMap((one) =>
    one.links.flatMap(({ conversationId, by, value }) => {
      const other = byId.get(conversationId);
      return other && one.id < other.id ? [{ one, other, by, value }] : [];
    }),
  );
}

/** All of them, or none: servers already listening are closed when a later one cannot start. */
async function startAll(
  names: readonly SandboxProviderName[],
  start: (name: SandboxProviderName) => Promise<SandboxServer>,
): Promise<Record<SandboxProviderName, SandboxServer>> {
  const started = new Map<SandboxProviderName, SandboxServer>();
  try {
    for (const name of names) started.set(name, await start(name));
  } catch (error) {
    await Promise.all([...started.values()].map((server) => server.close()));
    throw error;
  }
  const servers = Object.fromEntries(started) as Record<SandboxProviderName, SandboxServer>;
  for (const name of SANDBOX_PROVIDERS) {
    if (started.has(name)) continue;
    Object.defineProperty(servers, name, {
      get() {
        throw new RangeError(`This sandbox was started without ${name}`);
      },
    });
  }
  return servers;
}
