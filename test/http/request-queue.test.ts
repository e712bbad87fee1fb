import { afterEach, expect, test, vi } from "vitest";
import { createHttpClient } from "../../src/http/create-http-client.js";
import type { HttpClient, HttpClientOptions, Priority } from "../../src/http/http-client.js";
import { RateLimiter } from "../../src/http/rate-limiter.js";
import { createCaptureLogger } from "../support/capture-logger.js";
import { startScriptedServer, statuses, type ScriptedServer } from "../support/scripted-server.js";

let client: HttpClient | undefined;
afterEach(() => client?.close());

function connect(server: ScriptedServer, options: Partial<HttpClientOptions>): HttpClient {
  client = createHttpClient({
    provider: "PORTSIP",
    connection: "main",
    baseUrl: server.url,
    log: createCaptureLogger().log,
    ...options,
  });
  return client;
}

function send(http: HttpClient, path: string, priority: Priority): Promise<unknown> {
  return http.request({ method: "GET", path, priority });
}

test("no more than maxConcurrency requests are in flight, and all of them are answered", async () => {
  const held: (() => void)[] = [];
  let most = 0;
  await using server = await startScriptedServer((_, response) => {
    held.push(() => response.end());
    most = Math.max(most, held.length);
    // Answered three at a time, so a fourth that came too early would be seen waiting with them.
    if (held.length === 3) setImmediate(() => held.splice(0).forEach((answer) => answer()));
  });
  const http = connect(server, { maxConcurrency: 3 });
  await Promise.all(Array.from({ length: 30 }, (_, index) => send(http, `/${index}`, "user")));
  expect(server.requests).toHaveLength(30);
  expect(most).toBe(3);
});

test("user requests overtake background ones, each kind in its order", async () => {
  const first = Promise.withResolvers<void>();
  await using server = await startScriptedServer(async (seen, response) => {
    if (seen.path === "/first") await first.promise;
    response.end();
  });
  const http = connect(server, { maxConcurrency: 1 });
  const calls = [send(http, "/first", "background")];
  await vi.waitFor(() => expect(server.requests).toHaveLength(1));
  calls.push(send(http, "/b1", "background"), send(http, "/b2", "background"));
  calls.push(send(http, "/u1", "user"), send(http, "/u2", "user"));
  first.resolve();
  await Promise.all(calls);
  expect(server.requests.map((request) => request.path)).toEqual(["/first", "/u1", "/u2", "/b1", "/b2"]);
});

test("background work never takes the last slot", async () => {
  const user = Promise.withResolvers<void>();
  await using server = await startScriptedServer(async (seen, response) => {
    if (seen.path === "/user") user.resolve();
    await user.promise;
    response.end();
  });
  const http = connect(server, { maxConcurrency: 2 });
  const calls = [send(http, "/b1", "background"), send(http, "/b2", "background")];
  await vi.waitFor(() => expect(server.requests).toHaveLength(1));
  calls.push(send(http, "/user", "user"));
  await Promise.all(calls);
  expect(server.requests.map((request) => request.path)).toEqual(["/b1", "/user", "/b2"]);
});

test("a request that gives up in the queue is never sent, and the next one moves up", async () => {
  const first = Promise.withResolvers<void>();
  await using server = await startScriptedServer(async (_, response) => {
    await first.promise;
    response.end();
  });
  const http = connect(server, { maxConcurrency: 1 });
  const caller = new AbortController();
  const one = send(http, "/1", "user");
  await vi.waitFor(() => expect(server.requests).toHaveLength(1));
  const two = http.request({ method: "GET", path: "/2", signal: caller.signal });
  const three = send(http, "/3", "user");
  caller.abort(new Error("gone"));
  await expect(two).rejects.toThrow("gone");
  first.resolve();
  await Promise.all([one, three]);
  expect(server.requests.map((request) => request.path)).toEqual(["/1", "/3"]);
});

test("a request without a slot before its deadline times out unsent", async () => {
  await using server = await startScriptedServer(() => undefined);
  const http = connect(server, { maxConcurrency: 1 });
  const stuck = http.request({ method: "GET", path: "/stuck" }).catch(() => undefined);
  await vi.waitFor(() => expect(server.requests).toHaveLength(1));
  await expect(http.request({ method: "GET", path: "/", operationTimeoutMs: 50 })).rejects.toMatchObject({
    code: "PROVIDER_TIMEOUT",
    sent: false,
  });
  await http.close();
  await stuck;
});

test("a request that the connection's own limit holds back too long is told so, unsent", async () => {
  await using server = await startScriptedServer(statuses(200));
  const http = connect(server, { rateLimit: { requests: 2, perMs: 120_000 } });
  await Promise.all([send(http, "/1", "user"), send(http, "/2", "user")]);
  await expect(send(http, "/3", "user")).rejects.toMatchObject({
    code: "PROVIDER_RATE_LIMITED",
    sent: false,
    retryAfterSeconds: 60,
  });
  expect(server.requests).toHaveLength(2);
  expect(http.stats.requestsPerMinute).toBe(2);
});

test("a limit spreads requests out and lets every one of them through", async () => {
  await using server = await startScriptedServer(statuses(200));
  const http = connect(server, { rateLimit: { requests: 2, perMs: 40 } });
  await Promise.all(Array.from({ length: 8 }, (_, index) => send(http, `/${index}`, "background")));
  expect(server.requests).toHaveLength(8);
});

test("the bucket refills evenly, never past its size, and a pause wins over it", () => {
  let now = 0;
  const limiter = new RateLimiter({ requests: 2, perMs: 1_000 }, () => now);
  limiter.take();
  limiter.take();
  expect(limiter.waitMs).toBe(500);
  now = 400;
  expect(limiter.waitMs).toBeCloseTo(100);
  now = 500;
  expect(limiter.waitMs).toBe(0);
  now = 60_000;
  expect(limiter.waitMs).toBe(0);
  limiter.take();
  limiter.take();
  expect(limiter.waitMs).toBe(500);
  limiter.pauseFor(3_000);
  limiter.pauseFor(1_000);
  expect(limiter.waitMs).toBe(3_000);
});
