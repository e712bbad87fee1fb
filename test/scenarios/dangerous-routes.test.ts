/**
 * Ids that somebody made up, whose provider's part would be another route, a wildcard or a bulk operation if it were
 * pasted into an address: through every mutation and every query by id, at every provider.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { toGlobalId, type IdKind } from "../../src/model/ids.js";
import { SANDBOX_PROVIDERS, type SandboxProviderName } from "../../src/sandbox/conversation.js";
import type { EvoSandboxServer } from "../../src/sandbox/evo/evo-server.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";
import { createPool, forgetRequests, writesOf } from "../support/mutation-cases.js";

const NASTY: readonly string[] = [
  ...["", " ", "\t", ".", "..", "a/b", "a\\b", "../..", "/", "//", "%2e%2e", "%2F", "%252F", "..;/", "?x=1", "#", "&a=b"],
  ...["0", "1", "00", "01", "MA==", "MQ==", "directly", "Directly", "my", "MY", "active", "outgoing", "blind", "warm"],
  ...["'", "x' or 1 eq 1", "a,b", "a;b", "*", "日本語", "e\u0301", "\u202e", "\ud800", "\0", "a\r\nX-Evil: 1", "[]"],
  ...["x".repeat(200), "x".repeat(1_000), "9".repeat(5_000)],
]; // prettier-ignore

const TITLED = NASTY.map((nasty) => ({
  title: nasty.length > 40 ? `${nasty.length} characters` : JSON.stringify(nasty),
  nasty,
}));

/** Every route that the gateway has business with; whatever else is asked for was made of an id. */
const ROUTES: Readonly<Record<SandboxProviderName, RegExp>> = {
  plivo: /^(GET|POST|DELETE) \/v1\/Account\/MASANDBOXSWITCHBOARD\/Masking\/Session\/([^/]+\/)?$/,
  evo: /^(POST \/auth\/credentials|GET \/(auth\/status|sessions|files)|(GET|PATCH|DELETE) \/sessions\/[^/]+|POST \/sessions\/[^/]+\/(hold|redirect)|GET \/sessions\/[^/]+\/transcript)$/,
  speko:
    /^(GET \/v1\/(sessions|organization|calls\/[^/]+(\/events)?)|POST \/v1\/calls\/[^/]+\/(end|report\/finalize|transfers\/(blind|warm|[^/]+\/(complete|cancel))))$/,
  portsip:
    /^(POST \/api\/auth\/(sign_in|refresh_token)|GET \/api\/(sessions|calllogs|recordings)(\/[^/]+)?|POST \/api\/sessions\/(1\/attended_refer|[^/]+\/(hold|unhold|refer|destroy)))$/,
};
/** Among those, addresses that do something to more than one session, or to one that nobody named. */
const DEADLY =
  /^(DELETE \/sessions\/?$|\w+ \/sessions\/(my|active|outgoing)\b|\w+ \/api\/sessions\/directly|\w+ \/api\/sessions\/(0*[01]|MA(==)?|MQ(==)?|M[DT]?[A-E]=*)(\/(?!attended_refer$)|$))/i;

interface Payload {
  command: { outcome: string } | null;
  userErrors: { code: string; message: string }[];
}

let world: TestWorld;
/** A session of each provider that is there and live. */
const real = new Map<SandboxProviderName, { id: string; providerId: string }>();
let before: string;

const stateOfEverything = () =>
  JSON.stringify(
    SANDBOX_PROVIDERS.map((name) => {
      const { session = [], call = [] } = world.sandbox.servers[name].records();
      return [...session, ...call].map((row) => [
        row["id"] ?? row["session_uuid"],
        row["status"] ?? row["callState"],
        row["archived"],
      ]);
    }),
  );

beforeAll(async () => {
  // Time stands still: what changes was told to.
  const at = Date.now();
  const now = () => at;
  world = await startTestWorld({ now, sandbox: { days: 2, now } });
  const pool = createPool(world.gateway);
  for (const name of SANDBOX_PROVIDERS) {
    const { id, providerId } = await pool.take(name);
    real.set(name, { id, providerId });
  }
  before = stateOfEverything();
}, 60_000);
beforeEach(() => forgetRequests(world.sandbox));
afterAll(() => world[Symbol.asyncDispose]());

function expectNothingDone(): void {
  const { sandbox } = world;
  for (const { name, requests } of Object.values(sandbox.servers)) {
    const asked = requests.map(({ method, url }) => `${method} ${url.split("?")[0]}`);
    expect(asked.filter((line) => !ROUTES[name].test(line))).toEqual([]);
    expect(asked.filter((line) => DEADLY.test(line))).toEqual([]);
  }
  expect((sandbox.servers.evo as EvoSandboxServer).operations).not.toContain("DeleteSessions");
  expect(stateOfEverything() === before).toBe(true);
}

/** Mutations that name a session or a transfer, with inputs that would work if the id did. */
function mutationsOn(name: SandboxProviderName, sessionId: string, transferIds: readonly string[]) {
  const extension = name === "portsip" ? { extensionNumber: "1001" } : {};
  const to = name === "portsip" ? "1009" : "+12025550189";
  const other = real.get(name)?.id ?? "";
  const all: [mutation: string, inputType: string, input: object][] = [
    ["endSession", "EndSessionInput", { sessionId }],
    ["holdSession", "HoldSessionInput", { sessionId, ...extension }],
    ["resumeSession", "ResumeSessionInput", { sessionId, ...extension }],
    ["transferSession", "TransferSessionInput", { sessionId, kind: "BLIND", to, ...extension }],
    ["transferSession", "TransferSessionInput", { sessionId, kind: "WARM", to, ...extension }],
    [
      "transferSession",
      "TransferSessionInput",
      { sessionId: other, kind: "WARM", consultationSessionId: sessionId, ...extension },
    ],
    ["updatePlivoSession", "UpdatePlivoSessionInput", { sessionId, ringTimeout: 30 }],
    ["updateEvoVoiceSession", "UpdateEvoVoiceSessionInput", { sessionId, consoleData: "note" }],
    ["finalizeReport", "FinalizeReportInput", { sessionId }],
    ...transferIds.flatMap((transferId): [string, string, object][] => [
      ["completeTransfer", "CompleteTransferInput", { transferId }],
      ["cancelTransfer", "CancelTransferInput", { transferId, tryNext: true }],
    ]),
  ];
  return all;
}

async function sendAll(mutations: ReturnType<typeof mutationsOn>): Promise<Record<string, Payload>> {
  const variables = Object.fromEntries(mutations.map(([, , input], index) => [`i${index}`, input]));
  const declared = mutations.map(([, type], index) => `$i${index}: ${type}!`).join(", ");
  const fields = mutations.map(
    ([mutation], index) =>
      `m${index}: ${mutation}(input: $i${index}) { command { outcome } userErrors { code message } }`,
  );
  const { data, errors } = await world.gateway.query<Record<string, Payload>>(
    `mutation (${declared}) { ${fields.join(" ")} }`,
    variables,
  );
  expect(errors).toEqual([]);
  return data ?? {};
}

function expectRefused(answers: Record<string, Payload>): void {
  for (const [name, { command, userErrors }] of Object.entries(answers)) {
    expect({ name, outcome: command?.outcome ?? "FAILED" }).toEqual({ name, outcome: "FAILED" });
    expect(userErrors.length).toBeGreaterThan(0);
    for (const { code, message } of userErrors) {
      expect(["BAD_USER_INPUT", "NOT_FOUND", "NOT_SUPPORTED", "CONFLICT"]).toContain(code);
      // Somebody's text is not put before somebody else.
      expect(message).not.toMatch(/X-Evil|日本語|1 eq 1/);
    }
  }
}

describe.each(SANDBOX_PROVIDERS)("ids of %s", (name) => {
  it.each(TITLED)(
    "$title as a session: every mutation is refused, and no provider is told to do anything",
    async ({ nasty }) => {
      const sessionId = toGlobalId("session", name, nasty);
      const answers = await sendAll(
        mutationsOn(name, sessionId, [
          toGlobalId("transfer", name, nasty, "tr_1"),
          toGlobalId("transfer", name, nasty, nasty),
        ]),
      );
      expectRefused(answers);
      // Whom the consultation is with stands in the body of this one, and its address is always the same.
      expect(
        writesOf(world.sandbox).filter((line) => !line.endsWith("/api/sessions/1/attended_refer")),
      ).toEqual([]);
      expectNothingDone();
    },
  );

  it.each(TITLED)("$title as a transfer of a real session: refused", async ({ nasty }) => {
    const { providerId = "" } = real.get(name) ?? {};
    const transferId = toGlobalId("transfer", name, providerId, nasty);
    const wishes = mutationsOn(name, "unused", [transferId]).filter(([, , input]) => "transferId" in input);
    expectRefused(await sendAll(wishes));
    expectNothingDone();
  });

  it.each(TITLED)("$title in every query by id: null, never an internal error", async ({ nasty }) => {
    const { providerId = "" } = real.get(name) ?? {};
    const children: IdKind[] = ["member", "interaction", "transfer", "recording", "event", "transcriptEntry"];
    const ids = [
      toGlobalId("session", name, nasty),
      toGlobalId("report", name, nasty),
      toGlobalId("command", name, nasty),
      ...children.flatMap((kind) => [
        toGlobalId(kind, name, nasty, nasty),
        toGlobalId(kind, name, providerId, nasty),
      ]),
    ];
    const [id] = ids;
    const { status, data, errors } = await world.gateway.query<Record<string, unknown>>(
      `query ($id: ID!, $transfer: ID!, $ids: [ID!]!) {
        session(id: $id) { id recordings { url } timeline { nodes { type } } } now: session(id: $id, maxAge: 0) { id }
        node(id: $id) { id } nodes(ids: $ids) { id } report(sessionId: $id) { id } command(id: $id) { id }
        transfer(id: $transfer) { id } sessions(filter: { ids: $ids }) { totalCount nodes { id } }
      }`,
      { id, ids, transfer: toGlobalId("transfer", name, nasty, nasty) },
    );
    expect({ status, errors }).toEqual({ status: 200, errors: [] });
    expect(data).toEqual({
      ...{ session: null, now: null, node: null, report: null, command: null, transfer: null },
      nodes: ids.map(() => null),
      sessions: { totalCount: 0, nodes: [] },
    });
    const { data: again, errors: problems } = await world.gateway.query(
      "mutation ($id: ID!) { refreshSession(id: $id) { id } }",
      { id },
    );
    expect({ again, problems }).toEqual({ again: { refreshSession: null }, problems: [] });
    expect(writesOf(world.sandbox)).toEqual([]);
    expectNothingDone();
  });
});
