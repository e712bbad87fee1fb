/**
 * `npm run bench:live -- [--only latency,usual,busy,crowd,idle-memory,slow,webhooks,idle-requests] [--slow] [--seconds 20]
 * [--subscribers 1000] [--many 10000] [--database sqlite:…|postgres://…]`: what it costs to tell subscribers of changes,
 * against the `ws` package sending the same bytes and against the usual way. Clients are processes of their own.
 *
 * | part | what | by default |
 * | --- | --- | --- |
 * | `latency` | change stored to frame received, against the bare package | yes |
 * | `usual` | processor time for each frame, against the usual way | yes |
 * | `busy` | 200 changes a second, against the bare package | yes |
 * | `crowd` | `--many` subscribers of one operation: nothing lost, against the bare package | yes |
 * | `idle-memory` | memory for each of them, against an idle graphql-ws client | yes |
 * | `slow` | clients that read nothing for a minute beside others (`slow.mjs`) | with `--slow` |
 * | `webhooks` | webhook accepted to frame received, against stored to received (`webhooks.mjs`) | when named |
 * | `idle-requests` | what providers are asked while nobody watches (`idle.mjs`) | when named |
 *
 * `--only crowd --seconds 60` runs one part for a minute; `slow` is a minute unless `--seconds` is given, `idle-requests`
 * three. Ten thousand clients need as many open files on either side (`ulimit -Hn`, which is looked at first).
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { idle } from "./idle.mjs";
import { quantile } from "./kit.mjs";
import { start, table, withDatabase } from "./processes.mjs";
import { slow } from "./slow.mjs";
import { webhooks } from "./webhooks.mjs";

const PARTS = ["latency", "usual", "busy", "crowd", "idle-memory", "slow", "webhooks", "idle-requests"];
const { values } = parseArgs({
  options: {
    only: { type: "string", default: PARTS.slice(0, 5).join() },
    slow: { type: "boolean", default: false },
    subscribers: { type: "string", default: "1000" },
    many: { type: "string", default: "10000" },
    usual: { type: "string", default: "1000" },
    seconds: { type: "string" },
    database: { type: "string" },
  },
});
const named = new Set(values.only.split(","));
if (values.slow) named.add("slow");
for (const name of named)
  if (!PARTS.includes(name)) throw new RangeError(`--only ${name}: it can be ${PARTS.join(", ")}`);
const wants = (...names) => names.some((name) => named.has(name));
const secondsOr = (otherwise) => Number(values.seconds ?? otherwise);
const seconds = secondsOr(20);

let databaseUrl = "";

const QUERY = `subscription { sessionChanges(snapshot: false) {
  cursor kind at changed
  session {
    id state phase title startedAt durationSeconds
    from { address displayName } to { address displayName } connection { name }
  }
} }`;

/** Changes at an even pace from one server to so many subscribers: latencies, processor time, what arrived. */
async function measure(script, { count, perSecond, frame, idle = false }) {
  const server = start(script, databaseUrl);
  const { url } = JSON.parse(await server.hear());
  const empty = await server.ask(JSON.stringify({ changes: 0, perSecond, frame }));
  const bare = script === "bare.mjs";
  const clients = start("subscribers.mjs", JSON.stringify({ url, count, query: idle ? null : QUERY, bare }));
  await clients.hear();
  // Whatever opening so many took is over.
  const before = await server.ask(JSON.stringify({ changes: idle ? 0 : 5, perSecond, frame }));
  await clients.ask("report");
  const changes = idle ? 0 : seconds * perSecond;
  const sent = await server.ask(JSON.stringify({ changes, perSecond, frame }));
  const got = await clients.ask("report");
  clients.end();
  server.end();
  const stored = new Map(sent.stored);
  const latencies = got.received.flatMap(([name, moments]) =>
    moments.map((moment) => moment - (stored.get(name) ?? NaN)),
  );
  return {
    ...{ p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), cpu: sent.cpuSeconds },
    ...{ frames: got.frames, expected: changes * count, executions: sent.executions / changes },
    kbEach: (before.memory - empty.memory) / count / 1_024,
  };
}

/** A frame as a subscriber gets it, for the others to send. */
async function captureFrame() {
  const server = start("gateway.mjs", databaseUrl);
  const { url } = JSON.parse(await server.hear());
  const { default: WebSocket } = await import("ws");
  const socket = new WebSocket(url, ["graphql-transport-ws"]);
  const frame = new Promise((resolve) => {
    socket.on("message", (data) => {
      const text = data.toString();
      if (text.includes('"next"')) resolve(text);
      if (JSON.parse(text).type !== "connection_ack") return;
      socket.send(JSON.stringify({ id: "s100", type: "subscribe", payload: { query: QUERY } }));
      setTimeout(() => server.ask('{"changes":1,"perSecond":1}').catch(() => undefined), 200);
    });
  });
  socket.on("open", () => socket.send('{"type":"connection_init"}'));
  const text = await frame;
  socket.terminate();
  server.end();
  return text;
}

/** Each client is a file on either side; Node takes as many as it may have. */
function checkFiles(count) {
  const limits = process.platform === "linux" ? readFileSync("/proc/self/limits", "utf8") : "";
  const hard = Number(/Max open files\s+\S+\s+(\d+)/.exec(limits)?.[1] ?? Infinity);
  if (hard < count + 500)
    throw new RangeError(
      `${count} clients need ${count + 500} open files, and there may be ${hard}: ulimit -Hn`,
    );
}

const each = (one) => (one.cpu / one.frames) * 1e6;

/** What a frame costs, against an execution for every subscriber. */
async function againstTheUsual(gateway) {
  const count = Number(values.usual);
  const usual = await measure("usual.mjs", { count, perSecond: 20 });
  const plain = await measure("usual-plain.mjs", { count, perSecond: 20 });
  table("processor time for each frame delivered, microseconds (goal: 1/8 of the usual way)", {
    gateway: { us: each(gateway), executions: gateway.executions },
    "usual, the same graph": { us: each(usual), executions: usual.executions },
    "usual, plain objects": { us: each(plain) },
    "ratio, the same graph": { us: each(gateway) / each(usual) },
    "ratio, plain objects": { us: each(gateway) / each(plain) },
  });
}

/** More changes than can be sent one by one: what comes together leaves together. */
async function busy(frame) {
  const options = { count: Number(values.subscribers), perSecond: 200 };
  const gateway = await measure("gateway.mjs", options);
  const bare = await measure("bare.mjs", { ...options, frame });
  table(`${options.count} subscribers, 200 changes/s (no goal)`, {
    gateway: { ...gateway, us: each(gateway) },
    bare: { ...bare, us: each(bare) },
    ratio: { p50: gateway.p50 / bare.p50, p99: gateway.p99 / bare.p99, us: each(gateway) / each(bare) },
  });
}

/** As many subscribers of one operation as one process should take. */
async function crowds(frame) {
  const many = Number(values.many);
  checkFiles(many);
  const crowd = await measure("gateway.mjs", { count: many, perSecond: 5 });
  if (wants("crowd")) {
    const crowdBare = await measure("bare.mjs", { count: many, perSecond: 5, frame });
    table(
      `${many} subscribers of one operation, 5 changes/s for ${seconds} s (goal: nothing lost, 1.5 times bare, 1 execution)`,
      {
        gateway: crowd,
        bare: crowdBare,
        ratio: { cpu: crowd.cpu / crowdBare.cpu },
      },
    );
  }
  if (!wants("idle-memory")) return;
  const idle = await measure("usual-plain.mjs", { count: many, perSecond: 5, idle: true });
  table("memory for each subscriber, KB (goal: 25, and 1.5 times an idle graphql-ws client)", {
    gateway: { kb: crowd.kbEach },
    "graphql-ws, connected only": { kb: idle.kbEach },
    ratio: { kb: crowd.kbEach / idle.kbEach },
  });
}

await withDatabase(values.database, async (database) => {
  databaseUrl = database;
  const frame = wants("latency", "crowd", "busy") ? await captureFrame() : "";
  const some = Number(values.subscribers);
  const gateway = wants("latency", "usual")
    ? await measure("gateway.mjs", { count: some, perSecond: 20 })
    : null;
  if (wants("latency")) {
    const bare = await measure("bare.mjs", { count: some, perSecond: 20, frame });
    table(`change stored to frame received, ${some} subscribers, 20 changes/s, ms (goal: 2 times bare)`, {
      gateway,
      bare,
      ratio: { p50: gateway.p50 / bare.p50, p99: gateway.p99 / bare.p99, cpu: gateway.cpu / bare.cpu },
    });
  }

  if (wants("usual")) await againstTheUsual(gateway);
  if (wants("busy")) await busy(frame);
  if (wants("crowd", "idle-memory")) await crowds(frame);
  if (wants("slow")) await slow(database, { seconds: secondsOr(60), healthy: 100, sleeping: 20 });
});
for (const subscribers of wants("webhooks") ? [1, 100] : [])
  await withDatabase(values.database, (database) => webhooks(database, { seconds, subscribers }));
if (wants("idle-requests"))
  await withDatabase(values.database, (url) => idle(url, { seconds: secondsOr(180) }));
