/**
 * `node bench/live/webhooks.mjs [--seconds 20] [--subscribers 1] [--database …]`: from the 200 that a provider gets for its
 * delivery to the frame that a subscriber gets, at 100 deliveries a second, against from stored to frame at 100 changes a
 * second, in turns in one run. Deliveries are Speko's, signed; each is about a call that has changed, which the gateway reads over HTTP.
 * The gateway and the subscribers are processes of their own; the provider, which sends, is this one.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Pool } from "undici";
import { SECRET, signed } from "../speko-delivery.mjs";
import { now, quantile, steadily } from "./kit.mjs";
import { isMain, start, table, withDatabase } from "./processes.mjs";

const RATE = 100;
/** Calls that deliveries are about, in turn: five seconds from one about a call to the next. */
const CALLS = 500;
const ROUNDS = 3;
const GOAL = 3;
/** Subscribers, at most, whose frames are timed. */
const NOTED = 10;
const QUERY = `subscription { sessionChanges(snapshot: false) {
  cursor kind at changed
  session { id state phase startedAt from { address } connection { name } ... on SpekoSession { metadata } }
} }`;

/** The provider: calls that change whenever a delivery says so. */
async function startProvider() {
  const titles = new Map();
  const server = createServer((request, response) => {
    if (request.url.endsWith("/stream") || request.url.includes("/stream?")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      return void response.write(": nothing happens\n\n");
    }
    const id = /^\/v1\/calls\/([^/?]+)$/.exec(request.url)?.[1];
    const created = new Date(Date.now() - 60_000).toISOString();
    const metadata = { title: titles.get(id) };
    const call = { id, status: "active", direction: "outbound", created_at: created, metadata };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(id === undefined ? { data: [] } : call));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => (server.closeAllConnections(), server.close());
  return { url: `http://127.0.0.1:${server.address().port}`, titles, close };
}

/** Runs it and prints what came of it. */
export async function webhooks(databaseUrl, { seconds, subscribers = 1 }) {
  const provider = await startProvider();
  const gateway = start("webhook-gateway.mjs", databaseUrl, provider.url, SECRET);
  const { url } = JSON.parse(await gateway.hear());
  const live = `${url.replace("http", "ws")}/graphql`;
  const clients = start(
    "subscribers.mjs",
    JSON.stringify({ url: live, count: subscribers, query: QUERY, noted: Math.ceil(subscribers / NOTED) }),
  );
  await clients.hear();
  while ((await gateway.ask("stored")).subscribers < subscribers);
  const pool = new Pool(url, { connections: 32 });
  const rates = { changes: RATE * seconds, perSecond: RATE };
  let serial = 0;

  async function send(acceptedAt) {
    serial += 1;
    const title = `bench hook ${serial}`;
    const session = `call_${serial % CALLS}`;
    provider.titles.set(session, title);
    const body = JSON.stringify({ type: "call.status", session_id: session, status: "active" });
    const request = { path: "/webhooks/speko", method: "POST", headers: signed(body), body };
    const answer = await pool.request(request);
    acceptedAt.set(title, now());
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`a delivery was answered ${answer.statusCode}`);
  }

  /** Moments of frames by what they show; the first of each subscriber, where there are several. */
  async function frames() {
    const { received } = await clients.ask("report");
    const noted = Math.min(NOTED, subscribers);
    return new Map(received.map(([name, moments]) => [name, moments.slice(0, noted)]));
  }

  async function hooks() {
    const acceptedAt = new Map();
    const sending = [];
    await steadily(rates.changes, RATE, () => void sending.push(send(acceptedAt)));
    await Promise.all(sending);
    // What is still being worked on.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const { stored } = await gateway.ask("stored");
    const shown = await frames();
    return { accepted: between(acceptedAt, shown), stored: between(new Map(stored), shown) };
  }

  async function changes() {
    const { stored } = await gateway.ask(JSON.stringify(rates));
    return between(new Map(stored), await frames());
  }

  // Every call is known, and everything warm.
  const warm = new Map();
  for (let n = 0; n < CALLS; n += 1) await send(warm);
  await gateway.ask(JSON.stringify({ ...rates, changes: CALLS }));
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await gateway.ask("stored");
  await frames();
  const rounds = [];
  for (let n = 0; n < ROUNDS; n += 1) rounds.push({ changes: await changes(), ...(await hooks()) });
  for (const one of [clients, gateway]) one.end();
  provider.close();
  await pool.close();

  const row = (name) => {
    const all = rounds.flatMap((round) => round[name]);
    const known = all.filter((one) => !Number.isNaN(one));
    return { p50: quantile(known, 0.5), p99: quantile(known, 0.99), "not shown": all.length - known.length };
  };
  const [accepted, stored, change] = [row("accepted"), row("stored"), row("changes")];
  table(
    `to ${subscribers} subscribers' frames, ${RATE}/s, ${ROUNDS} × ${seconds} s in turns, ms (goal: p99 ${GOAL} times)`,
    {
      "webhook accepted": accepted,
      "what it led to stored": stored,
      "change stored, without webhooks": change,
      "accepted / change stored": { p50: accepted.p50 / change.p50, p99: accepted.p99 / change.p99 },
      "accepted / what it led to stored": { p50: accepted.p50 / stored.p50, p99: accepted.p99 / stored.p99 },
    },
  );
}

/** Milliseconds from each to its frame; NaN for what was never shown, since a later state of its call was. */
const between = (from, shown) =>
  [...from].flatMap(([name, at]) => (shown.get(name) ?? [NaN]).map((moment) => moment - at));

if (isMain(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "20" },
      subscribers: { type: "string", default: "1" },
      database: { type: "string" },
    },
  });
  const [seconds, subscribers] = [Number(values.seconds), Number(values.subscribers)];
  await withDatabase(values.database, (url) => webhooks(url, { seconds, subscribers }));
}
