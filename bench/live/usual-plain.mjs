/**
 * The usual way: graphql-ws over graphql-js and one publish-subscribe for all, which executes and serialises each change
 * once for every subscriber. Its schema is made of plain objects, so no field costs it a database. Commands as in
 * `gateway.mjs`.
 */
import { createInterface } from "node:readline";
import { EventEmitter, on } from "node:events";
import { GraphQLError, buildSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";
import { now, say, steadily } from "./kit.mjs";

const changes = new EventEmitter().setMaxListeners(0);
const schema = buildSchema(`
  type Party { address: String displayName: String }
  type Connection { name: String! }
  type Session {
    id: ID! state: String! phase: String! title: String startedAt: String durationSeconds: Float
    from: Party to: Party connection: Connection!
  }
  type SessionChange { cursor: String! kind: String! at: String! changed: [String!]! session: Session! }
  type Query { none: String }
  type Subscription { sessionChanges(snapshot: Boolean, after: String): SessionChange! }
`);
const roots = {
  subscription: {
    async *sessionChanges() {
      for await (const [change] of on(changes, "change")) yield { sessionChanges: change };
    },
  },
};
const server = new WebSocketServer({
  port: 0,
  host: "127.0.0.1",
  path: "/graphql",
  perMessageDeflate: false,
});
useServer(
  { schema, roots, onError: (_, __, ___, errors) => errors.map((error) => new GraphQLError(error.message)) },
  server,
);
await new Promise((resolve) => server.once("listening", resolve));
say({ url: `ws://127.0.0.1:${server.address().port}/graphql` });

let serial = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { changes: times, perSecond } = JSON.parse(line);
  const stored = [];
  const cpu = process.cpuUsage();
  await steadily(times, perSecond, () => {
    const title = `bench usual ${(serial += 1)}`;
    stored.push([title, now()]);
    changes.emit("change", {
      ...{ cursor: `c${serial}`, kind: "UPDATED", at: new Date().toISOString(), changed: ["title"] },
      session: {
        ...{ id: "c3Bla28", state: "IN_PROGRESS", phase: "LIVE", title, startedAt: new Date().toISOString() },
        durationSeconds: null,
        from: { address: "+12025550134", displayName: "Ada" },
        to: { address: "+12025550135", displayName: null },
        connection: { name: "speko" },
      },
    });
  });
  const { user, system } = process.cpuUsage(cpu);
  say({ stored, cpuSeconds: (user + system) / 1e6, memory: process.memoryUsage().rss });
}
