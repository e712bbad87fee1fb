import { afterEach, describe, expect, test } from "vitest";
import { ProviderAuthFailedError, ProviderBadResponseError } from "../../../src/errors/index.js";
import type { JsonObject } from "../../../src/model/index.js";
import { plivoModule } from "../../../src/providers/plivo/plivo.module.js";
import type { ProviderConnection, SessionPage } from "../../../src/providers/provider.js";
import { createCaptureLogger } from "../../support/capture-logger.js";
import { sendJson, startScriptedServer, statuses, type Script } from "../../support/scripted-server.js";
import { quietSession } from "./bodies.js";

const AUTH_ID = "MAXXXXXXXXXXXXXXXXXX";
const NOW = Date.UTC(2026, 0, 5, 9, 10);
const DAY_MS = 24 * 60 * 60 * 1000;

let connection: ProviderConnection | undefined;
afterEach(() => connection?.close());

function connect(baseUrl: string): { plivo: ProviderConnection; lines: unknown[] } {
  const { log, lines } = createCaptureLogger();
  connection = plivoModule.connect({
    name: "plivo",
    config: { authId: AUTH_ID, authToken: "a-secret-token", baseUrl, currency: "USD" },
    log,
    attemptTimeoutMs: 5_000,
    defaultRegion: "US",
    now: () => NOW,
  });
  return { plivo: connection, lines };
}

async function collect(pages: AsyncIterable<SessionPage>): Promise<SessionPage[]> {
  const all: SessionPage[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

const idsOf = (pages: SessionPage[]) =>
  pages.flatMap((page) => page.snapshots.map(({ providerId }) => providerId));

function toList(rows: readonly unknown[], total: number, offset: number): JsonObject {
  const meta = { limit: 20, offset, total_count: total, next: null, previous: null };
  return { api_id: "x", response: { meta, objects: rows as JsonObject[] } };
}

/** A list of sessions `s-0`, `s-1`, ... by offset, as Plivo pages it. */
function listOf(total: number): Script {
  return (seen, response) => {
    const offset = Number(seen.query.get("offset"));
    const count = Math.max(0, Math.min(20, total - offset));
    const rows = Array.from({ length: count }, (_, index) =>
      quietSession({ session_uuid: `s-${offset + index}` }),
    );
    sendJson(response, toList(rows, total, offset));
  };
}

describe("reading by id", () => {
  test("signs in with Basic and puts the account and the id in the path", async () => {
    await using server = await startScriptedServer((_, response) => {
      sendJson(response, { api_id: "x", response: quietSession() });
    });
    const { plivo } = connect(server.url);
    const [outcome] = await plivo.readSessions(["5c1d7a90-8a8e-4a0f-9d52-1f0f6f3f0a01"]);
    expect(outcome).toMatchObject({ kind: "found", snapshot: { source: "READ", observedAt: NOW } });
    const [seen] = server.requests;
    expect(seen?.path).toBe(`/v1/Account/${AUTH_ID}/Masking/Session/5c1d7a90-8a8e-4a0f-9d52-1f0f6f3f0a01/`);
    const credentials = Buffer.from(`${AUTH_ID}:a-secret-token`).toString("base64");
    expect(seen?.headers.authorization).toBe(`Basic ${credentials}`);
  });

  test("answers each id for itself, in order: found, absent, failed", async () => {
    await using server = await startScriptedServer((seen, response) => {
      if (seen.path.includes("/gone/")) sendJson(response, {}, 404);
      else if (seen.path.includes("/odd/")) response.end("<html>");
      else sendJson(response, { response: quietSession({ session_uuid: "here" }) });
    });
    const outcomes = await connect(server.url).plivo.readSessions(["here", "gone", "odd", ".."]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["found", "absent", "failed", "absent"]);
    expect(outcomes[2]).toMatchObject({ error: expect.any(ProviderBadResponseError) });
    expect(server.requests).toHaveLength(3);
  });

  test("keeps few requests in flight", async () => {
    let inFlight = 0;
    let most = 0;
    await using server = await startScriptedServer((_, response) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      setTimeout(() => {
        inFlight -= 1;
        sendJson(response, { response: quietSession() });
      }, 5);
    });
    const ids = Array.from({ length: 20 }, (_, index) => `s-${index}`);
    const outcomes = await connect(server.url).plivo.readSessions(ids);
    expect(outcomes.every(({ kind }) => kind === "found")).toBe(true);
    expect(most).toBeLessThanOrEqual(6);
  });
});

describe("lists", () => {
  test("are paged by 20 to the end", async () => {
    await using server = await startScriptedServer(listOf(45));
    const pages = await collect(connect(server.url).plivo.listSessions({ since: NOW - DAY_MS, until: NOW }));
    expect(idsOf(pages)).toEqual(Array.from({ length: 45 }, (_, index) => `s-${index}`));
    expect(server.requests.map(({ query }) => [query.get("limit"), query.get("offset")])).toEqual([
      ["20", "0"],
      ["20", "20"],
      ["20", "40"],
    ]);
    expect(pages[0]).toMatchObject({ total: 45, rejected: [] });
  });

  test("always name their window, in UTC without a zone", async () => {
    await using server = await startScriptedServer(listOf(0));
    await collect(connect(server.url).plivo.listSessions({ since: NOW - DAY_MS, until: NOW }));
    const [seen] = server.requests;
    expect(seen?.query.get("created_time__gte")).toBe("2026-01-04 09:10:00");
    expect(seen?.query.get("created_time__lt")).toBe("2026-01-05 09:10:00");
    expect(seen?.url).toContain("created_time__gte=2026-01-04%2009%3A10%3A00");
  });

  test("reach 90 days back in slices of at most 30 that leave no gap", async () => {
    await using server = await startScriptedServer(listOf(0));
    await collect(connect(server.url).plivo.listSessions({ since: 0, until: NOW }));
    const slices = server.requests.map(({ query }) =>
      ["created_time__gte", "created_time__lt"].map((key) => Date.parse(`${query.get(key) ?? ""}Z`)),
    );
    expect(slices.length).toBeGreaterThanOrEqual(3);
    for (const [index, [from = 0, to = 0]] of slices.entries()) {
      expect(to - from).toBeLessThanOrEqual(30 * DAY_MS);
      expect(to).toBe(index === 0 ? NOW : slices[index - 1]?.[0]);
    }
    expect(slices.at(-1)?.[0]).toBe(NOW - 90 * DAY_MS);
  });

  test("take a row once although new ones push it to the next page", async () => {
    await using server = await startScriptedServer((seen, response, count) => {
      const shift = count === 1 ? 0 : 3;
      const offset = Number(seen.query.get("offset"));
      const rows = Array.from({ length: Math.min(20, 30 + shift - offset) }, (_, index) =>
        quietSession({ session_uuid: `s-${offset + index - shift}` }),
      );
      sendJson(response, toList(rows, 30 + shift, offset));
    });
    const pages = await collect(connect(server.url).plivo.listSessions({ since: NOW - DAY_MS, until: NOW }));
    const ids = idsOf(pages);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(30);
  });

  test("go on to an empty page where the provider gives no count", async () => {
    await using server = await startScriptedServer((seen, response, count) => {
      const rows = count < 3 ? [quietSession({ session_uuid: `s-${count}` })] : [];
      sendJson(response, { response: { objects: rows } });
    });
    const pages = await collect(connect(server.url).plivo.listSessions({ since: NOW - DAY_MS, until: NOW }));
    expect(idsOf(pages)).toEqual(["s-1", "s-2"]);
    expect(server.requests).toHaveLength(3);
  });

  test("keep the rest of a page when a row cannot be read", async () => {
    await using server = await startScriptedServer((_, response) => {
      sendJson(response, toList([quietSession(), "a row", { status: "active" }], 3, 0));
    });
    const [page] = await collect(connect(server.url).plivo.listSessions({ since: NOW - DAY_MS, until: NOW }));
    expect([page?.snapshots.length, page?.rejected.length]).toEqual([1, 2]);
  });

  test("that are not lists are a bad response", async () => {
    await using server = await startScriptedServer((_, response) => sendJson(response, { sessions: [] }));
    const pages = connect(server.url).plivo.listSessions({ since: NOW - DAY_MS });
    await expect(collect(pages)).rejects.toBeInstanceOf(ProviderBadResponseError);
  });

  test("of what is live are one window of expiry times that begins a little before now", async () => {
    await using server = await startScriptedServer(listOf(1));
    const pages = await collect(connect(server.url).plivo.listLive());
    expect(idsOf(pages)).toEqual(["s-0"]);
    const [seen] = server.requests;
    const at = (key: string) => Date.parse(`${seen?.query.get(key) ?? ""}Z`);
    expect(at("expiry_time__gte")).toBeLessThan(NOW);
    expect(at("expiry_time__lt")).toBeGreaterThan(NOW);
    expect(at("expiry_time__lt") - at("expiry_time__gte")).toBeLessThanOrEqual(30 * DAY_MS);
  });
});

describe("failures", () => {
  test("wrong credentials are this connection's fault, asked once, and never logged", async () => {
    await using server = await startScriptedServer((_, response) => void response.writeHead(401).end("nope"));
    const { plivo, lines } = connect(server.url);
    const error: unknown = await plivo.probe().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProviderAuthFailedError);
    expect(error).toMatchObject({ status: 401, source: { provider: "PLIVO", connection: "plivo" } });
    expect(server.requests).toHaveLength(1);
    const credentials = Buffer.from(`${AUTH_ID}:a-secret-token`).toString("base64");
    expect(JSON.stringify(lines)).not.toContain("a-secret-token");
    expect(JSON.stringify(lines)).not.toContain(credentials);
  });

  test("429 is waited for and then read", async () => {
    await using server = await startScriptedServer((_, response, count) => {
      if (count === 1) response.writeHead(429, { "retry-after": "0" }).end();
      else sendJson(response, { response: quietSession() });
    });
    const [outcome] = await connect(server.url).plivo.readSessions(["s-1"]);
    expect(outcome?.kind).toBe("found");
    expect(server.requests).toHaveLength(2);
  });

  test("a 429 that lasts too long is told with its time", async () => {
    await using server = await startScriptedServer(statuses([429, { "retry-after": "300" }]));
    const [outcome] = await connect(server.url).plivo.readSessions(["s-1"]);
    expect(outcome).toMatchObject({
      kind: "failed",
      error: { code: "PROVIDER_RATE_LIMITED", retryAfterSeconds: 300 },
    });
    expect(server.requests).toHaveLength(1);
  });

  test("a caller who gives up ends the reading with its own reason", async () => {
    const caller = new AbortController();
    await using server = await startScriptedServer(() => caller.abort(new Error("gone")));
    const reading = connect(server.url).plivo.readSessions(["s-1"], { signal: caller.signal });
    await expect(reading).rejects.toThrow("gone");
  });
});

describe("recordings", () => {
  const session = { providerId: "s-1", startedAt: null, endedAt: null, fields: {} };

  test("have their address fetched anew each time", async () => {
    await using server = await startScriptedServer((_, response) => {
      sendJson(response, { recording_url: "https://media.example.com/rec-1.mp3" });
    });
    const { plivo } = connect(server.url);
    for (let time = 0; time < 2; time += 1) {
      expect(await plivo.recordingUrl(session, { id: "rec-1" })).toBe("https://media.example.com/rec-1.mp3");
    }
    expect(server.requests.map(({ path }) => path)).toEqual(
      Array.from({ length: 2 }, () => `/v1/Account/${AUTH_ID}/Recording/rec-1/`),
    );
  });

  test("that are gone have none", async () => {
    await using server = await startScriptedServer(statuses(404));
    const { plivo } = connect(server.url);
    expect(await plivo.recordingUrl(session, { id: "rec-1" })).toBeNull();
    expect(await plivo.recordingUrl(session, {})).toBeNull();
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ["no address yet", {}],
    ["an empty address", { recording_url: "" }],
    ["an address of another kind", { recording_url: "javascript:alert(1)" }],
    ["something else", { recording_url: ["https://media.example.com/rec-1.mp3"] }],
  ])("with %s have none", async (_, body) => {
    await using server = await startScriptedServer((__, response) => sendJson(response, body));
    expect(await connect(server.url).plivo.recordingUrl(session, { id: "rec-1" })).toBeNull();
  });

  test("are asked for again when they are gone: the next answer counts", async () => {
    await using server = await startScriptedServer((_, response, count) => {
      if (count === 2) sendJson(response, { error: "not found" }, 404);
      else sendJson(response, { recording_url: `https://media.example.com/${count}.mp3` });
    });
    const { plivo, lines } = connect(server.url);
    const urls: (string | null)[] = [];
    for (let time = 0; time < 3; time += 1) urls.push(await plivo.recordingUrl(session, { id: "rec-1" }));
    expect(urls).toEqual(["https://media.example.com/1.mp3", null, "https://media.example.com/3.mp3"]);
    expect(JSON.stringify(lines)).not.toContain("media.example.com");
  });

  test("that are no records are a bad response", async () => {
    await using server = await startScriptedServer((_, response) => sendJson(response, ["rec-1"]));
    const reading = connect(server.url).plivo.recordingUrl(session, { id: "rec-1" });
    await expect(reading).rejects.toBeInstanceOf(ProviderBadResponseError);
  });
});
