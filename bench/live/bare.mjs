/**
 * The least that could do it: the `ws` package sending given bytes to all of its clients. Commands as in `gateway.mjs`.
 *
 *     node bench/live/bare.mjs
 */
import { createInterface } from "node:readline";
import { WebSocketServer } from "ws";
import { now, say, steadily } from "./kit.mjs";

const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
await new Promise((resolve) => server.once("listening", resolve));
say({ url: `ws://127.0.0.1:${server.address().port}` });

let serial = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { changes, perSecond, frame } = JSON.parse(line);
  const stored = [];
  const cpu = process.cpuUsage();
  await steadily(changes, perSecond, () => {
    const name = `bench bare ${(serial += 1)}`;
    const bytes = frame.replace(/"title":"bench[^"]*"/, `"title":"${name}"`);
    stored.push([name, now()]);
    for (const client of server.clients) client.send(bytes);
  });
  const { user, system } = process.cpuUsage(cpu);
  say({ stored, cpuSeconds: (user + system) / 1e6, memory: process.memoryUsage().rss });
}
