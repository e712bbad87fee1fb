import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { runSandboxCommand } from "../../src/sandbox/main.js";
import { parseSandboxArguments } from "../../src/sandbox/sandbox-arguments.js";
import type { StartServer } from "../../src/sandbox/sandbox-servers.js";
import type { SandboxServer } from "../../src/sandbox/conversation.js";
import { startRecordingServer } from "./recording-server.js";

describe("the sandbox command's arguments", () => {
  it("have defaults that suit a visitor", () => {
    expect(parseSandboxArguments([])).toEqual({
      help: false,
      seed: 1,
      rate: 12,
      speed: 3,
      days: 90,
      host: "127.0.0.1",
      portBase: 4100,
      faults: new Map(),
    });
  });

  it("take faults per provider, as often as wanted", () => {
    const { faults } = parseSandboxArguments([
      "--faults",
      'evo:{"latencyMs":2000}',
      "--faults",
      'speko:{"always":{"status":503}}',
    ]);
    expect([...faults]).toEqual([
      ["evo", { latencyMs: 2_000 }],
      ["speko", { always: { status: 503 } }],
    ]);
  });

  it.each([
    [["--rate", "often"], '--rate: expected a number from 0 to 6000, got "often"'],
    [["--speed", "0"], "--speed: expected a number from 0.1"],
    [["--seed", "1.5"], "--seed: expected a whole number"],
    [["--port-base", "65535"], "--port-base: expected a whole number from 0 to 65532"],
    [["--faults", "twilio:{}"], "--faults: expected plivo|evo|speko|portsip"],
    [["--faults", 'evo:{"reset":"now"}'], '--faults evo: Fault "reset" cannot be "now"'],
    [["--loud"], "--loud"],
  ])("refuse %j", (argv, message) => {
    expect(() => parseSandboxArguments(argv)).toThrow(message);
  });
});

describe("the sandbox command", () => {
  it("explains itself", async () => {
    const written: string[] = [];
    expect(await runSandboxCommand(["--help"], { write: (text) => void written.push(text) })).toBe(0);
    expect(written.join("")).toContain("Usage: sandbox");
  });

  it("ends with 2 and says why when an argument makes no sense", async () => {
    const written: string[] = [];
    expect(await runSandboxCommand(["--rate", "often"], { write: (text) => void written.push(text) })).toBe(
      2,
    );
    expect(written.join("")).toContain('got "often"');
  });

  it("ends with 1 and says which port is taken", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const output: string[] = [];
    const code = await runSandboxCommand(["--port-base", String(Math.min(port, 65_532)), "--days", "0"], {
      write: (text) => output.push(text),
    });
    taken.close();
    expect(code).toBe(1);
    expect(output.join("")).toMatch(new RegExp(`^Port ${port} .* is taken.*--port-base`));
  });

  it("prints what to paste, starts with faults, and runs until it is told to stop", async () => {
    const written: string[] = [];
    const servers: SandboxServer[] = [];
    const stop = new AbortController();
    const starter =
      (name: SandboxServer["name"]): StartServer =>
      async (options) => {
        const server = await startRecordingServer(name, options);
        servers.push(server);
        return server;
      };
    const running = runSandboxCommand(
      ["--port-base", "0", "--days", "1", "--faults", 'plivo:{"always":{"status":418}}'],
      {
        write: (text) => void written.push(text),
        signal: stop.signal,
        starters: {
          plivo: starter("plivo"),
          evo: starter("evo"),
          speko: starter("speko"),
          portsip: starter("portsip"),
        },
      },
    );
    await vi.waitFor(() => expect(written).not.toEqual([]));
    const [plivo] = servers;
    expect(written.join("")).toContain(`export PLIVO_BASE_URL=${plivo!.baseUrl}\n`);
    expect(written.join("")).toContain(String.raw`export EVO_TOKEN='it'\''s a secret'`);
    expect((await fetch(`${plivo!.baseUrl}/anything`)).status).toBe(418);
    stop.abort();
    expect(await running).toBe(0);
    await expect(fetch(plivo!.baseUrl)).rejects.toThrow();
  });
});
