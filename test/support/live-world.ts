/** A gateway with polls so slow that only push can tell it anything, beside one provider that stands still. */
import type { Conversation, StepKind } from "../../src/sandbox/conversation.js";
import { expect } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { startTestGateway, untilSynchronised, type TestGateway } from "./gateway.js";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.js";

export interface LiveWorld extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly gateway: TestGateway;
  /** The wire between the gateway and the provider. */
  readonly wire: TcpProxy;
  /** Begins a conversation now; answers how its next steps happen. */
  begin(
    conversation: Omit<Conversation, "provider" | "startedAt" | "steps" | "links">,
  ): (step: StepKind) => void;
  /** Resolves with the first session of the gateway's lists for which `test` is true. */
  until(test: (session: SeenSession) => boolean): Promise<SeenSession>;
  seen(): Promise<SeenSession[]>;
}

export interface SeenSession {
  id: string;
  providerId: string;
  state: string;
  direction: string;
  endedAt: string | null;
  from: { address: string | null } | null;
  transcript: { text: string; entryCount: number } | null;
}

const SESSIONS = `query ($name: String!) {
  sessions(first: 20, filter: { connections: [$name] }) {
    nodes { id providerId state direction endedAt from { address } transcript { text entryCount } }
  }
}`;

/** Starts both; the first synchronisation is through. `environment`: what the gateway has besides. */
export async function startLiveWorld(
  provider: "portsip" | "speko",
  environment: (sandbox: Sandbox) => Promise<Record<string, string>> = () => Promise.resolve({}),
): Promise<LiveWorld> {
  const sandbox = await startSandbox({ providers: [provider], days: 1, traffic: null });
  const more = await environment(sandbox);
  const server = sandbox.servers[provider];
  const wire = await startTcpProxy(server.baseUrl);
  const gateway = await startTestGateway({
    environment: { ...sandbox.environment, [`${provider.toUpperCase()}_BASE_URL`]: wire.url, ...more },
  });
  await untilSynchronised(gateway);

  async function seen(): Promise<SeenSession[]> {
    const { data, errors } = await gateway.query<{ sessions: { nodes: SeenSession[] } }>(SESSIONS, {
      name: provider,
    });
    expect(errors).toEqual([]);
    return data?.sessions.nodes ?? [];
  }

  return {
    sandbox,
    gateway,
    wire,
    seen,
    begin(given) {
      const conversation: Conversation = { ...given, provider, startedAt: Date.now(), steps: [], links: [] };
      server.begin(conversation);
      return (step) =>
        server.apply(conversation, { at: Date.now() - conversation.startedAt, ...step }, Date.now());
    },
    async until(test) {
      let found: SeenSession | undefined;
      await expect
        .poll(async () => (found = (await seen()).find(test)), { timeout: 15_000, interval: 20 })
        .toBeDefined();
      return found as unknown as SeenSession;
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await wire[Symbol.asyncDispose]();
      await sandbox.close();
    },
  };
}
