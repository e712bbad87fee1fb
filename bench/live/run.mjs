/**
 * `npm run bench:live -- [--subscribers 1000] [--many 10000] [--seconds 20] [--database sqlite:…|postgres://…]`: what it
 * costs to tell subscribers of changes, against the `ws` package sending the same bytes and against the usual way. The
 * subscribers are a second process.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { quantile } from "./kit.mjs";

const { values } = parseArgs({
  options: {
    subscribers: { type: "string", default: "1000" },
    many: { type: "string", default: "10000" },
    usual: { type: "string", default: "1000" },
    seconds: { type: "string", default: "20" },
    database: { type: "string" },
  },
});
const seconds = Number(values.seconds);
const folder = await mkdtemp(join(tmpdir(), "switchboard-live-"));
const databaseUrl = values.database ?? `sqlite:${join(folder, "cache.db")}`;

const QUERY = `subscription { sessionChanges(snapshot: false) {
  cursor kind at changed
  session {
    id state phase title startedAt durationSeconds
    from { address displayName } to { address displayName } connection { name }
  }
} }`;

/** A process that is spoken to in lines. */
function start(script, ...args) {
  const path = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hear = async () => (await lines.next()).value;
  return {
    hear,
    async ask(text) {
      child.stdin.write(`${text}\n`);
      return JSON.parse(await hear());
    },
    end: () => child.kill("SIGKILL"),
  };
}

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

const show = (value) => (Number.isFinite(value) ? Number(value.toPrecision(3)) : value);
function table(title, rows) {
  console.log(`\n${title}`);
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([name, row]) => [
        name,
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, show(value)])),
      ]),
    ),
  );
}

try {
  const frame = await captureFrame();
  const some = Number(values.subscribers);
  const gateway = await measure("gateway.mjs", { count: some, perSecond: 20 });
  const bare = await measure("bare.mjs", { count: some, perSecond: 20, frame });
  table(`change stored to frame received, ${some} subscribers, 20 changes/s, ms (goal: 2 times bare)`, {
    gateway,
    bare,
    ratio: { p50: gateway.p50 / bare.p50, p99: gateway.p99 / bare.p99, cpu: gateway.cpu / bare.cpu },
  });

  const usualCount = Number(values.usual);
  const usual = await measure("usual.mjs", { count: usualCount, perSecond: 20 });
  const plain = await measure("usual-plain.mjs", { count: usualCount, perSecond: 20 });
  const each = (one) => (one.cpu / one.frames) * 1e6;
  table("processor time for each frame delivered, microseconds (goal: 1/8 of the usual way)", {
    gateway: { us: each(gateway) },
    "usual, the same graph": { us: each(usual), executions: usual.executions },
    "usual, plain objects": { us: each(plain) },
    bare: { us: each(bare) },
    "ratio, the same graph": { us: each(gateway) / each(usual) },
    "ratio, plain objects": { us: each(gateway) / each(plain) },
  });

  const many = Number(values.many);
  const crowd = await measure("gateway.mjs", { count: many, perSecond: 5 });
  const crowdBare = await measure("bare.mjs", { count: many, perSecond: 5, frame });
  table(
    `${many} subscribers of one operation, 5 changes/s (goal: nothing lost, 1.5 times bare, 1 execution)`,
    {
      gateway: crowd,
      bare: crowdBare,
      ratio: { cpu: crowd.cpu / crowdBare.cpu },
    },
  );

  const idle = await measure("usual-plain.mjs", { count: many, perSecond: 5, idle: true });
  table("memory for each subscriber, KB (goal: 25, and 1.5 times an idle graphql-ws client)", {
    gateway: { kb: crowd.kbEach },
    "graphql-ws, connected only": { kb: idle.kbEach },
    ratio: { kb: crowd.kbEach / idle.kbEach },
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}
