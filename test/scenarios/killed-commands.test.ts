/** A gateway killed between writing a command and its answer: nothing is sent twice, and nobody is told it failed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SANDBOX_PROVIDERS } from "../../src/sandbox/conversation.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { DATABASES } from "../support/databases.js";
import { forgetRequests, writesOf } from "../support/mutation-cases.js";
import { ensureBuilt, spawnCli } from "../support/spawn-cli.js";

/** Longer than the test lives: the answer never comes in time. */
const NEVER_MS = 3_600_000;

let sandbox: Sandbox;
beforeAll(async () => {
  ensureBuilt();
  sandbox = await startSandbox({ traffic: null, days: 2 });
}, 120_000);
afterAll(() => sandbox.close());

async function ask<Data>(url: string, query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

const END = `mutation ($id: ID!) { endSession(input: { sessionId: $id, idempotencyKey: "the only time" }) {
  command { id outcome error { code message } } userErrors { code message } } }`;

interface Ended {
  endSession: {
    command: { id: string; outcome: string; error: { code: string; message: string } | null };
    userErrors: unknown[];
  };
}

describe.each(DATABASES)("on $name", (kind) => {
  it.each(SANDBOX_PROVIDERS)(
    "%s: the command is UNKNOWN after the restart, the session is read again",
    async (name) => {
      const { url: database, drop } = await kind.create();
      const environment = {
        ...sandbox.environment,
        DATABASE_URL: database,
        PORT: "0",
        SWITCHBOARD_AUTH: "open",
        SWITCHBOARD_POLL_IDLE_MS: "3600000",
      };
      const listening = /"url":"(http:[^"]+)","msg":"listening"/;
      const server = sandbox.servers[name];
      try {
        const first = spawnCli(["start"], environment);
        const [, url = ""] = await first.until(listening);
        const live = async () => {
          const { sessions } = await ask<{ sessions: { nodes: { id: string; providerId: string }[] } }>(
            url,
            `query ($of: [String!]) { sessions(first: 100, filter: { connections: $of, phases: [LIVE, OPEN] }) { nodes { id providerId } } }`,
            { of: [name] },
          );
          return sessions.nodes.at(-1);
        };
        await expect.poll(live, { timeout: 20_000 }).toBeDefined();
        const session = await live();

        // The provider acts, and its answer stays on the way.
        server.setFaults({ path: encodeURIComponent(session?.providerId ?? ""), latencyMs: NEVER_MS });
        forgetRequests(sandbox);
        const cutOff = ask(url, END, { id: session?.id }).catch(() => "cut off");
        await expect.poll(() => writesOf(sandbox), { timeout: 10_000 }).toHaveLength(1);
        first.signal("SIGKILL");
        await first.exit;
        expect(await cutOff).toBe("cut off");
        server.setFaults({});
        const [written = ""] = writesOf(sandbox);
        expect(written).toContain(encodeURIComponent(session?.providerId ?? ""));

        const second = spawnCli(["start"], environment);
        const [, again = ""] = await second.until(listening);
        const { endSession } = await ask<Ended>(again, END, { id: session?.id });
        expect(endSession.command).toMatchObject({ outcome: "UNKNOWN", error: { code: "OUTCOME_UNKNOWN" } });
        expect(endSession.userErrors).toEqual([]);
        const { command } = await ask<{ command: Ended["endSession"]["command"] }>(
          again,
          "query ($id: ID!) { command(id: $id) { id outcome error { code message } } }",
          { id: endSession.command.id },
        );
        expect(command).toEqual(endSession.command);
        // Read again by its id, without anybody having asked for it.
        const id = session?.providerId ?? "";
        const reads = () =>
          server.requests.filter(
            ({ method, url: path }) => method === "GET" && decodeURIComponent(path).includes(id),
          );
        await expect.poll(reads, { timeout: 10_000 }).not.toHaveLength(0);
        expect(writesOf(sandbox)).toEqual([written]);
        second.signal("SIGKILL");
        await second.exit;
      } finally {
        server.setFaults({});
        await drop();
      }
    },
    60_000,
  );
});
