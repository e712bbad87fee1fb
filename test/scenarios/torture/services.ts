/** A PostgreSQL and a Redis of the test's own, which stop, are killed and come back on the same port. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Programs } from "./programs.js";

/** A server that comes and goes. */
export interface Service {
  readonly url: string;
  readonly isUp: boolean;
  start(): Promise<void>;
  /** In order, or, `abruptly`, as if the power had gone: nothing is finished and nothing is said. */
  stop(abruptly: boolean): Promise<void>;
  /** Stops it and removes what it has kept. */
  remove(): Promise<void>;
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Makes an empty cluster and starts it, with the settings that PostgreSQL comes with: what is committed is on disk. */
export async function startPostgres({ initdb, pgCtl, runsAs }: Programs): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), "switchboard-postgres-"));
  if (runsAs !== null) await chown(folder, runsAs.uid, runsAs.gid);
  const data = join(folder, "data");
  const log = join(folder, "log");
  const port = await freePort();
  const run = async (program: string, args: readonly string[]) => {
    const as = runsAs ?? {};
    const child = spawn(program, args, { ...as, cwd: folder, stdio: ["ignore", "ignore", "ignore"] });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code === 0) return;
    const said = await readFile(log, "utf8").catch(() => "");
    throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${said.slice(-2_000)}`);
  };
  await run(initdb, ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60`;
  const service = {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    isUp: false,
    async start() {
      if (service.isUp) return;
      await run(pgCtl, ["start", "-w", "-t", "60", "-D", data, "-l", log, "-o", settings]);
      service.isUp = true;
    },
    async stop(abruptly: boolean) {
      if (!service.isUp) return;
      service.isUp = false;
      await run(pgCtl, ["stop", "-w", "-t", "60", "-D", data, "-m", abruptly ? "immediate" : "fast"]);
    },
    async remove() {
      await service.stop(true);
      await rm(folder, { recursive: true, force: true });
    },
  };
  await service.start();
  return service;
}

/** Starts one that keeps nothing. */
export async function startRedis({ redisServer }: Programs): Promise<Service> {
  const port = await freePort();
  let child: ChildProcess | null = null;
  const service: Service = {
    url: `redis://127.0.0.1:${port}/0`,
    get isUp() {
      return child !== null;
    },
    async start() {
      if (child !== null) return;
      const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
      const started = spawn(redisServer, args, { cwd: tmpdir(), stdio: ["ignore", "pipe", "ignore"] });
      child = started;
      let said = "";
      await new Promise<void>((resolve, reject) => {
        started.stdout.on("data", (data: Buffer) => {
          said += data.toString();
          if (said.includes("Ready to accept connections")) resolve();
        });
        started.once("exit", (code) => reject(new Error(`redis-server ended with ${code}: ${said}`)));
      });
    },
    async stop(abruptly) {
      if (child === null) return;
      const ended = once(child, "exit");
      child.kill(abruptly ? "SIGKILL" : "SIGTERM");
      child = null;
      await ended;
    },
    remove: () => service.stop(true),
  };
  await service.start();
  return service;
}
