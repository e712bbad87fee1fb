/** Every client of docs/clients.md, run as it stands there, against a gateway that is killed underneath it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "graphql-ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { ensureBuilt, spawnCli, type RunningCli } from "../support/spawn-cli.js";

const page = await readFile(new URL("../../docs/clients.md", import.meta.url), "utf8");
const examples = [...page.matchAll(/```js\n(\/\/ (\S+)\n[\s\S]*?)```/g)].map(([, code = "", name = ""]) => ({
  name,
  code,
}));

interface Step {
  cursor: string;
  kind: string;
  session: { id: string; state: string };
}

/** The example in a process of its own; each line that it prints is a step. */
function runExample(
  code: string,
  host: string,
  key?: string,
): { steps: Step[]; stderr: () => string; child: ChildProcess } {
  const child = spawn(process.execPath, ["--experimental-eventsource", "--input-type=module", "-"], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: {
      PATH: process.env["PATH"] ?? "",
      SWITCHBOARD_URL: host,
      ...(key !== undefined && { SWITCHBOARD_KEY: key }),
    },
  });
  child.stdin.end(code);
  const steps: Step[] = [];
  let [rest, errors] = ["", ""];
  child.stdout.on("data", (data: Buffer) => {
    const lines = (rest + data.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    steps.push(...lines.map((line) => JSON.parse(line) as Step));
  });
  child.stderr.on("data", (data: Buffer) => (errors += data.toString("utf8")));
  return { steps, stderr: () => errors, child };
}

/** All steps after one, as another client reads them from the log. */
async function logAfter(host: string, after: string, last: string): Promise<Step[]> {
  const client = createClient({ url: `ws://${host}/graphql`, retryAttempts: 0 });
  const query = `subscription ($after: String) { sessionChanges(after: $after) { cursor kind session { id state } } }`;
  const steps: Step[] = [];
  for await (const { data } of client.iterate<{ sessionChanges: Step }>({ query, variables: { after } })) {
    if (data == null) throw new Error("expected a step");
    steps.push(data.sessionChanges);
    if (data.sessionChanges.cursor === last) break;
  }
  await client.dispose();
  return steps;
}

describe("the clients of docs/clients.md", () => {
  let sandbox: Sandbox;
  let folder: string;
  let gateway: RunningCli;
  let host: string;
  let environment: Record<string, string>;

  async function start(port: string): Promise<void> {
    gateway = spawnCli(["start"], { ...environment, PORT: port });
    const [, url = ""] = await gateway.until(/"url":"http:\/\/([^"]+)","msg":"listening"/);
    host = url;
  }
  beforeAll(async () => {
    ensureBuilt();
    sandbox = await startSandbox({ traffic: { rate: 60, speed: 20 }, days: 1 });
    folder = await mkdtemp(join(tmpdir(), "switchboard-clients-"));
    environment = {
      ...sandbox.environment,
      DATABASE_URL: `sqlite:${join(folder, "cache.db")}`,
      SWITCHBOARD_AUTH: "open",
      SWITCHBOARD_POLL_LIVE_MS: "200",
      SWITCHBOARD_POLL_IDLE_MS: "200",
    };
    await start("0");
  }, 120_000);
  afterAll(async () => {
    gateway.signal("SIGKILL");
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("are four", () => {
    expect(examples.map(({ name }) => name)).toEqual([
      ...["graphql-ws.mjs", "urql.mjs", "apollo-client.mjs", "event-source.mjs"],
    ]);
  });

  it("all see the same steps as the log has them, over a gateway that is killed and started again", async () => {
    const running = examples.map(({ name, code }) => ({ name, ...runExample(code, host) }));
    const changes = (steps: readonly Step[]) => steps.filter(({ kind }) => kind !== "SNAPSHOT");
    const grown = async (by: number) => {
      const before = running.map(({ steps }) => changes(steps).length);
      await expect
        .poll(() => running.every(({ steps }, index) => changes(steps).length >= (before[index] ?? 0) + by), {
          timeout: 60_000,
        })
        .toBe(true);
    };
    await grown(3);
    gateway.signal("SIGKILL");
    await gateway.exit;
    await start(host.split(":").at(-1) ?? "");
    await grown(3);
    for (const { name, steps, child, stderr } of running) {
      child.kill();
      const seen = changes(steps);
      const [first] = seen;
      const log = await logAfter(host, first?.cursor ?? "", seen.at(-1)?.cursor ?? "");
      const label = `${name}: ${stderr()}`;
      expect(
        seen.slice(1).map(({ cursor }) => cursor),
        label,
      ).toEqual(log.map(({ cursor }) => cursor));
      expect(
        seen.slice(1).map(({ kind, session }) => `${kind} ${session.id}`),
        label,
      ).toEqual(log.map(({ kind, session }) => `${kind} ${session.id}`));
    }
  }, 150_000);

  it("end when their key is refused, and say so; an EventSource has none", async () => {
    const keys = join(folder, "keys.json");
    await writeFile(keys, "[]");
    const strict = spawnCli(["start"], {
      ...environment,
      DATABASE_URL: "sqlite::memory:",
      SWITCHBOARD_AUTH: "required",
      SWITCHBOARD_API_KEYS_FILE: keys,
      PORT: "0",
    });
    try {
      const [, address = ""] = await strict.until(/"url":"http:\/\/([^"]+)","msg":"listening"/);
      for (const { name, code } of examples.filter((example) => example.name !== "event-source.mjs")) {
        const { child, stderr } = runExample(code, address, "nobody-has-it");
        const [exit] = (await once(child, "close")) as [number | null];
        expect({ exit, said: stderr() }, name).toEqual({
          exit: 1,
          said: expect.stringContaining("These credentials are not known here.") as string,
        });
      }
    } finally {
      strict.signal("SIGKILL");
    }
  }, 60_000);
});
