/** `switchboard tail` as a person runs it, beside a gateway that goes away under it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TailChange } from "../../src/cli/tail-line.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { ensureBuilt, spawnCli, type RunningCli } from "../support/spawn-cli.js";

describe("switchboard tail", () => {
  let sandbox: Sandbox;
  let folder: string;
  let gateway: RunningCli;
  let url: string;

  async function start(port: string): Promise<void> {
    gateway = spawnCli(["start"], {
      ...sandbox.environment,
      DATABASE_URL: `sqlite:${join(folder, "cache.db")}`,
      SWITCHBOARD_AUTH: "open",
      SWITCHBOARD_POLL_LIVE_MS: "200",
      SWITCHBOARD_POLL_IDLE_MS: "200",
      PORT: port,
    });
    [, url = ""] = await gateway.until(/"url":"(http:[^"]+)","msg":"listening"/);
  }
  beforeAll(async () => {
    ensureBuilt();
    sandbox = await startSandbox({ traffic: { rate: 60, speed: 20 }, days: 1 });
    folder = await mkdtemp(join(tmpdir(), "switchboard-tail-"));
    await start("0");
  }, 120_000);
  afterAll(async () => {
    gateway.signal("SIGKILL");
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("prints a line for each change, and ends well on Ctrl-C", async () => {
    const tail = spawnCli(["tail", "--url", url, "--no-snapshot"]);
    await tail.until(/\d\d:\d\d:\d\d\.\d{3} {2}(CREATED|UPDATED|ENDED) +\w+ {2}/);
    tail.signal("SIGINT");
    expect(await tail.exit).toBe(0);
  });

  it("goes on where it was when the gateway is killed and started again, each step once", async () => {
    const tail = spawnCli(["tail", "--url", url, "--json", "--no-snapshot"]);
    const changes = () =>
      tail.output
        .split("\n")
        .filter((line) => line.startsWith("{") && line.endsWith("}"))
        .map((line) => JSON.parse(line) as TailChange);
    const grown = async (to: number) =>
      expect.poll(() => changes().length, { timeout: 60_000 }).toBeGreaterThan(to);
    await grown(2);
    gateway.signal("SIGKILL");
    await gateway.exit;
    await tail.until(/cannot be reached: connection refused; coming back/);
    await start(url.split(":").at(-1) ?? "");
    await grown(changes().length + 2);
    // However many tries it took.
    expect(tail.output.match(/connection refused/g)).toHaveLength(1);
    const cursors = changes().map(({ cursor }) => cursor);
    expect(new Set(cursors).size).toBe(cursors.length);
    tail.signal("SIGINT");
    expect(await tail.exit).toBe(0);
  }, 150_000);

  it("says when nobody is there, and when who is there is no gateway", async () => {
    const nobody = spawnCli(["tail", "--url", "http://127.0.0.1:9"]);
    expect(await nobody.exit).toBe(1);
    expect(nobody.output).toMatch(/127\.0\.0\.1:9.* cannot be reached: connection refused/);
    const other = spawnCli(["tail", "--url", sandbox.environment["SPEKO_BASE_URL"] ?? ""]);
    expect(await other.exit).toBe(1);
    expect(other.output).toMatch(/something answers there \(HTTP 4\d\d\), but opens no WebSocket/);
  });

  it.each([
    [["--after", "nonsense"], /^--after: expected the cursor/],
    [["--text", "!"], /^--text: expected at least one word/],
    [["--phase", "nope"], /^--phase: expected one of open, live/],
    [
      ["--connection", "plivo,evoo"],
      /^--connection: there is no "evoo" that you may see; there are plivo, evo/,
    ],
  ])("%j: says which argument is wrong, and ends with 2", async (argv, problem) => {
    const tail = spawnCli(["tail", "--url", url, ...argv]);
    expect(await tail.exit).toBe(2);
    expect(tail.output).toMatch(problem);
  });

  it("takes names of connections that are there", async () => {
    const tail = spawnCli(["tail", "--url", url, "--connection", "speko,evo", "--no-snapshot"]);
    await tail.until(/(CREATED|UPDATED|ENDED) +(speko|evo) {2}/);
    tail.signal("SIGINT");
    expect(await tail.exit).toBe(0);
  });
});
