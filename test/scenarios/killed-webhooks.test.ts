/** A gateway killed right after it has acknowledged: the delivery is worked on after the restart, once. */
import { beforeAll, describe, expect, it } from "vitest";
import { signV3 } from "../../src/providers/plivo/plivo.webhooks.js";
import { DATABASES } from "../support/databases.js";
import { startScriptedServer, type Script } from "../support/scripted-server.js";
import { ensureBuilt, spawnCli } from "../support/spawn-cli.js";

const SESSION = "5c1d7a90-8a8e-4a0f-9d52-1f0f6f3f0a01";
const TOKEN = "a-plivo-token";
const PUBLIC_URL = "https://hooks.example.com";

/** An account that lists nothing, so that only a webhook leads to its one session. */
const answering: Script = ({ path }, response) => {
  const session = { session_uuid: SESSION, status: "active", created_time: "2026-01-05 09:00:00 +0000 UTC" };
  const list = { meta: { total_count: 0, limit: 20, offset: 0 }, objects: [] };
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ api_id: "x", response: path.includes(SESSION) ? session : list }));
};
/** The same, but never says anything of the session. */
const hanging: Script = (request, response, count) =>
  request.path.includes(SESSION) ? undefined : answering(request, response, count);

beforeAll(ensureBuilt, 120_000);

async function deliver(url: string): Promise<number> {
  const parameters = new URLSearchParams({
    EventName: "SessionTimeout",
    SessionUUID: SESSION,
    SequenceNumber: "1",
  });
  const signed = {
    method: "POST",
    url: `${PUBLIC_URL}/webhooks/plivo`,
    parameters,
    nonce: "7",
    authToken: TOKEN,
  } as const;
  const headers = { "x-plivo-signature-v3": signV3(signed), "x-plivo-signature-v3-nonce": "7" };
  return (await fetch(`${url}/webhooks/plivo`, { method: "POST", headers, body: parameters })).status;
}

describe.each(DATABASES)("on $name", (kind) => {
  it("is worked on after the restart, once", async () => {
    await using server = await startScriptedServer(hanging);
    const { url: database, drop } = await kind.create();
    const environment = {
      PLIVO_AUTH_ID: "MA1",
      PLIVO_AUTH_TOKEN: TOKEN,
      PLIVO_BASE_URL: server.url,
      SWITCHBOARD_PUBLIC_URL: PUBLIC_URL,
      DATABASE_URL: database,
      PORT: "0",
      SWITCHBOARD_AUTH: "open",
      SWITCHBOARD_POLL_IDLE_MS: "3600000",
    };
    const listening = /"url":"(http:[^"]+)","msg":"listening"/;
    const reads = () => server.requests.filter(({ path }) => path.includes(SESSION));
    try {
      const first = spawnCli(["start"], environment);
      const [, url = ""] = await first.until(listening);
      expect(await deliver(url)).toBe(200);
      first.signal("SIGKILL");
      await first.exit;
      server.play(answering);
      const before = reads().length;

      const second = spawnCli(["start"], environment);
      const [, again = ""] = await second.until(listening);
      const ask = async () => {
        const response = await fetch(`${again}/graphql`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            query:
              "{ sessions(first: 5) { nodes { providerId } } connections { lastSyncedAt webhooks { waiting lastReceivedAt setAsideCount } } }",
          }),
        });
        return ((await response.json()) as { data: unknown }).data;
      };
      const webhooks = { waiting: 0, lastReceivedAt: expect.any(String), setAsideCount: 0 };
      await expect.poll(ask, { timeout: 20_000 }).toEqual({
        sessions: { nodes: [{ providerId: SESSION }] },
        // The first poll reads what is open as well: it is over when this is known.
        connections: [{ lastSyncedAt: expect.any(String), webhooks }],
      });
      const settled = reads().length;
      expect(settled - before).toBeGreaterThanOrEqual(1);
      expect(settled - before).toBeLessThanOrEqual(2);
      // The provider, which never heard the answer, sends it again.
      expect(await deliver(again)).toBe(200);
      expect(await ask()).toMatchObject({ connections: [{ webhooks: { waiting: 0 } }] });
      expect(reads().length).toBe(settled);
      second.signal("SIGKILL");
      await second.exit;
    } finally {
      await drop();
    }
  }, 60_000);
});
