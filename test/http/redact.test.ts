import { expect, test } from "vitest";
import { createHttpClient } from "../../src/http/create-http-client.js";
import { redactHeaders, redactText, redactUrl } from "../../src/http/redact.js";
import { createCaptureLogger } from "../support/capture-logger.js";
import { startScriptedServer, statuses } from "../support/scripted-server.js";

test.each([
  ["/v1/Account/MAXX/Masking/Session/4189591e-d004-4801-abdf-889312345678/", undefined],
  ["/numbers/12025550134/calls", "/numbers/•••••••••34/calls"],
  ["/numbers/%2B12025550134", "/numbers/+•••••••••34"],
  ["/a?limit=20&offset=40&status=active", undefined],
  ["/a?created_time__gte=2026-01-05%2009%3A00%3A00", undefined],
  ["/a?access_token=abc&api_key=def&x=1", "/a?access_token=[redacted]&api_key=[redacted]&x=1"],
  ["/a?password=a=b&username=me", "/a?password=[redacted]&username=[redacted]"],
  ["/a?first_party=12025550134", "/a?first_party=•••••••••34"],
  ["https://me:secret@host/a", "https://[redacted]@host/a"],
])("URL %s", (url, expected = url) => {
  expect(redactUrl(url)).toBe(expected);
});

test("headers lose their credentials and nothing else", () => {
  const headers = {
    Authorization: "Basic bWU6c2VjcmV0",
    cookie: "sid=1",
    "set-cookie": "sid=2",
    "X-Api-Key": "k",
    "x-plivo-signature-v3": "s",
    location: "/login?token=abc",
    "retry-after": "5",
  };
  expect(redactHeaders(headers)).toEqual({
    Authorization: "[redacted]",
    cookie: "[redacted]",
    "set-cookie": "[redacted]",
    "X-Api-Key": "[redacted]",
    "x-plivo-signature-v3": "[redacted]",
    location: "/login?token=[redacted]",
    "retry-after": "5",
  });
});

test.each([
  ["sent Bearer abc.def-ghi to host", "sent Bearer [redacted] to host"],
  ['{"auth_token": "abc", "ok": 1}', '{"auth_token": [redacted], "ok": 1}'],
  ["password=hunter2; next", "password=[redacted]; next"],
  ["jwt eyJhbGciOi.eyJzdWIi.c2ln end", "jwt [redacted] end"],
  ["call from +1 202-555-0134 failed", "call from +• •••-•••-••34 failed"],
  ["connect ECONNREFUSED 127.0.0.1:4000", undefined],
])("text %s", (text, expected = text) => {
  expect(redactText(text)).toBe(expected);
});

test("no credential and no number reaches the log, whatever happens to a request", async () => {
  await using server = await startScriptedServer(
    statuses(
      503,
      [302, { location: "/?token=s3cr3t-6", "set-cookie": "sid=s3cr3t-5", "x-caller": "+12025550134" }],
      200,
    ),
  );
  const { log, lines } = createCaptureLogger();
  const client = createHttpClient({
    provider: "PLIVO",
    connection: "main",
    baseUrl: server.url,
    log,
    random: () => 0,
  });
  const request = {
    method: "GET",
    path: "/numbers/12025550134",
    query: { token: "s3cr3t-1", to: "+12025550134" },
    headers: { authorization: "Basic s3cr3t-2", cookie: "sid=s3cr3t-3", "x-api-key": "s3cr3t-4" },
  } as const;
  await expect(client.request(request)).rejects.toMatchObject({ status: 302 });
  await client.request({ ...request, method: "POST", body: "s3cr3t-7 12025550134" });
  await client.close();

  const text = JSON.stringify(lines);
  expect(text).not.toContain("s3cr3t");
  expect(text).not.toMatch(/2025550134/);
  expect(lines.map((line) => [line.level, line.fields["status"], line.fields["attempt"]])).toEqual([
    ["debug", 503, 1],
    ["warn", 503, 1],
    ["debug", 302, 2],
    ["warn", 302, 2],
    ["debug", 200, 1],
  ]);
  expect(lines[0]?.fields).toMatchObject({ provider: "PLIVO", connection: "main", method: "GET" });
});
