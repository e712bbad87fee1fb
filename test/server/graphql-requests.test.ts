/** Requests to `/graphql` that are none of GraphQL over HTTP, and those of pages from other origins. */
import { request as send } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStream, posted } from "../support/event-source.js";
import { KEYS, startLiveServer, type LiveServer } from "../support/live-server.js";

let open: LiveServer;
let strict: LiveServer;
beforeAll(async () => {
  open = await startLiveServer();
  strict = await startLiveServer({ auth: "required" });
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await strict[Symbol.asyncDispose]();
});

const QUERY = "{ viewer { name } }";
const FOREIGN = "https://app.example";
const subscription = "subscription { connectionChanges { name } }";

/** `fetch` sets some headers as it likes; this does not. */
function plain(
  url: string,
  method: string,
  headers: Record<string, string>,
): Promise<{ status: number; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    });
    request.on("error", reject).end();
  });
}

describe.each(["application/json", "text/event-stream"])("with Accept: %s", (accept) => {
  it.each([
    ["no JSON", "application/json", "{", 400],
    ["no content type", "", QUERY, 415],
    ["text", "text/plain", JSON.stringify({ query: QUERY }), 415],
    ["a form", "application/x-www-form-urlencoded", `query=${QUERY}`, 415],
    ["more than a megabyte", "application/json", JSON.stringify({ query: " ".repeat(1_100_000) }), 413],
  ])("%s is refused in the words of GraphQL", async (_what, type, body, status) => {
    const headers = { accept, ...(type !== "" && { "content-type": type }) };
    const answer = await fetch(`${open.url}/graphql`, {
      method: "POST",
      headers,
      body: new TextEncoder().encode(body),
    });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({
      errors: [{ message: expect.any(String) as string, extensions: { code: "BAD_USER_INPUT" } }],
    });
  });

  it("nobody unknown is let in, and is told how credentials are sent", async () => {
    const answer = await fetch(`${strict.url}/graphql`, posted({ query: QUERY }, { accept }));
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });
});

it.each(["HEAD", "PUT", "PATCH", "DELETE"])("%s is answered by the methods there are", async (method) => {
  const { status, headers } = await plain(`${open.url}/graphql`, method, {});
  expect(status).toBe(405);
  expect(headers["allow"]).toBe("GET, POST, OPTIONS");
});

it("GET asks a query with nothing but its address and a key", async () => {
  const search = new URLSearchParams({ query: QUERY });
  const answer = await fetch(`${strict.url}/graphql?${search}`, { headers: { "x-api-key": KEYS.all } });
  expect(await answer.json()).toEqual({ data: { viewer: { name: "all" } } });
});

describe("a page from another origin", () => {
  const PREFLIGHT = {
    origin: FOREIGN,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
  };

  it("may ask with a key, and reads the answer", async () => {
    const { status, headers } = await plain(`${strict.url}/graphql`, "OPTIONS", PREFLIGHT);
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": "authorization,content-type",
    });
    const answer = await fetch(
      `${strict.url}/graphql`,
      posted({ query: QUERY }, { origin: FOREIGN, accept: "application/json", "x-api-key": KEYS.all }),
    );
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("may subscribe with a key, and reads why it may not", async () => {
    const as = (key: string) => ({ origin: FOREIGN, "x-api-key": key });
    await using stream = await openStream(
      `${strict.url}/graphql`,
      posted({ query: subscription }, as(KEYS.all)),
    );
    expect(stream.response.status).toBe(200);
    expect(stream.response.headers.get("access-control-allow-origin")).toBe("*");
    await using refused = await openStream(
      `${strict.url}/graphql`,
      posted({ query: subscription }, as("none")),
    );
    expect(refused.response.status).toBe(401);
    expect(refused.response.headers.get("access-control-allow-origin")).toBe("*");
  });

  it.each([
    ["a preflight", "OPTIONS", PREFLIGHT],
    ["a request", "POST", { origin: FOREIGN, "content-type": "application/json" }],
    ["a query in an address", "GET", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
  ])("has no way in in open mode: %s", async (_what, method, headers) => {
    const search = new URLSearchParams({ query: QUERY });
    const answer = await plain(`${open.url}/graphql?${search}`, method, headers);
    expect(answer.status).toBe(403);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("is let in in open mode when it comes from the machine itself", async () => {
    const origin = "http://localhost:5173";
    const { status, headers } = await plain(`${open.url}/graphql`, "OPTIONS", { ...PREFLIGHT, origin });
    expect(status).toBe(204);
    expect(headers).toMatchObject({ "access-control-allow-origin": origin, vary: "Origin" });
  });
});
