/** `/webhooks/{connection}` over HTTP: what is taken, what is refused, and what is on disk by then. */
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { signV3 } from "../../src/providers/plivo/plivo.webhooks.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Database } from "../../src/store/sql.js";
import { DATABASES } from "../support/databases.js";
import { portsipDelivery, spekoDelivery, WEBHOOK_SECRETS } from "../support/deliveries.js";
import { startTestGateway, type TestGateway } from "../support/gateway.js";
import { startScriptedServer, type ScriptedServer } from "../support/scripted-server.js";

/** Where the gateway is reached from outside: behind a proxy, under a path of its own. */
const PUBLIC_URL = "https://hooks.example.com/switchboard";
const PLIVO_TOKEN = "a-plivo-token";
const SECOND_SECRET = "whsec_AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

let nowhere: ScriptedServer;
beforeAll(async () => {
  // Providers that know nothing.
  nowhere = await startScriptedServer((_, response) => void response.writeHead(404).end("{}"));
});
afterAll(() => nowhere[Symbol.asyncDispose]());

const environment = () => ({
  ...WEBHOOK_SECRETS,
  SPEKO_WEBHOOK_SECRETS: `${WEBHOOK_SECRETS.SPEKO_WEBHOOK_SECRETS},${SECOND_SECRET}`,
  SPEKO_API_KEY: "key",
  SPEKO_BASE_URL: nowhere.url,
  PLIVO_AUTH_ID: "MA1",
  PLIVO_AUTH_TOKEN: PLIVO_TOKEN,
  PLIVO_BASE_URL: nowhere.url,
  PORTSIP_BASE_URL: `${nowhere.url}/api`,
  PORTSIP_USERNAME: "u",
  PORTSIP_PASSWORD: "p",
  EVO_VOICE_USERNAME: "u",
  EVO_VOICE_PASSWORD: "p",
  EVO_VOICE_BASE_URL: nowhere.url,
  SWITCHBOARD_PUBLIC_URL: PUBLIC_URL,
});

/** A callback as Plivo makes it for the address that it knows. */
function plivoDelivery(
  event: Record<string, string>,
  method: "GET" | "POST",
  token = PLIVO_TOKEN,
): [string, RequestInit] {
  const query = method === "GET" ? `?${new URLSearchParams(event).toString()}` : "";
  const parameters = new URLSearchParams(method === "GET" ? {} : event);
  const url = `${PUBLIC_URL}/webhooks/plivo${query}`;
  const signature = signV3({ method, url, parameters, nonce: "1", authToken: token });
  const headers = { "x-plivo-signature-v3": signature, "x-plivo-signature-v3-nonce": "1" };
  return [`plivo${query}`, { method, headers, ...(method === "GET" ? {} : { body: parameters }) }];
}

describe.each(DATABASES)("on $name", (kind) => {
  let gateway: TestGateway;
  let database: Database;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const made = await kind.create();
    ({ drop } = made);
    gateway = await startTestGateway({ environment: { ...environment(), DATABASE_URL: made.url } });
    database = await openDatabase(made.url);
  });
  beforeEach(() => database.all("DELETE FROM webhook_inbox", []));
  afterAll(async () => {
    await database.close();
    await gateway[Symbol.asyncDispose]();
    await drop();
  });

  const send = async (place: string, init: RequestInit) =>
    (await fetch(`${gateway.url}/webhooks/${place}`, init)).status;
  const kept = async () =>
    (await database.all("SELECT connection, delivery_id FROM webhook_inbox ORDER BY sequence", [])).map(
      (row) => `${row["connection"] as string} ${row["delivery_id"] as string}`,
    );

  const EVENT = { type: "call.status", session_id: "call_1" };

  it("what is genuine is on disk when it is acknowledged", async () => {
    expect(await send("speko", spekoDelivery(EVENT, { id: "one" }))).toBe(200);
    expect(await kept()).toEqual(["speko one"]);
    expect(await send("speko", spekoDelivery(EVENT, { id: "two", secret: SECOND_SECRET }))).toBe(200);
    expect(await kept()).toEqual(["speko one", "speko two"]);
    expect(
      await send("portsip", portsipDelivery({ event_type: "call_start", session_id: "812345678901234567" })),
    ).toBe(200);
    for (const method of ["GET", "POST"] as const)
      expect(await send(...plivoDelivery({ EventName: "X", SequenceNumber: method }, method))).toBe(200);
    expect(await kept()).toHaveLength(5);
  });

  it("what is replayed is acknowledged without effect, also many times at once", async () => {
    const delivery = spekoDelivery(EVENT, { id: "same" });
    const answers = await Promise.all(Array.from({ length: 50 }, () => send("speko", delivery)));
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(await send("speko", delivery)).toBe(200);
    expect(await kept()).toEqual(["speko same"]);
  });

  it("the address with a slash behind it is the same", async () => {
    expect(await send("speko/", spekoDelivery(EVENT, { id: "slash" }))).toBe(200);
    expect(await kept()).toEqual(["speko slash"]);
  });

  it("something else under a used id is refused, also when both come at once", async () => {
    expect(await send("speko", spekoDelivery(EVENT, { id: "used" }))).toBe(200);
    expect(await send("speko", spekoDelivery({ ...EVENT, session_id: "call_2" }, { id: "used" }))).toBe(401);
    const both = [EVENT, { ...EVENT, status: "ended" }].map((event) =>
      send("speko", spekoDelivery(event, { id: "both" })),
    );
    expect((await Promise.all(both)).sort()).toEqual([200, 401]);
    expect(await kept()).toEqual(["speko used", "speko both"]);
  });

  it("what is forged or stale is refused, and leaves nothing", async () => {
    const now = Math.floor(Date.now() / 1000);
    const attempts: [string, RequestInit][] = [
      ["speko", spekoDelivery(EVENT, { secret: "whsec_Zm9yZ2Vk" })],
      ["speko", spekoDelivery(EVENT, { at: now - 600 })],
      ["speko", spekoDelivery(EVENT, { at: now + 600 })],
      ["speko", spekoDelivery(EVENT, { sent: "{}" })],
      ["speko", { method: "POST", body: "{}" }],
      ["speko", { method: "GET" }],
      ["portsip", portsipDelivery(EVENT, "another")],
      ["portsip", { method: "POST", body: "{}" }],
      plivoDelivery({ EventName: "X" }, "POST", "another"),
      plivoDelivery({ EventName: "X" }, "GET", "another"),
      ["plivo", { method: "POST" }],
    ];
    for (const [place, init] of attempts) expect(await send(place, init), place).toBe(401);
    expect(await kept()).toEqual([]);
  });

  it("a connection that takes no deliveries answers as one that is not there", async () => {
    const seen = async (place: string) => {
      const response = await fetch(`${gateway.url}/webhooks/${place}`, spekoDelivery(EVENT));
      return { status: response.status, body: (await response.text()).replaceAll(place, "…") };
    };
    const unknown = await seen("nobody");
    expect(unknown.status).toBe(404);
    expect(await seen("evo")).toEqual(unknown);
    expect((await fetch(`${gateway.url}/webhooks/speko`, { method: "PUT" })).status).toBe(404);
    expect((await fetch(`${gateway.url}/webhooks/speko`, { method: "HEAD" })).status).toBe(404);
  });

  it("bodies are taken as they are: any type or none, no more than a megabyte", async () => {
    const of = (event: object | string, id: string, type?: string) => {
      const { headers, ...rest } = spekoDelivery(event, { id });
      const { "content-type": _, ...others } = headers as Record<string, string>;
      return {
        ...rest,
        headers: { ...others, ...(type === undefined ? {} : { "content-type": type }) },
        body: Buffer.from(String(rest.body)),
      };
    };
    expect(await send("speko", of(EVENT, "none"))).toBe(200);
    expect(await send("speko", of(EVENT, "odd", "application/x-www-form-urlencoded"))).toBe(200);
    expect(await send("speko", of(EVENT, "no type", ";;"))).toBe(200);
    expect(
      await send(
        "speko",
        of(`{"type":"call.status",  "session_id":"\\u0000é" }`, "spaces", "text/plain; charset=latin1"),
      ),
    ).toBe(200);
    expect(
      await send("speko", of({ ...EVENT, transcript: "x".repeat(1_000_000) }, "large", "application/json")),
    ).toBe(200);
    expect(
      await send("speko", of({ ...EVENT, transcript: "x".repeat(1_100_000) }, "huge", "application/json")),
    ).toBe(413);
    expect(await kept()).toEqual(["speko none", "speko odd", "speko no type", "speko spaces", "speko large"]);
  });

  it("nothing of a delivery's proof is kept", async () => {
    await send("portsip", portsipDelivery({ event_type: "call_start", session_id: "812345678901234567" }));
    await send("speko", spekoDelivery(EVENT));
    await send(...plivoDelivery({ EventName: "X" }, "POST"));
    const rows = JSON.stringify(await database.all("SELECT * FROM webhook_inbox", []));
    expect(rows).not.toContain(WEBHOOK_SECRETS.PORTSIP_WEBHOOK_TOKEN);
    expect(rows).not.toMatch(/Bearer|v1,|signature/i);
  });
});

it("without its database it asks the provider to come again, and takes what comes then", async () => {
  const folder = await mkdtemp(join(tmpdir(), "switchboard-"));
  const path = join(folder, "cache.db");
  const gateway = await startTestGateway({
    environment: {
      ...environment(),
      DATABASE_URL: `sqlite:${path}`,
      SWITCHBOARD_DATABASE_PATIENCE_MS: "200",
    },
  });
  try {
    const delivery = spekoDelivery({ type: "call.status", session_id: "call_1" });
    const send = () => fetch(`${gateway.url}/webhooks/speko`, delivery);
    await rename(path, `${path}.away`);
    const { status, headers } = await send();
    expect(status).toBe(503);
    expect(headers.get("retry-after")).not.toBeNull();
    await rename(`${path}.away`, path);
    expect((await send()).status).toBe(200);
  } finally {
    await gateway[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
});
