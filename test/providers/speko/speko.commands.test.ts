import { afterEach, describe, expect, test } from "vitest";
import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
  type ProviderError,
} from "../../../src/errors/index.js";
import type { JsonObject } from "../../../src/model/index.js";
import {
  COMMAND_CAPABILITIES,
  type Command,
  type CommandAnswer,
  type CommandKind,
} from "../../../src/providers/commands.js";
import { spekoModule } from "../../../src/providers/speko/speko.module.js";
import { sendJson, startScriptedServer, type Script } from "../../support/scripted-server.js";
import {
  API_KEY,
  connectSpeko,
  startSpeko,
  storedCall,
  toCommand,
  wireTransfer,
  type SpekoServer,
} from "./speko-server.js";

const NUMBER = "+12025550134";

let speko: SpekoServer | undefined;
afterEach(async () => {
  await speko?.[Symbol.asyncDispose]();
  speko = undefined;
});

async function start(script: Script): Promise<SpekoServer> {
  return (speko = await startSpeko(script));
}

function send(command: Command, timeoutMs = 5_000): Promise<CommandAnswer> {
  if (speko === undefined) throw new Error("start the server first");
  return speko.connection.commands.send(command, { timeoutMs });
}

async function failureOf(command: Command, timeoutMs?: number): Promise<ProviderError> {
  return send(command, timeoutMs).then(
    (answer) => expect.fail(`expected a failure, got ${JSON.stringify(answer)}`),
    (error: ProviderError) => error,
  );
}

/** One of each kind, with the request that it has to become and an answer to it. */
const WARM_INPUT = {
  destinations: [{ to: NUMBER, label: "Desk" }, { to: "+12025550135" }],
  from: "+12025550136",
  ringingTimeout: 20,
  waitUntilAnswered: true,
  fallback: { strategy: "take_message", takeMessagePrompt: "Ask for a number." },
  voicemailDetection: { mode: "amd", timeoutSeconds: 8 },
  metadata: { case: "42" },
};
const KINDS: readonly [CommandKind, JsonObject, string, number, JsonObject][] = [
  [
    "TRANSFER_BLIND",
    { to: "sip:desk@example.com", playDialtone: true, headers: { "X-Case": "42" } },
    "/v1/calls/call_1/transfers/blind",
    201,
    wireTransfer({ kind: "blind" }),
  ],
  ["TRANSFER_WARM", WARM_INPUT, "/v1/calls/call_1/transfers/warm", 201, wireTransfer()],
  [
    "COMPLETE_TRANSFER",
    { recipientParticipantIdentity: "sip_desk", summary: "Table for two." },
    "/v1/calls/call_1/transfers/tr_1/complete",
    200,
    wireTransfer({ status: "bridging" }),
  ],
  [
    "CANCEL_TRANSFER",
    { reason: "machine", tryNext: true, voicemailDetected: true },
    "/v1/calls/call_1/transfers/tr_1/cancel",
    200,
    wireTransfer({ status: "cancelled" }),
  ],
  [
    "FINALIZE_REPORT",
    { forceAnalysis: true, retryWebhook: false },
    "/v1/calls/call_1/report/finalize",
    200,
    { session_id: "call_1", summary: "s", outcome: "o", cost_micro_usd: "1", webhook: {} },
  ],
  ["END", {}, "/v1/calls/call_1/end", 200, { ok: true, status: "ending" }],
];

describe("the request", () => {
  test("kinds and capabilities agree", () => {
    const { connection } = connectSpeko("http://127.0.0.1:9");
    expect([...connection.commands.kinds].sort()).toEqual(KINDS.map(([kind]) => kind).sort());
    for (const kind of connection.commands.kinds)
      expect(spekoModule.capabilities).toContain(COMMAND_CAPABILITIES[kind]);
    return connection.close();
  });

  test.each(KINDS)("%s is one POST with a camelCase body", async (kind, input, path, status, body) => {
    const { server } = await start((_, response) => sendJson(response, body, status));
    const command = toCommand(kind, input);
    expect(speko?.connection.commands.check(command)).toEqual([]);
    expect((await send(command)).kind).toBe("accepted");
    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: "POST", url: path });
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${API_KEY}`,
      "content-type": "application/json",
      accept: "application/json",
    });
    expect(JSON.parse(request?.body ?? "")).toEqual(input);
  });

  test.each(KINDS)(
    "%s without options sends {} or what is required",
    async (kind, _input, _path, status, body) => {
      const { server } = await start((_, response) => sendJson(response, body, status));
      const input: JsonObject = kind.startsWith("TRANSFER") ? { to: NUMBER } : {};
      await send(toCommand(kind, input));
      expect(server.requests.map((request) => request.body)).toEqual([JSON.stringify(input)]);
    },
  );

  test.each(["directly", "1", "0", "a/b", "?x", "%2e%2e", "a b", "ü#"])(
    "the id %j stays one segment of the path",
    async (id) => {
      const { server } = await start((_, response) => sendJson(response, wireTransfer()));
      const given = { session: storedCall({ providerId: id }), transferId: id };
      for (const [kind, input] of KINDS) await send(toCommand(kind, input, given));
      const segment = encodeURIComponent(id);
      expect(server.requests.map(({ url }) => url)).toEqual(
        KINDS.map(([, , path]) => path.replace("call_1", segment).replace("tr_1", segment)),
      );
      expect(segment).not.toMatch(/[/?#]/);
    },
  );

  test.each(["", ".", "..", "a\nb"])("the id %j is refused without a request", async (id) => {
    const { server } = await start((_, response) => sendJson(response, wireTransfer()));
    for (const [kind, input] of KINDS) {
      const session = storedCall({ providerId: id });
      expect(await send(toCommand(kind, input, { session }))).toMatchObject({
        kind: "refused",
        code: "BAD_USER_INPUT",
      });
    }
    for (const kind of ["COMPLETE_TRANSFER", "CANCEL_TRANSFER"] as const)
      expect(await send(toCommand(kind, {}, { transferId: id }))).toMatchObject({ kind: "refused" });
    expect(server.requests).toEqual([]);
  });

  test("reads do not wait behind transfers that wait for people", async () => {
    const waiting: (() => void)[] = [];
    await start((request, response) => {
      if (request.method === "POST") waiting.push(() => sendJson(response, wireTransfer(), 201));
      else sendJson(response, { id: "org_1" });
    });
    const transfers = Array.from({ length: 12 }, () => send(toCommand("TRANSFER_WARM", { to: NUMBER })));
    await expect.poll(() => waiting.length).toBe(12);
    await speko?.connection.probe();
    for (const answer of waiting) answer();
    expect(await Promise.all(transfers)).toHaveLength(12);
  });
});

describe("what the answer tells", () => {
  test.each(["TRANSFER_BLIND", "COMPLETE_TRANSFER"] as const)("%s: the bare transfer", async (kind) => {
    await start((_, response) => sendJson(response, wireTransfer({ kind: "blind", transfer_to: "4711" })));
    const session = storedCall({ direction: "OUTBOUND", state: "ON_HOLD" });
    const answer = await send(toCommand(kind, { to: "4711" }, { session }));
    expect(answer).toMatchObject({
      kind: "accepted",
      transferKey: "tr_1",
      nextTransferKey: null,
      routingAttemptKeys: [],
      fallback: null,
      snapshots: [
        {
          provider: "SPEKO",
          providerId: "call_1",
          source: "COMMAND",
          version: null,
          facts: { channel: "VOICE", direction: "OUTBOUND", phase: "LIVE", state: "ON_HOLD" },
          fields: {},
          sections: [],
          problems: [],
          transfers: [
            {
              key: "tr_1",
              kind: "BLIND",
              status: "REQUESTED",
              transferTo: "4711",
              callerParticipantIdentity: "sip_caller",
              createdAt: Date.parse("2026-03-01T12:00:00Z"),
            },
          ],
        },
      ],
    });
  });

  test("a session that the cache does not know is not given a state", async () => {
    await start((_, response) => sendJson(response, wireTransfer(), 201));
    const session = { providerId: "call_9", startedAt: null, endedAt: null, fields: {} };
    const answer = await send(toCommand("TRANSFER_WARM", { to: NUMBER }, { session }));
    expect(answer).toMatchObject({
      snapshots: [{ providerId: "call_9", facts: { channel: "VOICE", phase: "UNKNOWN", state: "UNKNOWN" } }],
    });
  });

  test("warm start: the top level is the active attempt; of the attempts some may be null", async () => {
    const first = wireTransfer({ status: "failed", failure_cause: "no answer" });
    const second = wireTransfer({ id: "tr_2", transfer_to: "+12025550135", status: "requested" });
    await start((_, response) =>
      sendJson(
        response,
        {
          ...second,
          status: "screening",
          routing_attempts: [first, null, second],
          next_transfer: null,
          fallback: {},
        },
        201,
      ),
    );
    const answer = await send(toCommand("TRANSFER_WARM", WARM_INPUT));
    expect(answer).toMatchObject({
      kind: "accepted",
      transferKey: "tr_2",
      nextTransferKey: null,
      routingAttemptKeys: ["tr_1", "tr_2"],
      fallback: null,
      snapshots: [
        {
          transfers: [
            { key: "tr_1", status: "FAILED", failureCause: "no answer" },
            { key: "tr_2", status: "SCREENING", transferTo: "+12025550135" },
          ],
          problems: [],
        },
      ],
    });
  });

  test("cancel: the top level is the cancelled one, next_transfer the new one", async () => {
    await start((_, response) =>
      sendJson(response, {
        ...wireTransfer({ status: "cancelled" }),
        routing_attempts: [wireTransfer({ status: "cancelled" }), null],
        next_transfer: wireTransfer({ id: "tr_2", transfer_to: "+12025550135" }),
      }),
    );
    expect(await send(toCommand("CANCEL_TRANSFER", { tryNext: true }))).toMatchObject({
      transferKey: "tr_1",
      nextTransferKey: "tr_2",
      routingAttemptKeys: ["tr_1"],
      fallback: null,
      snapshots: [
        {
          transfers: [
            { key: "tr_1", status: "CANCELLED" },
            { key: "tr_2", status: "REQUESTED" },
          ],
        },
      ],
    });
  });

  test("cancel of the last attempt: the fallback, in the provider's words", async () => {
    const fallback = { action: "take_message", message: null, voicemail_detected: true };
    await start((_, response) =>
      sendJson(response, {
        ...wireTransfer({ status: "cancelled" }),
        routing_attempts: [],
        next_transfer: null,
        fallback,
      }),
    );
    expect(await send(toCommand("CANCEL_TRANSFER"))).toMatchObject({ nextTransferKey: null, fallback });
  });

  test("finalize: some of the report, and what came of delivering it", async () => {
    const webhook = { delivered: false, status: 503 };
    await start((_, response) =>
      sendJson(response, {
        session_id: "call_1",
        summary: "Wants a table.",
        outcome: "Table booked for 8pm",
        cost_micro_usd: "9007199254740993",
        webhook,
      }),
    );
    const answer = await send(toCommand("FINALIZE_REPORT"));
    expect(answer).toMatchObject({
      kind: "accepted",
      webhook,
      snapshots: [
        {
          source: "COMMAND",
          sections: [],
          facts: { state: "IN_PROGRESS", cost: { amount: "9007199254.740993", currency: "USD" } },
          report: {
            summary: "Wants a table.",
            outcome: "Table booked for 8pm",
            costMicroUsd: "9007199254740993",
            analysisStatus: null,
          },
        },
      ],
    });
    // A list of deliveries that is not told must not replace one that is known.
    if (answer.kind !== "accepted") expect.fail("expected a yes");
    expect(answer.snapshots?.[0]?.report?.fields).toEqual({});
  });

  test("finalize at a newer server: the deliveries too; nothing of a report makes none", async () => {
    const delivery = {
      endpointId: "we_1",
      deliveryId: "d_1",
      eventId: "e_1",
      delivered: true,
      status: 200,
      error: null,
    };
    const { server } = await start((_, response) =>
      sendJson(response, {
        session_id: "call_1",
        summary: "s",
        webhook: null,
        webhook_deliveries: [delivery],
      }),
    );
    expect(await send(toCommand("FINALIZE_REPORT"))).toMatchObject({
      webhook: null,
      snapshots: [{ report: { fields: { webhookDeliveries: [{ deliveryId: "d_1", delivered: true }] } } }],
    });
    server.play((_, response) => sendJson(response, { session_id: "call_1" }));
    expect(await send(toCommand("FINALIZE_REPORT"))).toEqual({ kind: "accepted", webhook: null });
  });

  test.each([
    { ok: true, status: "ending" },
    { ok: true, status: "already_ended", ended_at: "2026-03-01T11:00:00.000Z" },
    { ok: true, status: "a word nobody knows" },
  ])("end: %j is accepted and no state is made of it", async (body) => {
    await start((_, response) => sendJson(response, body));
    expect(await send(toCommand("END"))).toEqual({ kind: "accepted" });
  });

  test("end: a success that says that it is none leaves the outcome open", async () => {
    await start((_, response) => sendJson(response, { ok: false }));
    const error = await failureOf(toCommand("END"));
    expect(error).toBeInstanceOf(ProviderBadResponseError);
    expect(error).toMatchObject({ sent: true, status: undefined });
  });

  test.each(["", "<html>ok</html>", "{}", "[]", "null", '"done"'])(
    "a success whose body is %j was done all the same",
    async (body) => {
      const { server } = await start((_, response) => void response.writeHead(200).end(body));
      for (const [kind, input] of KINDS) {
        const command = toCommand(kind, input);
        const answer = await send(command);
        expect(answer).toMatchObject({ kind: "accepted" });
        expect(answer).not.toHaveProperty("snapshots");
        if (command.transferId !== null) expect(answer).toMatchObject({ transferKey: "tr_1" });
      }
      expect(server.requests).toHaveLength(KINDS.length);
    },
  );

  test("a value of the wrong type costs its own field", async () => {
    await start((_, response) =>
      sendJson(
        response,
        { ...wireTransfer({ created_at: 7, status: "levitating" }), routing_attempts: [1, {}] },
        201,
      ),
    );
    expect(await send(toCommand("TRANSFER_WARM", { to: NUMBER }))).toMatchObject({
      transferKey: "tr_1",
      routingAttemptKeys: [],
      snapshots: [
        {
          transfers: [{ key: "tr_1", createdAt: null, status: "UNKNOWN" }],
          problems: [{ path: "routing_attempts[0]" }, { path: "created_at" }],
        },
      ],
    });
  });
});

describe("refusals", () => {
  test.each([
    [400, "BAD_USER_INPUT"],
    [404, "NOT_FOUND"],
    [409, "CONFLICT"],
    [422, "BAD_USER_INPUT"],
    [403, "PROVIDER_AUTH_FAILED"],
  ] as const)("%i is %s, with the provider's sentence", async (status, code) => {
    const { server } = await start((_, response) =>
      sendJson(response, { error: "The ringing_timeout does not fit.", code: "SOMETHING" }, status),
    );
    expect(await send(toCommand("TRANSFER_WARM", { to: NUMBER }))).toEqual({
      kind: "refused",
      code,
      problems: [{ path: [], message: "Speko: The ringingTimeout does not fit." }],
    });
    expect(server.requests).toHaveLength(1);
  });

  test("issues are told one by one, wherever and however they point", async () => {
    const issues = [
      { path: ["destinations", 1, "to"], message: "Invalid number" },
      { path: "fallback.strategy", message: "Invalid word" },
      { path: "destinations[0].label", message: "Too long" },
      { path: ["body", "ringingTimeout"], message: "Too small" },
      { path: "/metadata/case", message: "Too deep" },
      { path: ["id"], message: "Odd id" },
      { path: ["internal", "thing"], message: "Odd thing" },
      { path: ["metadata", "a key that is a +12025550199 sentence", "x"], message: "Odd key" },
      { path: null, message: "No path" },
      { path: ["from"] },
      "not an issue",
    ];
    await start((_, response) =>
      sendJson(response, { error: "Validation failed", code: "VALIDATION_ERROR", issues }, 400),
    );
    const answer = await send(toCommand("TRANSFER_WARM", WARM_INPUT));
    if (answer.kind !== "refused") expect.fail("expected a refusal");
    expect(answer.code).toBe("BAD_USER_INPUT");
    expect(answer.problems.map(({ path, message }) => [path.join("."), message])).toEqual([
      ["destinations.1.to", "Speko: Invalid number"],
      ["fallback.strategy", "Speko: Invalid word"],
      ["destinations.0.label", "Speko: Too long"],
      ["ringingTimeout", "Speko: Too small"],
      ["metadata.case", "Speko: Too deep"],
      ["sessionId", "Speko: Odd id"],
      ["", "Speko: Odd thing"],
      ["metadata", "Speko: Odd key"],
      ["", "Speko: No path"],
    ]);
  });

  test("the transfer in the path is the input's transferId", async () => {
    const issues = [{ path: ["transferId"], message: "Unknown" }];
    await start((_, response) => sendJson(response, { error: "e", code: "c", issues }, 404));
    expect(await send(toCommand("CANCEL_TRANSFER"))).toMatchObject({ problems: [{ path: ["transferId"] }] });
  });

  test("nothing is leaked: neither the key, nor numbers, nor addresses, nor a page of HTML", async () => {
    const { server, lines } = await start((_, response) =>
      sendJson(
        response,
        {
          error: `Key ${API_KEY} may not ring +12025550134, see https://internal.speko.dev/x?y=1`,
          code: "X",
        },
        403,
      ),
    );
    const refusal = JSON.stringify(await send(toCommand("TRANSFER_WARM", { to: NUMBER })));
    expect(refusal).not.toMatch(/sk_live|2025550134|internal\.speko/);
    server.play(
      (_, response) =>
        void response
          .writeHead(404, { "content-type": "text/html" })
          .end("<html><body>nginx at 10.0.0.7</body></html>"),
    );
    expect(await send(toCommand("END"))).toEqual({
      kind: "refused",
      code: "NOT_FOUND",
      problems: [{ path: [], message: "Speko knows no such session any more." }],
    });
    expect(JSON.stringify(lines)).not.toMatch(/sk_live|2025550134|internal\.speko|nginx/);
  });

  test("plain text of a proxy is kept", async () => {
    await start((_, response) => void response.writeHead(413).end("Request entity too large\n"));
    expect(await send(toCommand("END"))).toMatchObject({
      problems: [{ message: "Speko: Request entity too large" }],
    });
  });
});

describe("failures", () => {
  test.each([
    [401, "the API key"],
    [402, "prepaid credit is used up"],
  ])("%i is the connection's trouble, and says what to do", async (status, sentence) => {
    const { server } = await start((_, response) => sendJson(response, { error: "no", code: "NO" }, status));
    const error = await failureOf(toCommand("TRANSFER_BLIND", { to: NUMBER }));
    expect(error).toBeInstanceOf(ProviderAuthFailedError);
    expect(error.message).toContain(sentence);
    expect(error.status).toBe(status);
    expect(server.requests).toHaveLength(1);
  });

  test("429 is not waited out", async () => {
    const { server } = await start((_, response) =>
      sendJson(response, { error: "slow down", code: "RATE_LIMITED" }, 429, { "retry-after": "7" }),
    );
    const error = await failureOf(toCommand("END"));
    expect(error).toBeInstanceOf(ProviderRateLimitedError);
    expect(error.retryAfterSeconds).toBe(7);
    expect(server.requests).toHaveLength(1);
  });

  test.each([500, 502, 503])("%i is not tried again", async (status) => {
    const { server } = await start(
      (_, response) => void response.writeHead(status).end("<html>bad gateway</html>"),
    );
    for (const [kind, input] of KINDS.slice(0, 4)) {
      const error = await failureOf(toCommand(kind, input));
      expect(error).toBeInstanceOf(ProviderUnavailableError);
      expect(error).toMatchObject({ sent: true, status });
    }
    expect(server.requests).toHaveLength(4);
  });

  test.each<[CommandKind, JsonObject, number]>([
    ["TRANSFER_BLIND", { to: NUMBER }, 60],
    ["TRANSFER_WARM", { to: NUMBER }, 300],
    ["COMPLETE_TRANSFER", {}, 60],
    ["CANCEL_TRANSFER", {}, 60],
    ["CANCEL_TRANSFER", { tryNext: true }, 300],
    ["FINALIZE_REPORT", {}, 60],
    ["END", {}, 60],
  ])("%s %j without an answer is given up after its own time", async (kind, input, allowedMs) => {
    const { server } = await start(() => undefined);
    const error = await failureOf(toCommand(kind, input), 60);
    expect(error).toBeInstanceOf(ProviderTimeoutError);
    expect(error.sent).toBe(true);
    expect(error.message).toContain(`within ${allowedMs} ms`);
    expect(server.requests).toHaveLength(1);
  });

  test("a connection that breaks after the request may have carried it", async () => {
    const { server } = await start((_, response) => void response.socket?.destroy());
    for (const [kind, input] of KINDS.slice(0, 4)) {
      const error = await failureOf(toCommand(kind, input));
      expect(error).toBeInstanceOf(ProviderUnavailableError);
      expect(error.sent).toBe(true);
    }
    expect(server.requests).toHaveLength(4);
  });

  test("a connection that is refused has carried nothing", async () => {
    const server = await startScriptedServer(() => undefined);
    await server[Symbol.asyncDispose]();
    const { connection } = connectSpeko(server.url);
    const sent = connection.commands.send(toCommand("TRANSFER_WARM", { to: NUMBER }), { timeoutMs: 5_000 });
    await expect(sent).rejects.toMatchObject({ code: "PROVIDER_UNAVAILABLE", sent: false });
    await connection.close();
  });

  test("a redirect is not followed: nobody else sees the key or the command", async () => {
    await using other = await startScriptedServer((_, response) => sendJson(response, wireTransfer()));
    await start((_, response) => void response.writeHead(307, { location: `${other.url}/v1/calls` }).end());
    expect(await failureOf(toCommand("TRANSFER_WARM", { to: NUMBER }))).toBeInstanceOf(
      ProviderUnavailableError,
    );
    expect(other.requests).toEqual([]);
  });
});
