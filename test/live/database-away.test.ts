/** The database goes away while a change is being told: it is told when the database is back, whole and once. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DATABASES } from "../support/databases.js";
import { openLiveGateway, type LiveGateway } from "../support/live-gateway.js";
import { snapshot, turn } from "../support/snapshots.js";
import { startTcpProxy, type TcpProxy } from "../support/tcp-proxy.js";

interface Change {
  kind: string;
  session: { providerId: string; transcript: { text: string } | null };
}
const CHANGES = `subscription {
  sessionChanges(snapshot: false) { kind session { providerId transcript { text } } }
}`;

describe.each(DATABASES.filter(({ name }) => name === "postgres"))("a $name that goes away", (kind) => {
  let proxy: TcpProxy;
  let reader: LiveGateway;
  let writer: LiveGateway;
  let drop: () => Promise<void>;

  beforeEach(async () => {
    const created = await kind.create();
    drop = created.drop;
    proxy = await startTcpProxy(created.url);
    reader = await openLiveGateway(proxy.url);
    writer = await openLiveGateway(created.url);
  });
  afterEach(async () => {
    proxy.refuse = false;
    await reader[Symbol.asyncDispose]();
    await writer[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
    await drop();
  });

  it("makes a change wait that cannot be told whole", async () => {
    const client = await reader.watch<Change>("sessionChanges", CHANGES);
    const gone = proxy.cutAt("FROM transcript_entries", "before").then(() => {
      proxy.refuse = true;
      proxy.cut();
    });
    await writer.ingest.ingest("speko", [snapshot("a", { transcript: [turn(0, { text: "hello" })] })]);
    await gone;
    const attempts = proxy.attempts;
    await expect.poll(() => proxy.attempts, { timeout: 30_000 }).toBeGreaterThan(attempts + 3);
    expect(client.frames).toEqual([]);
    proxy.refuse = false;
    await client.until(({ frames }) => frames.length > 0);
    await writer.ingest.ingest("speko", [snapshot("b")]);
    await client.until(({ frames }) => frames.at(-1)?.session.providerId === "b");
    expect(client.errors).toEqual([]);
    expect(client.frames).toEqual([
      { kind: "CREATED", session: { providerId: "a", transcript: { text: "User: hello" } } },
      { kind: "CREATED", session: { providerId: "b", transcript: { text: "" } } },
    ]);
  }, 90_000);
});
