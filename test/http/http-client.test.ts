import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  ProviderError,
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
} from "../../src/errors/index.js";
import { createHttpClient } from "../../src/http/create-http-client.js";
import type { HttpClient, HttpClientOptions } from "../../src/http/http-client.js";
import { createCaptureLogger } from "../support/capture-logger.js";
import { startScriptedServer, statuses, type ScriptedServer } from "../support/scripted-server.js";

const clients: HttpClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function connect(server: Pick<ScriptedServer, "url">, options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({
    provider: "PLIVO",
    connection: "main",
    baseUrl: server.url,
    log: createCaptureLogger().log,
    // No jitter: a retry comes at once unless the provider asked for a pause.
    random: () => 0,
    ...options,
  });
  clients.push(client);
  return client;
}

async function failureOf(promise: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await promise.then(
    () => new Error("expected a failure"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError)) throw error;
  return error;
}

describe("a request", () => {
  test("goes below the base URL with its query, headers and body", async () => {
    await using server = await startScriptedServer(statuses(200));
    const client = connect({ url: `${server.url}/api/` });
    await client.request({
      method: "POST",
      path: "/sessions/a%2Fb",
      query: { q: "a b&c+d", n: 5, flag: false, none: undefined, many: ["x", "y"] },
      headers: { "content-type": "application/json" },
      body: '{"ž":1}',
    });
    const [seen] = server.requests;
    expect(seen?.url).toBe("/api/sessions/a%2Fb?q=a%20b%26c%2Bd&n=5&flag=false&many=x&many=y");
    expect(seen?.body).toBe('{"ž":1}');
    expect(seen?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": expect.stringMatching(/^switchboard\/\d+\.\d+\.\d+$/),
    });
  });

  test("is answered with status, headers, cookies and the time it was sent", async () => {
    await using server = await startScriptedServer((_, response) => {
      response
        .writeHead(201, { "X-Thing": ["a", "b"], "Set-Cookie": ["one=1; Path=/", "two=2"] })
        .end("\ufeffpříliš");
    });
    const answer = await connect(server, { now: () => 1234 }).request({ method: "GET", path: "/" });
    expect(answer).toMatchObject({
      status: 201,
      cookies: ["one=1; Path=/", "two=2"],
      text: "příliš",
      sentAt: 1234,
    });
    expect(answer.headers["x-thing"]).toBe("a, b");
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ])("is read when compressed with %s", async (encoding, compress) => {
    await using server = await startScriptedServer((seen, response) => {
      expect(seen.headers["accept-encoding"]).toContain(encoding);
      response.writeHead(200, { "content-encoding": encoding }).end(compress("hello"));
    });
    expect((await connect(server).request({ method: "GET", path: "/" })).text).toBe("hello");
  });

  test("resolves for statuses the caller accepts", async () => {
    await using server = await startScriptedServer(statuses(404));
    const answer = await connect(server).request({ method: "GET", path: "/", accept: [404] });
    expect([answer.status, answer.text]).toEqual([404, "404"]);
  });

  test.each([
    [400, ProviderBadResponseError],
    [401, ProviderAuthFailedError],
    [402, ProviderAuthFailedError],
    [403, ProviderAuthFailedError],
    [404, ProviderBadResponseError],
    [409, ProviderBadResponseError],
    [501, ProviderUnavailableError],
  ])("with status %d fails at once, by name", async (status, kind) => {
    await using server = await startScriptedServer(statuses(status));
    const error = await failureOf(connect(server).request({ method: "GET", path: "/" }));
    expect(error).toBeInstanceOf(kind);
    expect(error.status).toBe(status);
    expect(server.requests).toHaveLength(1);
  });

  test("never follows a redirect", async () => {
    await using elsewhere = await startScriptedServer(statuses(200));
    await using server = await startScriptedServer(statuses([302, { location: elsewhere.url }]));
    const error = await failureOf(connect(server).request({ method: "GET", path: "/" }));
    expect(error).toBeInstanceOf(ProviderUnavailableError);
    expect(error.status).toBe(302);
    expect([server.requests.length, elsewhere.requests.length]).toEqual([1, 0]);
  });
});

describe("retries", () => {
  test("a read survives 503, then 429 with Retry-After", async () => {
    await using server = await startScriptedServer(statuses(503, [429, { "retry-after": "0" }], 200));
    const answer = await connect(server).request({ method: "GET", path: "/" });
    expect(answer.status).toBe(200);
    expect(server.requests).toHaveLength(3);
  });

  test("a read survives a connection that is cut", async () => {
    await using server = await startScriptedServer((_, response, count) => {
      if (count === 1) response.socket?.destroy();
      else if (count === 2)
        response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy());
      else response.end("whole");
    });
    const answer = await connect(server).request({ method: "GET", path: "/" });
    expect(answer.text).toBe("whole");
    expect(server.requests).toHaveLength(3);
  });

  test("give up after two more attempts", async () => {
    await using server = await startScriptedServer(statuses(503));
    const error = await failureOf(connect(server).request({ method: "GET", path: "/" }));
    expect([error.code, error.status]).toEqual(["PROVIDER_UNAVAILABLE", 503]);
    expect(server.requests).toHaveLength(3);
  });

  test.each([503, 429, 500])("a write is sent once, whatever comes back (%d)", async (status) => {
    await using server = await startScriptedServer(statuses([status, { "retry-after": "0" }], 200));
    const error = await failureOf(connect(server).request({ method: "POST", path: "/" }));
    expect(error.status).toBe(status);
    expect(error.sent).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test("a write whose connection is cut is not sent again", async () => {
    await using server = await startScriptedServer((_, response) => void response.socket?.destroy());
    const error = await failureOf(connect(server).request({ method: "DELETE", path: "/" }));
    expect([error.code, error.sent]).toEqual(["PROVIDER_UNAVAILABLE", true]);
    expect(server.requests).toHaveLength(1);
  });

  test("a POST that only reads may be retried when its caller says so", async () => {
    await using server = await startScriptedServer(statuses(503, 200));
    const answer = await connect(server).request({ method: "POST", path: "/search", safe: true });
    expect(answer.status).toBe(200);
  });

  test("a pause that does not fit the deadline is handed to the caller instead", async () => {
    await using server = await startScriptedServer(statuses([429, { "retry-after": "120" }]));
    const error = await failureOf(connect(server).request({ method: "GET", path: "/" }));
    expect(error).toBeInstanceOf(ProviderRateLimitedError);
    expect(error.retryAfterSeconds).toBe(120);
    expect(server.requests).toHaveLength(1);
  });

  test("a pause may also be given as a date", async () => {
    const now = Date.UTC(2026, 0, 1, 12);
    const date = new Date(now + 90_000).toUTCString();
    await using server = await startScriptedServer(statuses([503, { "retry-after": date }]));
    const error = await failureOf(connect(server, { now: () => now }).request({ method: "GET", path: "/" }));
    expect([error.code, error.retryAfterSeconds]).toEqual(["PROVIDER_UNAVAILABLE", 90]);
    expect(server.requests).toHaveLength(1);
  });

  test("after a 429 the whole connection waits, and says so to those who cannot", async () => {
    await using server = await startScriptedServer(statuses([429, { "retry-after": "60" }], 200));
    const client = connect(server);
    await failureOf(client.request({ method: "GET", path: "/" }));
    const error = await failureOf(client.request({ method: "GET", path: "/", operationTimeoutMs: 1_000 }));
    expect([error.code, error.sent]).toEqual(["PROVIDER_RATE_LIMITED", false]);
    expect(error.retryAfterSeconds).toBeGreaterThan(0);
    expect(server.requests).toHaveLength(1);
  });
});

describe("deadlines", () => {
  test("an attempt without an answer is ended and tried again", async () => {
    await using server = await startScriptedServer((_, response, count) => {
      if (count > 1) response.end("here");
    });
    const client = connect(server, { attemptTimeoutMs: 100, operationTimeoutMs: 10_000 });
    expect((await client.request({ method: "GET", path: "/" })).text).toBe("here");
    expect(server.requests).toHaveLength(2);
  });

  test("a body that never ends counts as no answer", async () => {
    await using server = await startScriptedServer((_, response) => {
      response.writeHead(200).write("and then");
    });
    const client = connect(server, { attemptTimeoutMs: 100, maxRetries: 0 });
    expect(await failureOf(client.request({ method: "GET", path: "/" }))).toBeInstanceOf(
      ProviderTimeoutError,
    );
  });

  test("an error status whose body never ends is still that error", async () => {
    await using server = await startScriptedServer((_, response) => {
      response.writeHead(404).write("and then");
    });
    const client = connect(server, { attemptTimeoutMs: 100, maxRetries: 0 });
    expect((await failureOf(client.request({ method: "GET", path: "/" }))).status).toBe(404);
  });

  test("the operation's deadline ends attempts and retries together", async () => {
    await using server = await startScriptedServer(() => undefined);
    const client = connect(server, { attemptTimeoutMs: 10_000 });
    const error = await failureOf(client.request({ method: "GET", path: "/", operationTimeoutMs: 100 }));
    expect([error.code, error.sent]).toEqual(["PROVIDER_TIMEOUT", true]);
    expect(server.requests).toHaveLength(1);
  });

  test("the caller's own signal ends it with the caller's reason, and the connection is let go", async () => {
    let closed = false;
    const caller = new AbortController();
    const reason = new Error("nobody is listening any more");
    await using server = await startScriptedServer((_, response) => {
      response.on("close", () => (closed = true));
      caller.abort(reason);
    });
    const client = connect(server);
    await expect(client.request({ method: "GET", path: "/", signal: caller.signal })).rejects.toBe(reason);
    await vi.waitFor(() => expect(closed).toBe(true));
    expect(client.stats.circuit).toBe("closed");
  });

  test("a signal that has fired already sends nothing", async () => {
    await using server = await startScriptedServer(statuses(200));
    const reason = new Error("too late");
    const request = { method: "GET", path: "/", signal: AbortSignal.abort(reason) } as const;
    await expect(connect(server).request(request)).rejects.toBe(reason);
    expect(server.requests).toHaveLength(0);
  });

  test("nothing is left on a caller's signal or in the timers after a call", async () => {
    await using server = await startScriptedServer(statuses(503, 200));
    const caller = new AbortController();
    const added = vi.spyOn(caller.signal, "addEventListener");
    const removed = vi.spyOn(caller.signal, "removeEventListener");
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    const client = connect(server, { attemptTimeoutMs: 54_321 });
    const set = vi.spyOn(globalThis, "setTimeout");
    await client.request({ method: "GET", path: "/", signal: caller.signal });
    const listeners = added.mock.calls.map(([, listener]) => listener);
    expect(listeners.length).toBeGreaterThan(0);
    expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(listeners);
    const ours = set.mock.results.filter((_, index) => (set.mock.calls[index]?.[1] ?? 0) >= 54_321);
    expect(ours).toHaveLength(3);
    const clearedTimers = cleared.mock.calls.map(([timer]) => timer);
    for (const timer of ours) expect(clearedTimers).toContain(timer.value);
    vi.restoreAllMocks();
  });
});

describe("bodies", () => {
  test("past the cap are refused while they arrive", async () => {
    let closed = false;
    await using server = await startScriptedServer((_, response) => {
      response.on("close", () => (closed = true));
      response.writeHead(200);
      const pour = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
      };
      response.on("drain", pour);
      pour();
    });
    const error = await failureOf(
      connect(server, { maxBodyBytes: 1024 * 1024 }).request({ method: "GET", path: "/" }),
    );
    expect([error.code, error.status]).toEqual(["PROVIDER_BAD_RESPONSE", 200]);
    await vi.waitFor(() => expect(closed).toBe(true));
    expect(server.requests).toHaveLength(1);
  });

  test("are counted after decompression", async () => {
    const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
    await using server = await startScriptedServer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
    });
    const client = connect(server, { maxBodyBytes: 1024 * 1024 });
    expect(bomb.length).toBeLessThan(100_000);
    expect((await failureOf(client.request({ method: "GET", path: "/" }))).code).toBe(
      "PROVIDER_BAD_RESPONSE",
    );
  });

  test.each([
    ["gzip", "not gzip at all"],
    ["br", "not brotli at all"],
    ["zstd", "not asked for"],
  ])("that are not %s as they say are a bad response", async (encoding, text) => {
    await using server = await startScriptedServer((_, response) => {
      response.writeHead(200, { "content-encoding": encoding }).end(text);
    });
    const error = await failureOf(connect(server).request({ method: "GET", path: "/" }));
    expect(error).toBeInstanceOf(ProviderBadResponseError);
    expect(server.requests).toHaveLength(1);
  });
});

describe("a provider that cannot be reached", () => {
  test("is unavailable, and nothing was sent", async () => {
    const server = await startScriptedServer(statuses(200));
    await server[Symbol.asyncDispose]();
    const error = await failureOf(connect(server).request({ method: "POST", path: "/" }));
    expect([error.code, error.sent]).toEqual(["PROVIDER_UNAVAILABLE", false]);
    expect(error.extensions).toEqual({ provider: "PLIVO", connection: "main" });
  });

  test("a base URL that is none is refused when the client is made", () => {
    expect(() => connect({ url: "not a url" })).toThrow(TypeError);
    expect(() => connect({ url: "ftp://host" })).toThrow(TypeError);
  });
});

describe("close", () => {
  test("ends requests in flight and in the queue, and may be called twice", async () => {
    const arrived = Promise.withResolvers<void>();
    await using server = await startScriptedServer(() => arrived.resolve());
    const client = connect(server, { maxConcurrency: 1 });
    const failures = [1, 2].map(() => failureOf(client.request({ method: "GET", path: "/" })));
    await arrived.promise;
    await client.close();
    await client.close();
    expect((await Promise.all(failures)).map((error) => error.code)).toEqual([
      "PROVIDER_UNAVAILABLE",
      "PROVIDER_UNAVAILABLE",
    ]);
    expect((await failureOf(client.request({ method: "GET", path: "/" }))).code).toBe("PROVIDER_UNAVAILABLE");
    expect(server.requests).toHaveLength(1);
  });
});

describe("the provider's clock", () => {
  const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);
  const send = (client: HttpClient) => client.request({ method: "GET", path: "/", accept: [401] });
  const at = (offsetMs: number): Record<string, string> => ({ date: new Date(NOW + offsetMs).toUTCString() });

  test.each([
    ["ahead", 90_000],
    ["behind", -3_600_000],
    ["right", 0],
  ])("is known from any answer: %s", async (_, offsetMs) => {
    await using server = await startScriptedServer(statuses([401, at(offsetMs)]));
    const client = connect(server, { now: () => NOW });
    expect(client.stats.clockSkewMs).toBeNull();
    await send(client);
    // `Date` stands for the whole second that it begins, and a round trip on one machine takes no ten seconds.
    expect(client.stats.clockSkewMs).toBeGreaterThan(offsetMs - 5_000);
    expect(client.stats.clockSkewMs).toBeLessThanOrEqual(offsetMs + 500);
  });

  test("half of a slow round trip is allowed for", async () => {
    const measure = performance.now.bind(performance);
    let slownessMs = 0;
    const watch = vi.spyOn(performance, "now").mockImplementation(() => measure() + slownessMs);
    await using server = await startScriptedServer((_, response) => {
      slownessMs = 8_000;
      response.writeHead(200, at(0)).end();
    });
    const client = connect(server, { now: () => NOW });
    await send(client).finally(() => watch.mockRestore());
    expect(client.stats.clockSkewMs).toBeLessThanOrEqual(500 - 4_000);
  });

  test("is told by failures too, the latest answer counts, and answers without a date of their own do not", async () => {
    await using server = await startScriptedServer(statuses([500, at(60_000)]));
    const client = connect(server, { now: () => NOW, maxRetries: 0 });
    await failureOf(send(client));
    expect(client.stats.clockSkewMs).toBeGreaterThan(50_000);
    server.play(statuses([200, at(-60_000)]));
    await send(client);
    expect(client.stats.clockSkewMs).toBeLessThan(-50_000);
    const unusable: Record<string, string>[] = [{ date: "yesterday" }, { ...at(0), age: "120" }];
    for (const headers of unusable) {
      server.play(statuses([200, headers]));
      await send(client);
    }
    expect(client.stats.clockSkewMs).toBeLessThan(-50_000);
  });
});
