import { setImmediate } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startSandboxHttp, type SandboxHttp } from "../../src/sandbox/kit/sandbox-http.js";

let server: SandboxHttp;

async function start(): Promise<SandboxHttp> {
  server = await startSandboxHttp({
    host: "127.0.0.1",
    port: 0,
    isExempt: ({ path }) => path === "/login",
    handle({ method, path, query, body }) {
      if (path === "/bug") throw new Error("wrong turn");
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ method, path, query: query.toString(), body: body.toString() }),
      };
    },
  });
  return server;
}

afterEach(() => server.close());

const get = (path: string): Promise<Response> => fetch(server.origin + path);

describe("a sandbox server without faults", () => {
  it("hands the raw path, the query and the body to the provider", async () => {
    await start();
    const response = await fetch(`${server.origin}/calls/a%2Fb?x=1&x=2`, { method: "POST", body: "hello" });
    expect(await response.json()).toEqual({
      method: "POST",
      path: "/calls/a%2Fb",
      query: "x=1&x=2",
      body: "hello",
    });
  });

  it("records what was served, in order, until it is told to forget", async () => {
    await start();
    await get("/one?a=1");
    await get("/two");
    expect(server.requests.map(({ method, url, status }) => [method, url, status])).toEqual([
      ["GET", "/one?a=1", 200],
      ["GET", "/two", 200],
    ]);
    server.forget();
    expect(server.requests).toEqual([]);
  });

  it("shows its own bugs as such", async () => {
    await start();
    const response = await get("/bug");
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("Sandbox bug: Error: wrong turn");
  });

  it("streams when the provider asks for it, and destroys the stream when it closes", async () => {
    server = await startSandboxHttp({
      host: "127.0.0.1",
      port: 0,
      handle: () => ({
        status: 200,
        headers: { "content-type": "text/event-stream" },
        body: null,
        stream: (response) => void response.write("data: 1\n\n"),
      }),
    });
    const reader = (await get("/stream")).body!.getReader();
    expect(Buffer.from((await reader.read()).value).toString()).toBe("data: 1\n\n");
    await server.close();
    await expect(reader.read()).rejects.toThrow();
  });
});

describe("faults", () => {
  it("answers statuses one after another, with Retry-After, then serves again", async () => {
    await start();
    server.setFaults({
      statuses: [{ status: 503 }, { status: 429, retryAfterSeconds: 7, body: '{"error":"slow down"}' }],
    });
    expect((await get("/calls")).status).toBe(503);
    const limited = await get("/calls");
    expect([limited.status, limited.headers.get("retry-after"), await limited.text()]).toEqual([
      429,
      "7",
      '{"error":"slow down"}',
    ]);
    expect((await get("/calls")).status).toBe(200);
    expect(server.requests.map(({ status }) => status)).toEqual([503, 429, 200]);
  });

  it("keeps one status until it is taken away", async () => {
    await start();
    server.setFaults({ always: { status: 502, body: "<html>Bad gateway</html>" } });
    for (let count = 0; count < 3; count += 1) {
      const response = await get("/calls");
      expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html"]);
    }
    server.setFaults({});
    expect((await get("/calls")).status).toBe(200);
  });

  it("cuts as many connections as it was told to, and records them with status 0", async () => {
    await start();
    server.setFaults({ reset: 2 });
    await expect(get("/calls")).rejects.toThrow();
    await expect(get("/calls")).rejects.toThrow();
    expect((await get("/calls")).status).toBe(200);
    expect(server.requests.map(({ status }) => status)).toEqual([0, 0, 200]);
  });

  it("accepts and never answers, until the client gives up", async () => {
    await start();
    server.setFaults({ hang: "always" });
    const giveUp = new AbortController();
    const answer = fetch(`${server.origin}/calls`, { signal: giveUp.signal });
    answer.catch(() => {});
    await vi.waitFor(() => expect(server.requests).toHaveLength(1));
    giveUp.abort();
    await expect(answer).rejects.toThrow();
    expect(server.requests[0]?.status).toBe(0);
  });

  it("serves before it is slow, so that a change is made even when its answer comes too late", async () => {
    const served: string[] = [];
    server = await startSandboxHttp({
      host: "127.0.0.1",
      port: 0,
      handle: ({ path }) => {
        served.push(path);
        return { status: 204, body: null };
      },
    });
    server.setFaults({ latencyMs: 60_000 });
    const giveUp = new AbortController();
    const answer = fetch(`${server.origin}/calls`, { method: "POST", signal: giveUp.signal });
    answer.catch(() => {});
    await vi.waitFor(() => expect(served).toEqual(["/calls"]));
    giveUp.abort();
    await expect(answer).rejects.toThrow();
  });

  it.each([
    ["html", "text/html", "<!doctype html>"],
    ["empty", "application/json", ""],
    ["truncated", "application/json", '{"method":"GET"'],
  ] as const)("answers 200 with %s instead of the promised format", async (malformed, type, start_) => {
    await start();
    server.setFaults({ malformed });
    const response = await get("/calls");
    const text = await response.text();
    expect([response.status, response.headers.get("content-type")]).toEqual([200, type]);
    expect(text.startsWith(start_)).toBe(true);
    expect(() => JSON.parse(text)).toThrow();
  });

  it("streams exactly as many bytes as asked for, without announcing them", async () => {
    await start();
    server.setFaults({ oversizedBytes: 3_000_001 });
    const response = await get("/calls");
    expect(response.headers.get("content-length")).toBeNull();
    expect((await response.arrayBuffer()).byteLength).toBe(3_000_001);
  });

  it("stops streaming when the client has had enough", async () => {
    await start();
    server.setFaults({ oversizedBytes: 2 ** 40 });
    const response = await get("/calls");
    await response.body!.cancel();
    await setImmediate();
    server.setFaults({});
    expect((await get("/calls")).status).toBe(200);
  });

  it("leaves logins alone unless they are named", async () => {
    await start();
    server.setFaults({ always: { status: 500 } });
    expect((await get("/login")).status).toBe(200);
    server.setFaults({ always: { status: 500 }, path: "/login" });
    expect((await get("/login")).status).toBe(500);
    expect((await get("/calls")).status).toBe(200);
  });
});

describe("the control routes", () => {
  it("set and show faults, and are neither affected by them nor recorded", async () => {
    await start();
    const put = await fetch(`${server.origin}/__sandbox/faults`, {
      method: "PUT",
      body: JSON.stringify({ reset: "always", statuses: [{ status: 503 }] }),
    });
    expect(put.status).toBe(200);
    await expect(get("/calls")).rejects.toThrow();
    expect(await (await get("/__sandbox/faults")).json()).toEqual({
      reset: "always",
      statuses: [{ status: 503 }],
    });
    expect(await (await get("/__sandbox/requests")).json()).toMatchObject([{ url: "/calls", status: 0 }]);
    expect((await fetch(`${server.origin}/__sandbox/requests`, { method: "DELETE" })).status).toBe(204);
    expect(server.requests).toEqual([]);
  });

  it.each([
    ["a fault nobody knows", '{"latency":5}', 'Unknown fault "latency"'],
    ["a value of the wrong kind", '{"reset":"sometimes"}', 'Fault "reset" cannot be "sometimes"'],
    ["a status that is none", '{"statuses":[{"status":42}]}', 'Fault "statuses" cannot be'],
    ["something that is not an object", "[]", "Expected an object"],
    ["something that is not JSON", "{", "JSON"],
  ])("refuse %s", async (_, body, message) => {
    await start();
    const response = await fetch(`${server.origin}/__sandbox/faults`, { method: "PUT", body });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(JSON.stringify(message).slice(1, -1));
    expect(server.faults).toEqual({});
  });
});
