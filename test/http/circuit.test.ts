import { afterEach, expect, test, vi } from "vitest";
import { ProviderUnavailableError } from "../../src/errors/index.js";
import { createHttpClient } from "../../src/http/create-http-client.js";
import type { HttpClient, HttpClientOptions } from "../../src/http/http-client.js";
import { createCaptureLogger } from "../support/capture-logger.js";
import { startScriptedServer, statuses, type ScriptedServer } from "../support/scripted-server.js";

let client: HttpClient | undefined;
afterEach(() => client?.close());

function connect(server: ScriptedServer, options: Partial<HttpClientOptions> = {}): HttpClient {
  client = createHttpClient({
    provider: "SPEKO",
    connection: "main",
    baseUrl: server.url,
    log: createCaptureLogger().log,
    maxRetries: 0,
    ...options,
  });
  return client;
}

async function fail(http: HttpClient, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await expect(http.request({ method: "GET", path: "/" })).rejects.toThrow();
  }
}

test("five failures in a row open the circuit, and then nothing is sent", async () => {
  await using server = await startScriptedServer(statuses(500));
  const http = connect(server, { circuit: { openMs: [60_000] } });
  await fail(http, 5);
  expect(http.stats.circuit).toBe("open");
  const error: unknown = await http.request({ method: "POST", path: "/" }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ProviderUnavailableError);
  expect(error).toMatchObject({ sent: false, retryAfterSeconds: 60, status: undefined });
  expect(server.requests).toHaveLength(5);
});

test("a provider that half works opens it too", async () => {
  await using server = await startScriptedServer((_, response, count) => {
    response.writeHead(count % 4 === 0 ? 200 : 500).end();
  });
  const http = connect(server, { circuit: { openMs: [60_000] } });
  // A success is never what opens it, so the sample of twenty is judged by the failure after it.
  for (let time = 0; time < 24; time += 1) {
    await http.request({ method: "GET", path: "/" }).catch(() => undefined);
  }
  expect(http.stats.circuit).toBe("open");
});

test.each([400, 401, 404, 429])("%d is an answer: the circuit stays closed", async (status) => {
  await using server = await startScriptedServer(statuses(status));
  const http = connect(server);
  await fail(http, 12);
  expect(http.stats.circuit).toBe("closed");
  expect(server.requests).toHaveLength(12);
});

test("an answer in between starts the count again", async () => {
  await using server = await startScriptedServer((_, response, count) => {
    response.writeHead(count % 5 === 0 ? 404 : 500).end();
  });
  const http = connect(server);
  await fail(http, 14);
  expect(http.stats.circuit).toBe("closed");
});

test("one request is let through to see, the others are refused meanwhile, and its success closes the circuit", async () => {
  await using server = await startScriptedServer(statuses(500));
  const http = connect(server, { circuit: { failures: 2, openMs: [20] } });
  await fail(http, 2);

  const answer = Promise.withResolvers<void>();
  server.play(async (_, response) => {
    await answer.promise;
    response.end("back");
  });
  // Refused until the circuit's own time is up; the first one after that goes out to see.
  const probe = vi.waitUntil(() => http.request({ method: "GET", path: "/probe" }).catch(() => null), {
    interval: 5,
    timeout: 10_000,
  });
  await vi.waitFor(() => expect(server.requests).toHaveLength(3));
  expect(http.stats.circuit).toBe("half-open");
  await expect(http.request({ method: "GET", path: "/other" })).rejects.toMatchObject({ sent: false });
  answer.resolve();
  expect((await probe).text).toBe("back");
  expect(http.stats.circuit).toBe("closed");
  expect(server.requests.map((request) => request.path)).toEqual(["/", "/", "/probe"]);
});
