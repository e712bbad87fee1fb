/**
 * A process of subscribers that stop reading their connections, half of them WebSockets, half event streams, and one that
 * goes on reading, to tell what there was.
 *
 *     node bench/live/sleepers.mjs '{"url":"ws://…","count":20,"query":"subscription ($after: String) …"}'
 *
 * Commands come in as lines: `pause` (all that are slow stop reading), `resume` (they read on to their end, then resume
 * with their last cursors; answered with how each ended and what it got). Prints `ready` when all are subscribed.
 */
import { once } from "node:events";
import http from "node:http";
import { createInterface } from "node:readline";
import WebSocket from "ws";
import { now, say } from "./kit.mjs";

const { url, count, query } = JSON.parse(process.argv[2]);
/** For what a client lacks, milliseconds. */
const PATIENCE_MS = 60_000;

const cursorIn = (text) => /"cursor":"([^"]+)"/.exec(text)?.[1];

async function openSocket(variables) {
  const socket = new WebSocket(url, ["graphql-transport-ws"], { perMessageDeflate: false });
  const cursors = [];
  const ended = new Promise((resolve) => {
    socket.on("close", (code) => resolve({ code, at: now() }));
  });
  socket.on("error", () => undefined);
  await once(socket, "open");
  socket.send('{"type":"connection_init"}');
  await once(socket, "message");
  socket.on("message", (data) => {
    const text = data.toString();
    if (text.includes('"type":"next"')) cursors.push(cursorIn(text));
    else if (text.includes('"type":"error"')) throw new Error(text.slice(0, 500));
  });
  socket.send(JSON.stringify({ id: "1", type: "subscribe", payload: { query, variables } }));
  const [pause, resume] = [() => socket.pause(), () => socket.resume()];
  return { transport: "WebSocket", cursors, ended, pause, resume, leave: () => socket.terminate() };
}

async function openEvents(variables) {
  const headers = { accept: "text/event-stream", "content-type": "application/json" };
  const request = http.request(url.replace("ws", "http"), { method: "POST", headers, agent: false });
  request.on("error", () => undefined);
  request.end(JSON.stringify({ query, variables }));
  const [response] = await once(request, "response");
  const cursors = [];
  const ended = new Promise((resolve) => {
    response.on("error", () => undefined);
    response.on("close", () => resolve({ code: response.complete ? "over" : "broken off", at: now() }));
  });
  let rest = "";
  response.setEncoding("utf8");
  response.on("data", (piece) => {
    const events = (rest + piece).split("\n\n");
    rest = events.pop();
    for (const event of events) if (event.startsWith("event: next")) cursors.push(cursorIn(event));
  });
  const [pause, resume] = [() => response.socket.pause(), () => response.socket.resume()];
  return { transport: "event stream", cursors, ended, pause, resume, leave: () => response.destroy() };
}

const open = (index, variables = {}) => (index % 2 === 0 ? openSocket(variables) : openEvents(variables));

async function until(isSo) {
  const deadline = now() + PATIENCE_MS;
  while (!isSo() && now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
}

const witness = await openSocket({});
const sleepers = await Promise.all(Array.from({ length: count }, (_, index) => open(index)));
let pausedAt = 0;
console.log("ready");

/** One that was not closed would be waited for in vain: what it has been told all the same says how that came. */
async function stillOpen({ cursors, leave }) {
  await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  leave();
  return { code: `open, ${cursors.length} of ${witness.cursors.length}`, at: now() };
}

/** Reads on to the end, comes back with the last cursor, and answers what it got. */
async function wake(sleeper, index) {
  const told = sleeper.cursors.length;
  sleeper.resume();
  const { code, at } = await Promise.race([sleeper.ended, stillOpen(sleeper)]);
  const again = await open(index, { after: sleeper.cursors.at(-1) });
  const missed = witness.cursors.length - sleeper.cursors.length;
  await until(() => again.cursors.length >= missed);
  // Whatever is told twice comes now.
  await new Promise((resolve) => setTimeout(resolve, 500));
  again.leave();
  const all = [...sleeper.cursors, ...again.cursors];
  const isExact = all.length === witness.cursors.length && all.every((one, n) => one === witness.cursors[n]);
  const { transport } = sleeper;
  return {
    ...{ transport, end: String(code), seconds: (at - pausedAt) / 1_000 },
    ...{ "before it stopped": told, "read on": sleeper.cursors.length - told, resumed: again.cursors.length },
    exact: isExact,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "pause") {
    await until(() => sleepers.every(({ cursors }) => cursors.length === witness.cursors.length));
    for (const sleeper of sleepers) sleeper.pause();
    pausedAt = now();
    say({ pausedAt });
  } else say({ told: witness.cursors.length, sleepers: await Promise.all(sleepers.map(wake)) });
}
process.exit();
