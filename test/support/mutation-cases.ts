/** Every mutation at every provider that can do it, with sessions of the sandbox to do it to. */
import type { SandboxProviderName } from "../../src/sandbox/conversation.js";
import type { Sandbox } from "../../src/sandbox/sandbox.js";
import type { TestGateway } from "./gateway.js";

/** A session as the cases choose it. */
export interface Candidate {
  id: string;
  providerId: string;
  channel: string;
  phase: string;
  state: string;
  from: { address: string | null } | null;
  to: { address: string | null } | null;
  transfers: { id: string; kind: string; status: string }[];
}

export type Payload = "session" | "transfer" | "report";

export interface MutationCase {
  /** E.g. `evo holdSession`. */
  title: string;
  provider: SandboxProviderName;
  mutation: string;
  inputType: string;
  payload: Payload;
  /** The one request that it comes to. */
  wire: { method: string; path: RegExp };
  /** An input that works, for sessions nobody has touched yet. */
  input(pool: Pool): Promise<Record<string, unknown>>;
  /** Makes the input wrong in as many ways, each told by the path of a member. */
  wrong: { change: Record<string, unknown>; paths: string[] };
}

/** Sessions of the world, each handed out once. */
export interface Pool {
  take(provider: SandboxProviderName, fits?: (session: Candidate) => boolean): Promise<Candidate>;
  run(mutation: string, inputType: string, payload: Payload, input: object): Promise<MutationAnswer>;
}

export interface MutationAnswer {
  command: { id: string; outcome: string; error: { code: string; message: string } | null } | null;
  session?: {
    id: string;
    state: string;
    phase: string;
    freshness: { stale: boolean; source: string };
  } | null;
  transfer?: { id: string; kind: string; status: string; transferTo: string | null } | null;
  nextTransfer?: { id: string; status: string; transferTo: string | null } | null;
  routingAttempts?: { id: string; status: string; transferTo: string | null }[];
  fallback?: unknown;
  report?: { id: string; summary: string | null } | null;
  webhook?: unknown;
  userErrors: { message: string; code: string; path: string[] | null; capability: string | null }[];
}

const COMMAND = "command { id outcome idempotencyKey error { code message retryAfterSeconds } finishedAt }";
const SESSION = "session { id state phase freshness { stale source } }";
const TRANSFER = "id kind status transferTo failureCause";
const SELECTIONS: Record<Payload, string> = {
  session: `${COMMAND} ${SESSION} userErrors { message code path capability }`,
  transfer: `${COMMAND} ${SESSION} transfer { ${TRANSFER} } nextTransfer { ${TRANSFER} } routingAttempts { ${TRANSFER} }
    fallback userErrors { message code path capability }`,
  report: `${COMMAND} report { id summary } webhook userErrors { message code path capability }`,
};

/** Sends a mutation over HTTP; throws on top-level errors, which a provider or an input never is. */
export async function mutate(
  gateway: TestGateway,
  mutation: string,
  inputType: string,
  payload: Payload,
  input: object,
): Promise<MutationAnswer> {
  const { data, errors } = await gateway.query<{ answer: MutationAnswer }>(
    `mutation ($input: ${inputType}!) { answer: ${mutation}(input: $input) { ${SELECTIONS[payload]} } }`,
    { input },
  );
  if (data === null || errors.length > 0) throw new Error(`${mutation}: ${JSON.stringify(errors)}`);
  return data.answer;
}

/** The world's sessions that are open or live. */
export function createPool(gateway: TestGateway): Pool {
  const taken = new Set<string>();
  return {
    async take(provider, fits = () => true) {
      const { data } = await gateway.query<{ sessions: { nodes: Candidate[] } }>(
        `query ($connection: String!) { sessions(first: 100, filter: { connections: [$connection], phases: [LIVE, OPEN] }) {
          nodes { id providerId channel phase state from { address } to { address } transfers { id kind status } } } }`,
        { connection: provider },
      );
      const found = data?.sessions.nodes.find((session) => !taken.has(session.id) && fits(session));
      if (found === undefined) throw new Error(`the world has no more ${provider} session that fits`);
      taken.add(found.id);
      return found;
    },
    run: (mutation, inputType, payload, input) => mutate(gateway, mutation, inputType, payload, input),
  };
}

/** Requests that change something, as the sandbox saw them. */
export function writesOf(sandbox: Sandbox): string[] {
  return Object.values(sandbox.servers).flatMap(({ name, requests }) =>
    requests
      .filter(({ method, url }) => method !== "GET" && !/\/auth|\/login/.test(url))
      .map(({ method, url }) => `${name} ${method} ${url}`),
  );
}

/** Forgets the requests so far. */
export function forgetRequests(sandbox: Sandbox): void {
  for (const server of Object.values(sandbox.servers)) server.forget();
}

const EXTENSION = /^1\d{3}$/;
const talksFrom = ({ state, from, to }: Candidate) =>
  state === "IN_PROGRESS" && (EXTENSION.test(from?.address ?? "") || EXTENSION.test(to?.address ?? ""));
const extensionOf = ({ from, to }: Candidate) =>
  [from?.address, to?.address].find((address) => EXTENSION.test(address ?? "")) ?? "";
const isCall = ({ channel, state }: Candidate) => channel === "VOICE" && state === "IN_PROGRESS";
const withoutTransfer = (session: Candidate) => isCall(session) && session.transfers.length === 0;

/** A session, as `sessionId`. */
const sessionOf =
  (provider: SandboxProviderName, fits?: (session: Candidate) => boolean) => async (pool: Pool) => ({
    sessionId: (await pool.take(provider, fits)).id,
  });

const plivo = /^\/v1\/Account\/[^/]+\/Masking\/Session\//;

async function warmTransfer(pool: Pool): Promise<{ transferId: string }> {
  const { id } = await pool.take("speko", withoutTransfer);
  const { transfer } = await pool.run("transferSession", "TransferSessionInput", "transfer", {
    sessionId: id,
    kind: "WARM",
    to: "+14155550190",
    waitUntilAnswered: true,
  });
  if (!transfer) throw new Error("the warm transfer did not start");
  return { transferId: transfer.id };
}

/** One of an extension's own calls, and a second one that it has placed. */
async function twoCalls(pool: Pool) {
  const first = await pool.take("portsip", talksFrom);
  const extensionNumber = extensionOf(first);
  const second = await pool.run("createPortsipSession", "CreatePortsipSessionInput", "session", {
    caller: extensionNumber,
    callee: "1009",
  });
  return { sessionId: first.id, extensionNumber, consultationSessionId: second.session?.id };
}

export const MUTATION_CASES: readonly MutationCase[] = [
  {
    title: "plivo createPlivoSession",
    provider: "plivo",
    mutation: "createPlivoSession",
    inputType: "CreatePlivoSessionInput",
    payload: "session",
    wire: { method: "POST", path: new RegExp(`${plivo.source}$`) },
    input: () => Promise.resolve({ firstParty: "+12025550134", secondParty: "+12025550189", record: true }),
    wrong: {
      change: { firstParty: " ", pinRetry: 9, callbackMethod: "PUT" },
      paths: ["firstParty", "pinRetry", "callbackMethod"],
    },
  },
  {
    title: "plivo updatePlivoSession",
    provider: "plivo",
    mutation: "updatePlivoSession",
    inputType: "UpdatePlivoSessionInput",
    payload: "session",
    wire: { method: "POST", path: plivo },
    input: async (pool) => ({ ...(await sessionOf("plivo")(pool)), sessionExpiry: 3600, ringTimeout: 30 }),
    wrong: {
      change: { recordFileFormat: "ogg", callbackUrl: "nowhere" },
      paths: ["recordFileFormat", "callbackUrl"],
    },
  },
  {
    title: "plivo endSession",
    provider: "plivo",
    mutation: "endSession",
    inputType: "EndSessionInput",
    payload: "session",
    wire: { method: "DELETE", path: plivo },
    input: sessionOf("plivo"),
    wrong: { change: { sessionId: "nobody" }, paths: ["sessionId"] },
  },
  {
    title: "evo createEvoVoiceSession",
    provider: "evo",
    mutation: "createEvoVoiceSession",
    inputType: "CreateEvoVoiceSessionInput",
    payload: "session",
    wire: { method: "POST", path: /^\/sessions$/ },
    input: () => Promise.resolve({ displayName: "Call back", channel: "Voice", destination: "+12025550189" }),
    wrong: { change: { channel: "Smoke", callState: "Loud" }, paths: ["channel", "callState"] },
  },
  {
    title: "evo updateEvoVoiceSession",
    provider: "evo",
    mutation: "updateEvoVoiceSession",
    inputType: "UpdateEvoVoiceSessionInput",
    payload: "session",
    wire: { method: "PATCH", path: /^\/sessions\/[^/]+$/ },
    input: async (pool) => ({ ...(await sessionOf("evo", isCall)(pool)), consoleData: "note" }),
    wrong: { change: { queueState: "Lost", holdReason: "Bored" }, paths: ["queueState", "holdReason"] },
  },
  {
    title: "evo holdSession",
    provider: "evo",
    mutation: "holdSession",
    inputType: "HoldSessionInput",
    payload: "session",
    wire: { method: "POST", path: /^\/sessions\/[^/]+\/hold$/ },
    input: async (pool) => ({ ...(await sessionOf("evo", isCall)(pool)), reason: "Transferring" }),
    wrong: { change: { reason: "Bored", extensionNumber: "1001" }, paths: ["reason", "extensionNumber"] },
  },
  {
    title: "evo transferSession, blind",
    provider: "evo",
    mutation: "transferSession",
    inputType: "TransferSessionInput",
    payload: "transfer",
    wire: { method: "POST", path: /^\/sessions\/[^/]+\/redirect$/ },
    input: async (pool) => ({ ...(await sessionOf("evo", isCall)(pool)), kind: "BLIND", to: "+12025550189" }),
    wrong: { change: { to: " ", ringingTimeout: 30 }, paths: ["to", "ringingTimeout"] },
  },
  {
    title: "evo endSession",
    provider: "evo",
    mutation: "endSession",
    inputType: "EndSessionInput",
    payload: "session",
    wire: { method: "DELETE", path: /^\/sessions\/[^/]+$/ },
    input: sessionOf("evo", isCall),
    wrong: { change: { sessionId: "" }, paths: ["sessionId"] },
  },
  {
    title: "speko transferSession, blind",
    provider: "speko",
    mutation: "transferSession",
    inputType: "TransferSessionInput",
    payload: "transfer",
    wire: { method: "POST", path: /^\/v1\/calls\/[^/]+\/transfers\/blind$/ },
    input: async (pool) => ({
      ...(await sessionOf("speko", withoutTransfer)(pool)),
      kind: "BLIND",
      to: "sip:desk@pbx.example.com",
      headers: { "X-Ticket": "4711" },
    }),
    wrong: { change: { ringingTimeout: 500, headers: { a: 1 } }, paths: ["ringingTimeout", "headers"] },
  },
  {
    title: "speko transferSession, warm",
    provider: "speko",
    mutation: "transferSession",
    inputType: "TransferSessionInput",
    payload: "transfer",
    wire: { method: "POST", path: /^\/v1\/calls\/[^/]+\/transfers\/warm$/ },
    input: async (pool) => ({
      ...(await sessionOf("speko", withoutTransfer)(pool)),
      kind: "WARM",
      destinations: [{ to: "+14155550190", label: "Desk" }],
    }),
    wrong: { change: { from: "1234", destinations: [{ to: "desk" }] }, paths: ["from", "destinations"] },
  },
  {
    title: "speko completeTransfer",
    provider: "speko",
    mutation: "completeTransfer",
    inputType: "CompleteTransferInput",
    payload: "transfer",
    wire: { method: "POST", path: /^\/v1\/calls\/[^/]+\/transfers\/[^/]+\/complete$/ },
    input: warmTransfer,
    wrong: { change: { transferId: "nobody" }, paths: ["transferId"] },
  },
  {
    title: "speko cancelTransfer",
    provider: "speko",
    mutation: "cancelTransfer",
    inputType: "CancelTransferInput",
    payload: "transfer",
    wire: { method: "POST", path: /^\/v1\/calls\/[^/]+\/transfers\/[^/]+\/cancel$/ },
    input: async (pool) => ({ ...(await warmTransfer(pool)), reason: "Nobody there", tryNext: false }),
    wrong: { change: { transferId: "nobody" }, paths: ["transferId"] },
  },
  {
    title: "speko finalizeReport",
    provider: "speko",
    mutation: "finalizeReport",
    inputType: "FinalizeReportInput",
    payload: "report",
    wire: { method: "POST", path: /^\/v1\/calls\/[^/]+\/report\/finalize$/ },
    input: async (pool) => ({ ...(await sessionOf("speko", isCall)(pool)), forceAnalysis: true }),
    wrong: { change: { sessionId: "nobody" }, paths: ["sessionId"] },
  },
  {
    title: "speko endSession",
    provider: "speko",
    mutation: "endSession",
    inputType: "EndSessionInput",
    payload: "session",
    wire: { method: "POST", path: /^\/v1\/calls\/[^/]+\/end$/ },
    input: sessionOf("speko", isCall),
    wrong: { change: { sessionId: "nobody" }, paths: ["sessionId"] },
  },
  {
    title: "portsip createPortsipSession",
    provider: "portsip",
    mutation: "createPortsipSession",
    inputType: "CreatePortsipSessionInput",
    payload: "session",
    wire: { method: "POST", path: /^\/api\/sessions$/ },
    input: () => Promise.resolve({ caller: "1001", callee: "1002", userData: "crm-4711" }),
    wrong: {
      change: { rewriteFrom: "15550100", userData: "x".repeat(129) },
      paths: ["rewriteFrom", "userData"],
    },
  },
  {
    title: "portsip holdSession",
    provider: "portsip",
    mutation: "holdSession",
    inputType: "HoldSessionInput",
    payload: "session",
    wire: { method: "POST", path: /^\/api\/sessions\/[^/]+\/hold$/ },
    async input(pool) {
      const session = await pool.take("portsip", talksFrom);
      return { sessionId: session.id, extensionNumber: extensionOf(session) };
    },
    wrong: { change: { extensionNumber: "x", callSid: "CA1" }, paths: ["extensionNumber", "callSid"] },
  },
  {
    title: "portsip resumeSession",
    provider: "portsip",
    mutation: "resumeSession",
    inputType: "ResumeSessionInput",
    payload: "session",
    wire: { method: "POST", path: /^\/api\/sessions\/[^/]+\/unhold$/ },
    async input(pool) {
      const session = await pool.take("portsip", talksFrom);
      const input = { sessionId: session.id, extensionNumber: extensionOf(session) };
      await pool.run("holdSession", "HoldSessionInput", "session", input);
      return input;
    },
    wrong: { change: { extensionNumber: null }, paths: ["extensionNumber"] },
  },
  {
    title: "portsip transferSession, blind",
    provider: "portsip",
    mutation: "transferSession",
    inputType: "TransferSessionInput",
    payload: "transfer",
    wire: { method: "POST", path: /^\/api\/sessions\/[^/]+\/refer$/ },
    async input(pool) {
      const session = await pool.take("portsip", talksFrom);
      return { sessionId: session.id, kind: "BLIND", extensionNumber: extensionOf(session), to: "1009" };
    },
    wrong: { change: { to: null, playDialtone: true }, paths: ["to", "playDialtone"] },
  },
  {
    title: "portsip transferSession, attended",
    provider: "portsip",
    mutation: "transferSession",
    inputType: "TransferSessionInput",
    payload: "transfer",
    wire: { method: "POST", path: /^\/api\/sessions\/1\/attended_refer$/ },
    input: async (pool) => ({ ...(await twoCalls(pool)), kind: "WARM", to: "1009" }),
    wrong: { change: { extensionNumber: null, fallback: {} }, paths: ["extensionNumber", "fallback"] },
  },
  {
    title: "portsip endSession",
    provider: "portsip",
    mutation: "endSession",
    inputType: "EndSessionInput",
    payload: "session",
    wire: { method: "POST", path: /^\/api\/sessions\/[^/]+\/destroy$/ },
    input: sessionOf("portsip", ({ state }) => state === "IN_PROGRESS"),
    wrong: { change: { sessionId: "nobody" }, paths: ["sessionId"] },
  },
];

/** What each provider cannot do: the mutation, and the capability that its connection lacks. */
export const UNSUPPORTED: readonly {
  provider: SandboxProviderName;
  mutation: string;
  inputType: string;
  payload: Payload;
  rest: object;
  capability: string;
}[] = [
  ...(["plivo", "speko"] as const).flatMap((provider) => [
    {
      provider,
      mutation: "holdSession",
      inputType: "HoldSessionInput",
      payload: "session" as const,
      rest: {},
      capability: "HOLD",
    },
  ]),
  ...(["plivo", "evo", "speko"] as const).map((provider) => ({
    provider,
    mutation: "resumeSession",
    inputType: "ResumeSessionInput",
    payload: "session" as const,
    rest: {},
    capability: "RESUME",
  })),
  ...(["plivo", "evo"] as const).map((provider) => ({
    provider,
    mutation: "transferSession",
    inputType: "TransferSessionInput",
    payload: "transfer" as const,
    rest: { kind: "WARM", to: "+12025550189" },
    capability: "TRANSFER_WARM",
  })),
  {
    provider: "plivo",
    mutation: "transferSession",
    inputType: "TransferSessionInput",
    payload: "transfer",
    rest: { kind: "BLIND", to: "+12025550189" },
    capability: "TRANSFER_BLIND",
  },
  ...(["plivo", "evo", "portsip"] as const).map((provider) => ({
    provider,
    mutation: "finalizeReport",
    inputType: "FinalizeReportInput",
    payload: "report" as const,
    rest: {},
    capability: "REPORT",
  })),
];
