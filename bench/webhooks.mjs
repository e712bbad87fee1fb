/**
 * `npm run bench:webhooks -- [SECONDS]`: verified deliveries of a Speko connection, alone and beside forged ones (10,000
 * a second are offered), in turns in one run: how many are taken a second by eight senders that wait for their answers, how
 * long an answer takes at 100 a second, and how long it is from the answer to the read of the session. On one SQLite file.
 */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import autocannon from "autocannon";
import { Pool } from "undici";
import { SECRET, signed } from "./speko-delivery.mjs";

const FORGED_A_SECOND = 10_000;
const ROUNDS = 3;
const SENDERS = 8;
const RATE = 100;
const here = fileURLToPath(import.meta.url);

const event = (session) =>
  JSON.stringify({
    type: "call.status",
    session_id: session,
    organization_id: "org_1",
    direction: "outbound",
    status: "active",
  });

/** The gateway, in a process of its own. */
async function serve(upstream, database) {
  const { loadConfig } = await import("../dist/src/config/load-config.js");
  const { startGateway } = await import("../dist/src/cli/start-gateway.js");
  const { PROVIDER_MODULES } = await import("../dist/src/providers/registry.js");
  const { createLog } = await import("../dist/src/server/log.js");
  const hour = "3600000";
  const environment = {
    SPEKO_API_KEY: "key",
    SPEKO_BASE_URL: upstream,
    SPEKO_WEBHOOK_SECRETS: SECRET,
    PORT: "0",
    SWITCHBOARD_AUTH: "open",
    DATABASE_URL: `sqlite:${database}`,
    SWITCHBOARD_POLL_IDLE_MS: hour,
    SWITCHBOARD_POLL_LIVE_MS: hour,
  };
  const gateway = await startGateway(loadConfig(environment, PROVIDER_MODULES), createLog("error"));
  console.log(gateway.url);
}

/** Sends what is forged, in a process of its own, and prints how many were refused a second. */
async function forge(url, seconds) {
  const body = event("call_forged");
  const headers = signed(body, Buffer.from("forged"));
  const options = { url, method: "POST", headers, body, connections: 50, overallRate: FORGED_A_SECOND };
  const result = await autocannon({ ...options, duration: Number(seconds) });
  if (result["2xx"] > 0) throw new Error("a forged delivery was taken");
  console.log(result.requests.average);
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const median = (values) =>
  at(
    values.toSorted((a, b) => a - b),
    0.5,
  );

async function measure(seconds) {
  const folder = await mkdtemp(join(tmpdir(), "switchboard-bench-webhooks-"));
  const readAt = new Map();
  const upstream = createServer((request, response) => {
    const id = /^\/v1\/calls\/([^/?]+)$/.exec(request.url)?.[1];
    if (id !== undefined) readAt.set(id, performance.now());
    const call = { id, status: "active", direction: "outbound", created_at: new Date().toISOString() };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(id === undefined ? { data: [] } : call));
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const origin = `http://127.0.0.1:${upstream.address().port}`;
  const command = [process.execPath, here, "serve", origin, join(folder, "bench.db")];
  const [program, ...args] =
    availableParallelism() > 1 && process.platform === "linux" ? ["taskset", "-c", "0", ...command] : command;
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const url = `${String((await once(server.stdout, "data"))[0]).trim()}/webhooks/speko`;
    const pool = new Pool(new URL(url).origin, { connections: 32 });

    async function send() {
      const session = `call_${randomUUID()}`;
      const body = event(session);
      const startedAt = performance.now();
      const { statusCode, body: answer } = await pool.request({
        path: "/webhooks/speko",
        method: "POST",
        headers: signed(body),
        body,
      });
      await answer.dump();
      if (statusCode !== 200) throw new Error(`a verified delivery was answered ${statusCode}`);
      return { session, tookMs: performance.now() - startedAt, answeredAt: performance.now() };
    }

    /** Half of the time as fast as answers come, half of it at a steady rate. */
    async function round() {
      const half = (seconds * 1000) / 2;
      let taken = 0;
      const until = performance.now() + half;
      await Promise.all(
        Array.from({ length: SENDERS }, async () => {
          while (performance.now() < until) {
            await send();
            taken += 1;
          }
        }),
      );
      const sent = [];
      const steadyFrom = performance.now();
      for (let index = 0; index < (half / 1000) * RATE; index += 1) {
        const wait = steadyFrom + (index * 1000) / RATE - performance.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        sent.push(send());
      }
      const steady = await Promise.all(sent);
      const patience = performance.now() + 30_000;
      while (steady.some(({ session }) => !readAt.has(session)) && performance.now() < patience)
        await new Promise((resolve) => setTimeout(resolve, 20));
      const answers = steady.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
      const reads = steady
        .map(({ session, answeredAt }) => readAt.get(session) - answeredAt)
        .sort((a, b) => a - b);
      if (reads.some(Number.isNaN)) throw new Error("a delivery was not worked on");
      return {
        perSecond: (taken * 1000) / half,
        p50: at(answers, 0.5),
        p99: at(answers, 0.99),
        read50: at(reads, 0.5),
        read99: at(reads, 0.99),
      };
    }

    async function besideForged() {
      const forger = spawn(process.execPath, [here, "forge", url, String(seconds)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = once(forger.stdout, "data");
      // It takes a moment to be up to speed.
      await new Promise((resolve) => setTimeout(resolve, 500));
      const measured = await round();
      return { ...measured, forged: Number(String((await ended)[0])) };
    }

    await round();
    const alone = [];
    const beside = [];
    for (let index = 0; index < ROUNDS; index += 1) {
      alone.push(await round());
      beside.push(await besideForged());
    }
    const row = (rounds) => ({
      "taken/s": Math.round(median(rounds.map(({ perSecond }) => perSecond))),
      "200 p50 ms": Number(median(rounds.map(({ p50 }) => p50)).toFixed(1)),
      "200 p99 ms": Number(median(rounds.map(({ p99 }) => p99)).toFixed(1)),
      "200 to read p50 ms": Number(median(rounds.map(({ read50 }) => read50)).toFixed(1)),
      "200 to read p99 ms": Number(median(rounds.map(({ read99 }) => read99)).toFixed(1)),
      "forged refused/s": Math.round(median(rounds.map(({ forged = 0 }) => forged))),
    });
    console.log(`median of ${ROUNDS} × ${seconds} s, ${SENDERS} senders, then ${RATE} a second`);
    const figures = { alone: row(alone), "beside forged": row(beside) };
    console.table(figures);
    const ratio = figures["beside forged"]["taken/s"] / figures.alone["taken/s"];
    console.log(`taken beside forged / alone = ${ratio.toFixed(2)}   goal: 0.5 or more`);
    await pool.close();
  } finally {
    server.kill();
    upstream.closeAllConnections();
    upstream.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const [mode, ...args] = process.argv.slice(2);
if (mode === "serve") await serve(...args);
else if (mode === "forge") await forge(...args);
else await measure(Number(mode ?? 6));
