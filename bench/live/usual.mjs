/**
 * The usual way: Apollo's schema served by graphql-ws, one publish-subscribe for all, and an execution and a serialisation
 * for every subscriber of every change. The graph is the gateway's own, with its resolvers, rights and loaders, over the
 * same database, so that what differs is how changes get to subscribers and nothing else. What is published holds the
 * session as it was read; each execution has loaders of its own, since loaders that are kept answer with what was.
 * Commands as in `gateway.mjs`.
 *
 *     node bench/live/usual.mjs DATABASE_URL
 */
import { EventEmitter, on } from "node:events";
import { createInterface } from "node:readline";
import { createSourceEventStream, execute } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { createSchema } from "../../dist/src/gateway/create-schema.js";
import { toChangeNode } from "../../dist/src/live/session-changes.js";
import { toListNode } from "../../dist/src/loaders/session-by-id.js";
import { openGateway } from "../cache/open-gateway.mjs";
import { makeSnapshot } from "../cache/generate.mjs";
import { now, say, steadily } from "./kit.mjs";

const [url] = process.argv.slice(2);
const { store, ingest, contextFor } = await openGateway(url);
const schema = createSchema();
const changes = new EventEmitter().setMaxListeners(0);
let executions = 0;

async function* sessionChanges() {
  for await (const [change] of on(changes, "change")) yield change;
}

/** As graphql's own `subscribe`, with a context for each execution. */
async function subscribe(args) {
  const events = await createSourceEventStream({
    ...args,
    contextValue: { ...contextFor(), live: { sessionChanges } },
  });
  if (!(Symbol.asyncIterator in events)) return events;
  return (async function* () {
    for await (const rootValue of events) {
      executions += 1;
      yield await execute({ ...args, rootValue, contextValue: contextFor() });
    }
  })();
}

const server = new WebSocketServer({
  port: 0,
  host: "127.0.0.1",
  path: "/graphql",
  perMessageDeflate: false,
});
useServer({ schema, subscribe }, server);
await new Promise((resolve) => server.once("listening", resolve));
say({ url: `ws://127.0.0.1:${server.address().port}/graphql` });

let serial = 0;
const { snapshot } = makeSnapshot({ seed: 1, index: 0, voiceAi: 1, turns: 0 });
for await (const line of createInterface({ input: process.stdin })) {
  const { changes: times, perSecond } = JSON.parse(line);
  const stored = [];
  const before = executions;
  const cpu = process.cpuUsage();
  await steadily(times, perSecond, async () => {
    const title = `bench usual ${(serial += 1)}`;
    snapshot.facts = { ...snapshot.facts, phase: "LIVE", state: "IN_PROGRESS", endedAt: null, title };
    const last = await store.changes.last();
    await ingest.ingest("speko", [{ ...snapshot, observedAt: Date.now() }]);
    stored.push([title, now()]);
    const [change] = await store.changes.after(last, 1, "all");
    const [row] = await store.sessions.byKeys([change.sessionKey], ["speko"]);
    const session = toListNode(row, "SpekoSession");
    changes.emit("change", toChangeNode(change, session, `c${change.sequence}`, false));
  });
  const { user, system } = process.cpuUsage(cpu);
  const done = { executions: executions - before, memory: process.memoryUsage().rss };
  say({ stored, cpuSeconds: (user + system) / 1e6, ...done });
}
