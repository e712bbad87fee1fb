/**
 * `npm run bench`: requests a second, p50 and p99 of (a) the gateway, (b) the same bytes from a bare Fastify route and
 * (c) the same selection from Mercurius with jit and hand-written loaders, all over one SQLite file, in one run. The
 * machine's speed cancels out of the ratios; figures themselves are only for ordering.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { BODY } from "./operation.mjs";

const SECONDS = Number(process.argv[2] ?? 6);
const ROUNDS = 3;
const CONNECTIONS = 16;
const HEADERS = { "content-type": "application/json" };

const folder = await mkdtemp(join(tmpdir(), "switchboard-bench-"));
const servers = [];

/** Starts a server in a process of its own, on a core of its own where there are several. */
async function serve(script, ...args) {
  const command = [process.execPath, new URL(script, import.meta.url).pathname, ...args];
  const [program, ...rest] =
    availableParallelism() > 1 && process.platform === "linux" ? ["taskset", "-c", "0", ...command] : command;
  const child = spawn(program, rest, { stdio: ["ignore", "pipe", "inherit"] });
  servers.push(child);
  const [line] = await once(child.stdout, "data");
  return String(line).trim();
}

async function measure(url) {
  const result = await autocannon({
    url: `${url}/graphql`,
    method: "POST",
    headers: HEADERS,
    body: BODY,
    connections: CONNECTIONS,
    duration: SECONDS,
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} failed`);
  return { rps: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}

const ask = async (url) =>
  (await fetch(`${url}/graphql`, { method: "POST", headers: HEADERS, body: BODY })).text();
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  const database = join(folder, "bench.db");
  const gateway = await serve("serve-gateway.mjs", database);
  const bytes = await ask(gateway);
  await writeFile(join(folder, "answer.json"), bytes);
  const bare = await serve("serve-bare.mjs", join(folder, "answer.json"));
  const mercurius = await serve("serve-mercurius.mjs", database);
  const sorted = (text) => JSON.stringify(JSON.parse(text).data);
  if (sorted(await ask(mercurius)) !== sorted(bytes)) throw new Error("(c) answers something else than (a)");

  const targets = {
    "(a) gateway": gateway,
    "(b) bare Fastify": bare,
    "(c) Mercurius, jit, loaders": mercurius,
  };
  const runs = Object.fromEntries(Object.keys(targets).map((name) => [name, []]));
  for (const url of Object.values(targets))
    await autocannon({
      url: `${url}/graphql`,
      method: "POST",
      headers: HEADERS,
      body: BODY,
      connections: CONNECTIONS,
      duration: 2,
    });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, url] of Object.entries(targets)) runs[name].push(await measure(url));
  }
  const figures = Object.fromEntries(
    Object.entries(runs).map(([name, list]) => [
      name,
      {
        "requests/s": Math.round(median(list.map(({ rps }) => rps))),
        "p50 ms": median(list.map(({ p50 }) => p50)),
        "p99 ms": median(list.map(({ p99 }) => p99)),
      },
    ]),
  );
  console.log(
    `50 sessions, ${bytes.length} bytes, ${CONNECTIONS} connections, median of ${ROUNDS} × ${SECONDS} s`,
  );
  console.table(figures);
  const [a, b, c] = Object.values(figures).map((row) => row["requests/s"]);
  console.log(`(a) / (b) = ${(a / b).toFixed(3)}`);
  console.log(`(a) / (c) = ${(a / c).toFixed(3)}   goal: 1 or more`);
} finally {
  for (const child of servers) child.kill();
  await rm(folder, { recursive: true, force: true });
}
