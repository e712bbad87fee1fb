import { afterEach, describe, expect, test } from "vitest";
import { ProviderBadResponseError, ProviderUnavailableError } from "../../../src/errors/index.js";
import type { JsonObject } from "../../../src/model/index.js";
import { sendJson, startScriptedServer } from "../../support/scripted-server.js";
import { API_KEY, startSpeko, storedCall, type SpekoServer } from "./speko-server.js";

let speko: SpekoServer | undefined;
afterEach(async () => {
  await speko?.[Symbol.asyncDispose]();
  speko = undefined;
});

const READY = { status: "ready" };

function ask(locator: JsonObject, fields: JsonObject = {}): Promise<string | null> | undefined {
  return speko?.connection.recordingUrl(storedCall({ fields }), locator);
}

describe("a recording's URL", () => {
  test("is asked for each time it is wanted, and neither logged nor fetched", async () => {
    await using storage = await startScriptedServer((_, response) => void response.end("audio"));
    const signed = (count: number) => `${storage.url}/a.ogg?signature=very-secret-${count}`;
    speko = await startSpeko((_, response, count) => sendJson(response, { url: signed(count) }));
    expect(await ask(READY)).toBe(signed(1));
    expect(await ask(READY)).toBe(signed(2));
    expect(speko.server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /v1/calls/call_1/recording",
      "GET /v1/calls/call_1/recording",
    ]);
    expect(speko.server.requests[0]?.headers.authorization).toBe(`Bearer ${API_KEY}`);
    expect(speko.lines.length).toBeGreaterThan(0);
    expect(JSON.stringify(speko.lines)).not.toMatch(/very-secret|sk_live/);
    expect(storage.requests).toEqual([]);
  });

  test.each<[JsonObject, JsonObject]>([
    [{}, {}],
    [{ status: null }, {}],
    [{ status: "pending" }, {}],
    [{ status: "uploading" }, { recordingStatus: null }],
    [{ status: "failed" }, {}],
    [{ status: "suppressed" }, {}],
    [{ status: "ready" }, { recordingStatus: "failed" }],
  ])("is not asked for while %j and the session says %j", async (locator, fields) => {
    speko = await startSpeko((_, response) => sendJson(response, { url: "https://storage.example.com/a" }));
    expect(await ask(locator, fields)).toBeNull();
    expect(speko.server.requests).toEqual([]);
  });

  test.each<[JsonObject, JsonObject]>([
    [{ status: "READY" }, {}],
    [{ status: "pending" }, { recordingStatus: "ready" }],
  ])("is asked for when %j and the session says %j", async (locator, fields) => {
    speko = await startSpeko((_, response) => sendJson(response, { url: "https://storage.example.com/a" }));
    expect(await ask(locator, fields)).toBe("https://storage.example.com/a");
  });

  test("is null when Speko has none after all", async () => {
    speko = await startSpeko((_, response) =>
      sendJson(response, { error: "gone", code: "RECORDING_NOT_AVAILABLE" }, 404),
    );
    expect(await ask(READY)).toBeNull();
  });

  test.each([{}, { url: null }, { url: 7 }, { url: "/a.ogg" }, { url: "javascript:alert(1)" }, [], null])(
    "is an error when the answer is %j",
    async (body) => {
      speko = await startSpeko((_, response) => sendJson(response, body));
      await expect(ask(READY)).rejects.toBeInstanceOf(ProviderBadResponseError);
    },
  );

  test("a redirect to the file is not followed: the API key goes to no other host", async () => {
    await using storage = await startScriptedServer((_, response) => void response.end("audio"));
    speko = await startSpeko(
      (_, response) =>
        void response.writeHead(302, { location: `${storage.url}/a.ogg?signature=very-secret` }).end(),
    );
    await expect(ask(READY)).rejects.toBeInstanceOf(ProviderUnavailableError);
    expect(storage.requests).toEqual([]);
    expect(JSON.stringify(speko.lines)).not.toContain("very-secret");
  });
});
