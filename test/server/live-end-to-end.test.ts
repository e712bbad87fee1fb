import { createClient } from "graphql-ws";
import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { openStream, posted } from "../support/event-source.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld({ sandbox: { days: 1 } });
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

const query = "subscription { sessionChanges { kind cursor session { state from { address } } } }";
const create = `mutation { createPortsipSession(input: { caller: "1001", callee: "1002" }) { session { id } } }`;

interface Told {
  data: { sessionChanges: { kind: string; cursor: string; session: { from: { address: string } } } };
}
const isNew = ({ data }: Told) => data.sessionChanges.kind !== "SNAPSHOT";

it("a call that is made is told over WebSocket and as an event, with the same words", async () => {
  const url = `${world.gateway.url}/graphql`;
  const client = createClient({ url: url.replace("http", "ws"), webSocketImpl: WebSocket });
  const overSocket: Told[] = [];
  const unsubscribe = client.subscribe<Told["data"]>(
    { query },
    {
      next: (result) => void overSocket.push(result as Told),
      error: () => undefined,
      complete: () => undefined,
    },
  );
  await using stream = await openStream(url, posted({ query }));
  const asEvents: Told[] = [];
  const reading = (async () => {
    for (let event = await stream.next(); event !== null; event = await stream.next())
      asEvents.push(JSON.parse(event.data) as Told);
  })().catch(() => undefined);
  // Both have been told what there is already.
  await expect.poll(() => Math.min(overSocket.length, asEvents.length)).toBeGreaterThan(0);

  const { errors } = await world.gateway.query(create);
  expect(errors).toEqual([]);
  await expect
    .poll(() => Math.min(overSocket.filter(isNew).length, asEvents.filter(isNew).length))
    .toBeGreaterThan(0);
  expect(overSocket.find(isNew)).toEqual(asEvents.find(isNew));
  unsubscribe();
  await client.dispose();
  stream.abort();
  await reading;
});
