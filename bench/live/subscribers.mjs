/**
 * A process of many subscribers, each a plain WebSocket that speaks as much graphql-transport-ws as it must.
 *
 *     node bench/live/subscribers.mjs '{"url":"ws://…","count":1000,"query":"…","bare":false}'
 *
 * Commands come in as lines: `report` prints what was received since the last one, `end` ends it. Prints `ready` when all
 * are subscribed. Every frame is counted; when it came is noted for every 50th subscriber, or as `noted` says.
 */
import { createInterface } from "node:readline";
import WebSocket from "ws";

const { url, count, query = null, bare = false, noted = 50 } = JSON.parse(process.argv[2]);
/** Connections being opened at once. */
const OPENING = 100;

const now = () => performance.timeOrigin + performance.now();
let frames = 0;
let fewest = null;
/** Name of a change to the moments at which noted subscribers had it. */
let received = new Map();
const sockets = [];

function take(index, text) {
  frames += 1;
  sockets[index].frames += 1;
  if (index % noted !== 0) return;
  const name = /"title":"(bench[^"]*)"/.exec(text)?.[1];
  if (name === undefined) return;
  if (!received.has(name)) received.set(name, []);
  received.get(name).push(now());
}

function open(index) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, bare ? [] : ["graphql-transport-ws"], { perMessageDeflate: false });
    sockets[index] = { socket, frames: 0 };
    socket.once("error", reject);
    socket.once("close", (code, reason) => {
      console.error(`closed ${code} ${reason}`);
      process.exitCode = 1;
    });
    socket.on("open", () => (bare ? resolve() : socket.send('{"type":"connection_init"}')));
    socket.on("message", (data) => {
      const text = data.toString();
      if (bare || text.includes('"type":"next"')) return take(index, text);
      const { type } = JSON.parse(text);
      if (type === "ping") socket.send('{"type":"pong"}');
      else if (type === "error") throw new Error(text.slice(0, 500));
      else if (type !== "connection_ack") return take(index, text);
      else {
        if (query !== null)
          socket.send(JSON.stringify({ id: `s${index}`, type: "subscribe", payload: { query } }));
        resolve();
      }
    });
  });
}

for (let start = 0; start < count; start += OPENING)
  await Promise.all(
    Array.from({ length: Math.min(OPENING, count - start) }, (_, offset) => open(start + offset)),
  );
console.log("ready");

for await (const line of createInterface({ input: process.stdin })) {
  if (line === "end") break;
  fewest = Math.min(...sockets.map((own) => own.frames));
  const most = Math.max(...sockets.map((own) => own.frames));
  console.log(JSON.stringify({ frames, fewest, most, received: [...received], cpu: process.cpuUsage() }));
  received = new Map();
  frames = 0;
  for (const own of sockets) own.frames = 0;
}
process.exit();
