import { XMLParser } from "fast-xml-parser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Conversation, Person, Step } from "../../src/sandbox/conversation.js";
import {
  createDirectory,
  GATEWAY_LOGIN,
  MANAGER_LOGIN,
  PHONE_USER_LOGIN,
  type Login,
} from "../../src/sandbox/evo/evo-directory.js";
import { createRandom } from "../../src/sandbox/kit/random.js";
import { startEvoServer, type EvoSandboxServer } from "../../src/sandbox/evo/evo-server.js";
import { ACCOUNTS } from "../../src/sandbox/world/companies.js";

const START = Date.parse("2026-03-20T10:00:00Z");
const DAY = 86_400_000;
const SEED = 7;
/** The ids of this seed. */
const DIRECTORY = createDirectory(createRandom(SEED).fork("evo"));

let clock = START;
let server: EvoSandboxServer;

beforeEach(async () => {
  clock = START;
  server = await startEvoServer({ port: 0, host: "127.0.0.1", seed: SEED, now: () => clock });
});
afterEach(() => server.close());

interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** Empty when the body is not JSON. */
  json: Record<string, unknown>;
}

interface CallOptions {
  login?: Login | null;
  headers?: Record<string, string>;
  body?: unknown;
}

async function call(method: string, path: string, options: CallOptions = {}): Promise<Reply> {
  const { login = GATEWAY_LOGIN, headers = {}, body } = options;
  const basic = login && Buffer.from(`${login.userName}:${login.password}`).toString("base64");
  const response = await fetch(`${server.baseUrl}${path}`, {
    method,
    headers: {
      accept: "application/json",
      ...(basic ? { authorization: `Basic ${basic}` } : {}),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
}

function itemsOf({ json }: Reply): Record<string, unknown>[] {
  return Array.isArray(json.items) ? json.items : [];
}

const AGENT = ACCOUNTS[0]?.staff[0] as Person;
const COLLEAGUE = ACCOUNTS[0]?.staff[1] as Person;
const CALLER: Person = { name: "Ada Okafor", number: "+12025550177", extension: null, email: null };

function conversation(
  id: string,
  startedAt: number,
  steps: Step[],
  more: Partial<Conversation> = {},
): Conversation {
  return {
    id,
    provider: "evo",
    channel: "voice",
    direction: "inbound",
    from: CALLER,
    to: AGENT,
    startedAt,
    steps,
    traits: {},
    links: [],
    ...more,
  };
}

/** Writes a conversation up to and including the step at `until`, as if that had been the time. */
function play(script: Conversation, until = Infinity): Conversation {
  server.begin(script);
  for (const step of script.steps) {
    if (step.at <= until) server.apply(script, step, script.startedAt + step.at);
  }
  return script;
}

const TALK: Step[] = [
  { at: 1000, do: "queue", queue: "Billing" },
  { at: 3000, do: "ring", party: "to" },
  { at: 8000, do: "answer", party: "to" },
  { at: 9000, do: "say", who: "user", text: "My bill <doubled> & I'd like to know why", lastsMs: 3000 },
  { at: 20_000, do: "hold", by: "to", reason: "none" },
  { at: 30_000, do: "resume", by: "to" },
  { at: 60_000, do: "end", reason: "caller-hung-up" },
  { at: 70_000, do: "recording", outcome: "ready" },
  { at: 90_000, do: "report", analysis: "completed", summary: "A doubled bill.", outcome: "explained" },
];

const CHAT: Step[] = [
  { at: 1000, do: "answer", party: "to" },
  { at: 2000, do: "say", who: "user", text: "Hello?", lastsMs: 0 },
  { at: 3000, do: "say", who: "agent", text: "Hi, how can I help?", lastsMs: 0 },
];

describe("signing in", () => {
  test("a login gives cookies that open the API, unknown cookies beside them", async () => {
    const login = await call("POST", "/auth/credentials", {
      login: null,
      body: {
        provider: "credentials",
        userName: GATEWAY_LOGIN.userName,
        password: GATEWAY_LOGIN.password,
        rememberMe: true,
      },
    });
    expect(login.status).toBe(200);
    const cookies = login.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
    expect(cookies.map((cookie) => cookie?.split("=")[0])).toEqual(["ss-id", "ss-pid", "ss-opt"]);
    const headers = { cookie: ["01-Jan-2047 00:00:00 GMT=junk", ...cookies].join("; ") };
    expect((await call("GET", "/sessions", { login: null, headers })).status).toBe(200);
    server.expireLogins();
    expect((await call("GET", "/sessions", { login: null, headers })).status).toBe(401);
  });

  test.each(["/json/reply/Authenticate", "/api/Authenticate"])("%s signs in as well", async (path) => {
    const body = { userName: GATEWAY_LOGIN.userName, password: GATEWAY_LOGIN.password };
    expect((await call("POST", path, { login: null, body })).headers.getSetCookie()).toHaveLength(3);
  });

  test("logging out ends the cookie session", async () => {
    const body = { userName: GATEWAY_LOGIN.userName, password: GATEWAY_LOGIN.password };
    const login = await call("POST", "/auth/credentials", { login: null, body });
    const cookie = login.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
    await call("POST", "/auth/logout", { login: null, headers: { cookie } });
    expect((await call("GET", "/sessions", { login: null, headers: { cookie } })).status).toBe(401);
  });

  test("a wrong password is 401 in the envelope, no credentials 401 without a body", async () => {
    const wrong = await call("POST", "/auth/credentials", {
      login: null,
      body: { userName: GATEWAY_LOGIN.userName, password: "nope" },
    });
    expect(wrong).toMatchObject({ status: 401, json: { responseStatus: { errorCode: "Unauthorized" } } });
    const none = await call("GET", "/sessions", { login: null });
    expect(none).toMatchObject({ status: 401, text: "" });
    expect(none.headers.get("www-authenticate")).toMatch(/^basic/i);
    expect(
      (await call("GET", "/sessions", { login: null, headers: { authorization: "Bearer x" } })).status,
    ).toBe(401);
  });

  test("status answers 200 for nobody and lists parallel arrays of accounts for somebody", async () => {
    expect((await call("GET", "/auth/status", { login: null })).json).toEqual({ isAuthenticated: false });
    const { json } = await call("GET", "/auth/status");
    expect(json).toMatchObject({ isAuthenticated: true, accountNames: ACCOUNTS.map(({ name }) => name) });
    expect(json.accountIds).toEqual(DIRECTORY.tenants.map(({ id }) => id));
  });

  test("curl is turned away in front of the service", async () => {
    expect((await call("GET", "/sessions", { headers: { "user-agent": "curl/8.5.0" } })).status).toBe(403);
  });
});

describe("listing sessions", () => {
  beforeEach(() => {
    for (let n = 0; n < 7; n += 1) {
      const from = { ...CALLER, number: `+1202555017${n}` };
      play(conversation(`c${n}`, START - n * 3_600_000, TALK, { from, traits: { accountIndex: n % 2 } }));
    }
  });

  test("pages count from zero and end where the totals say; hasMorePages stays out of it", async () => {
    const ids: unknown[] = [];
    for (let page = 0, pages = 1; page < pages; page += 1) {
      const reply = await call(
        "GET",
        `/sessions?page=${page}&countPerPage=3&sortField=dateCreated&sortOrder=Descend`,
      );
      expect(reply.json).toMatchObject({ totalCount: 7, totalPages: 3, hasMorePages: false });
      pages = Number(reply.json.totalPages);
      ids.push(...itemsOf(reply).map(({ id }) => id));
    }
    const newestFirst = [...(server.records().session ?? [])].sort((a, b) =>
      String(b.dateCreated).localeCompare(String(a.dateCreated)),
    );
    expect(ids).toEqual(newestFirst.map(({ id }) => id));
  });

  test("simplified paging says only whether there is more", async () => {
    const first = await call("GET", "/sessions?simplifiedPaging=true&countPerPage=4");
    expect(first.json).toMatchObject({ totalCount: 0, totalPages: 0, hasMorePages: true });
    const last = await call("GET", "/sessions?simplifiedPaging=true&countPerPage=4&page=1");
    expect(last.json.hasMorePages).toBe(false);
    expect(itemsOf(last)).toHaveLength(3);
  });

  test("without a size 25 come, with all everything", async () => {
    for (let n = 0; n < 30; n += 1) play(conversation(`more${n}`, START - n * 1000, []));
    expect(itemsOf(await call("GET", "/sessions"))).toHaveLength(25);
    expect(itemsOf(await call("GET", "/sessions?all=true"))).toHaveLength(37);
  });

  test("ids arrive with a comma, encoded or not, as repeated keys, and as JSV", async () => {
    const [a, b] = (server.records().session ?? []).map(({ id }) => String(id));
    for (const query of [
      `specificIds=${a},${b}`,
      `SPECIFICIDS=${a}%2C${b}`,
      `specificIds=${a}&specificIds=${b}`,
      `specificIds=[${a},${b}]`,
    ]) {
      expect(
        itemsOf(await call("GET", `/sessions?${query}`))
          .map(({ id }) => id)
          .sort(),
      ).toEqual([a, b].sort());
    }
  });

  test("filters by account, customer, endpoint, party, log and day", async () => {
    const [first] = DIRECTORY.tenants;
    const sample = (server.records().session ?? []).find((session) => session.customerId !== undefined);
    const count = async (query: string) => itemsOf(await call("GET", `/sessions?${query}`)).length;
    expect(await count(`accountIds=${first?.id}`)).toBe(4);
    expect(await count(`customerIds=${sample?.customerId}`)).toBeGreaterThan(0);
    expect(await count(`endpointIds=${sample?.endpointId}`)).toBe(7);
    expect(await count("from=5550173")).toBe(1);
    expect(await count("to=nowhere")).toBe(0);
    expect(await count("log=entered%20QUEUE")).toBe(7);
    expect(await count("startDate=2026-03-20&endDate=2026-03-20")).toBe(7);
    expect(await count("startDate=2026-03-21")).toBe(0);
  });

  test("an account of somebody else is 403, a bad number 400 with the member named", async () => {
    const foreign = await call("GET", `/sessions?accountIds=${DIRECTORY.foreignAccountId}`);
    expect(foreign).toMatchObject({ status: 403, json: { responseStatus: { errorCode: "Forbidden" } } });
    const bad = await call("GET", "/sessions?page=two");
    expect(bad.status).toBe(400);
    expect(bad.json).toMatchObject({ responseStatus: { errors: [{ fieldName: "page" }] } });
  });

  test("the named routes answer the same, one by one and in a batch", async () => {
    const plain = await call("GET", "/sessions?countPerPage=2");
    expect((await call("GET", "/json/reply/ListSessions?countPerPage=2")).json).toEqual(plain.json);
    expect((await call("POST", "/api/ListSessions", { body: { countPerPage: 2 } })).json).toEqual(plain.json);
    const batch = await call("POST", "/json/reply/ListSessions[]", {
      body: [{ countPerPage: 2 }, { countPerPage: 1 }],
    });
    expect(JSON.parse(batch.text)).toEqual([plain.json, expect.objectContaining({ totalPages: 7 })]);
  });
});

describe("live and archive", () => {
  test("a session older than fifteen days is found in the archive and nowhere else", async () => {
    const age = { fresh: START - 14 * DAY, old: START - 16 * DAY };
    play(conversation("fresh", age.fresh, TALK));
    play(conversation("old", age.old, TALK));
    const [live] = itemsOf(await call("GET", "/sessions"));
    const [archived] = itemsOf(await call("GET", "/sessions?searchArchive=true"));
    expect(live?.dateCreated).toBe(new Date(age.fresh).toISOString());
    expect(archived?.dateCreated).toBe(new Date(age.old).toISOString());
    expect((await call("GET", `/sessions/${live?.id}`)).status).toBe(200);
    const gone = await call("GET", `/sessions/${archived?.id}`);
    expect(gone).toMatchObject({
      status: 404,
      json: { responseStatus: { message: "Session does not exist" } },
    });
    clock += 2 * DAY;
    expect(itemsOf(await call("GET", "/sessions"))).toHaveLength(0);
  });

  test("the single route empties the log that the list has", async () => {
    play(conversation("c", START, TALK));
    const [row] = itemsOf(await call("GET", "/sessions"));
    expect(row?.log).not.toEqual([]);
    expect((await call("GET", `/sessions/${row?.id}`)).json).toEqual({ ...row, log: [] });
  });
});

describe("what a session shows while it happens", () => {
  const session = () => server.records().session?.[0];

  test("it begins with the zero of every state, which is not the same as ended", () => {
    play(conversation("c", START, []));
    expect(session()).toMatchObject({
      callState: "Disconnected",
      dialState: "None",
      queueState: "None",
      ended: false,
    });
    expect(session()).not.toHaveProperty("dateCompleted");
  });

  test("queue, ringing, answer, hold and end each leave their mark", () => {
    const script = conversation("c", START, TALK);
    server.begin(script);
    const seen = script.steps.map((step) => {
      server.apply(script, step, START + step.at);
      const { callState, queueState, dialState, ended } = session() ?? {};
      return [step.do, callState, queueState, dialState, ended];
    });
    expect(seen.slice(0, 7)).toEqual([
      ["queue", "Passive", "Queued", "None", false],
      ["ring", "Passive", "Ringing", "Active", false],
      ["answer", "Connected", "Connected", "None", false],
      ["say", "Connected", "Connected", "None", false],
      ["hold", "Hold", "Hold", "None", false],
      ["resume", "Connected", "Connected", "None", false],
      ["end", "Disconnected", "Disconnected", "None", true],
    ]);
    expect(session()).toMatchObject({
      answeredByName: AGENT.name,
      outcome: "Caller hung up",
      wasMissed: false,
    });
  });

  test("a transfer's outcome comes when it comes, not with the step", () => {
    play(
      conversation("c", START, [
        { at: 1000, do: "answer", party: "to" },
        {
          at: 10_000,
          do: "transfer",
          transfer: {
            kind: "warm",
            by: "to",
            destinations: [{ to: COLLEAGUE, outcome: "answered", afterMs: 15_000 }],
            screeningPrompt: null,
            summary: null,
            fallback: null,
          },
        },
      ]),
    );
    clock = START + 20_000;
    expect(session()).toMatchObject({
      holdReason: "Transferring",
      callState: "Hold",
      answeredByName: AGENT.name,
    });
    clock = START + 25_000;
    expect(session()).toMatchObject({
      holdReason: "None",
      callState: "Connected",
      answeredByName: COLLEAGUE.name,
    });
  });

  test("every member of the session is filled in by some session at some time", () => {
    const seen = new Set<string>();
    const look = () => {
      for (const record of server.records().session ?? []) {
        const members = Array.isArray(record.members) ? (record.members as Record<string, unknown>[]) : [];
        for (const one of [record, ...members]) {
          for (const [key, value] of Object.entries(one)) {
            if (value !== "" && JSON.stringify(value) !== "[]") seen.add(key);
          }
        }
      }
    };
    const transfer: Step = {
      at: 35_000,
      do: "transfer",
      transfer: {
        kind: "warm",
        by: "to",
        destinations: [{ to: COLLEAGUE, outcome: "answered", afterMs: 0 }],
        screeningPrompt: null,
        summary: null,
        fallback: null,
      },
    };
    for (let n = 0; n < 20; n += 1) {
      const script = conversation(`w${n}`, START + n, [...TALK.slice(0, 6), transfer, ...TALK.slice(6)], {
        channel: n % 3 === 2 ? "chat" : "voice",
        direction: (["inbound", "outbound", "internal"] as const)[n % 3] ?? "inbound",
        ...(n % 3 === 0 ? {} : { from: AGENT, to: n % 3 === 1 ? CALLER : COLLEAGUE }),
      });
      server.begin(script);
      for (const step of script.steps) {
        server.apply(script, step, script.startedAt + step.at);
        if (n < 6) look();
      }
      look();
    }
    for (const key of [
      ...["createdBy", "lastModifiedBy", "customerId", "customerName", "customerBreadcrumb", "endpointId"],
      ...[
        "endpointName",
        "dateCompleted",
        "destination",
        "toAddress",
        "fromAddress",
        "fromName",
        "answeredByName",
      ],
      ...[
        "answeredById",
        "queueMemberId",
        "outcome",
        "callSid",
        "consoleData",
        "holdQueueName",
        "heldByUserId",
      ],
      ...[
        "conferenceSid",
        "displayName",
        "log",
        "members",
        "callbackNumber",
        "fromPhoneNumber",
        "ringQueueId",
      ],
      ...["mostRecentParticipantCallSid", "applicationData", "avatarUrl", "identity", "muted"],
    ]) {
      expect(seen).toContain(key);
    }
  });
});

describe("XML", () => {
  const parser = new XMLParser({
    removeNSPrefix: true,
    parseTagValue: false,
    ignoreAttributes: false,
    // The breadcrumb's wrapper has the name of its items.
    isArray: (_, path) =>
      /\.(SessionInfo|SessionLogInfo|SessionMemberInfo|CustomerBreadcrumb\.CustomerBreadcrumb|KeyValueOfstringstring)$/.test(
        String(path),
      ),
  });

  /** The JSON that a parsed element stands for, without knowing the types: scalars become text. */
  function toPlain(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).filter(([key]) => !key.startsWith("@_"));
    const isNil = Object.keys(value).includes("@_nil");
    if (isNil) return undefined;
    const [only] = entries;
    if (entries.length === 1 && Array.isArray(only?.[1])) {
      const list: unknown[] = only[1];
      if (only[0] !== "KeyValueOfstringstring") return list.map(toPlain);
      return Object.fromEntries(list.map(toPlain).map((pair) => Object.values(pair as object)));
    }
    if (entries.length === 1 && only?.[0] === "#text") return only[1];
    return Object.fromEntries(
      entries
        .map(([key, member]) => [key.charAt(0).toLowerCase() + key.slice(1), toPlain(member)] as const)
        .filter(([, member]) => member !== undefined),
    );
  }

  /** Scalars as text, empty lists as the empty element they are in XML. */
  function asText(value: unknown): unknown {
    if (Array.isArray(value)) return value.length === 0 ? "" : value.map(asText);
    if (typeof value !== "object" || value === null) return String(value);
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asText(member)]));
  }

  beforeEach(() => {
    for (let n = 0; n < 12; n += 1) {
      play(
        conversation(`c${n}`, START - n * 1000, n % 3 === 0 ? CHAT : TALK, {
          channel: n % 3 === 0 ? "chat" : "voice",
        }),
      );
    }
  });

  test.each(["/sessions.xml", "/sessions?format=xml", "/xml/reply/ListSessions"])(
    "%s equals JSON record for record",
    async (path) => {
      const xml = await call("GET", path);
      expect(xml.headers.get("content-type")).toMatch(/^application\/xml/);
      const root = Object.values(parser.parse(xml.text) as Record<string, unknown>)[0];
      expect(toPlain(root)).toEqual(asText((await call("GET", "/sessions")).json));
    },
  );

  test("the list root is the generic name with a digest, records keep their own namespaces and order", async () => {
    const { text } = await call("GET", "/sessions?countPerPage=1", {
      headers: { accept: "application/xml" },
    });
    expect(text).toMatch(
      /^<ListResponseOfSessionInfo\w+ xmlns:i="[^"]+" xmlns="http:\/\/schemas\.datacontract\.org\/2004\/07\/Voice\.Api">/,
    );
    expect(text).toContain(
      '<Items xmlns:d2p1="http://schemas.datacontract.org/2004/07/Voice.Api.Sessions"><d2p1:SessionInfo>',
    );
    const order = ["<DateCreated>", "<Id>", "<d2p1:AccountId>", "<d2p1:CallState>", "<d2p1:WasMissed>"];
    const places = order.map((tag) => text.indexOf(tag));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  test("a single session is written as the metadata page shows it", async () => {
    const [row] = itemsOf(await call("GET", "/sessions"));
    const { text } = await call("GET", `/sessions/${row?.id}`, { headers: { accept: "text/xml" } });
    expect(text).toMatch(
      /^<SessionInfo xmlns:i="[^"]+" xmlns="[^"]+Voice\.Api\.Sessions"><CreatedBy xmlns="[^"]+Voice\.Api">/,
    );
    expect(text).toContain('i:nil="true"');
    expect(text).toMatch(/<CustomerBreadcrumb xmlns:d2p1="[^"]+Voice\.Api\.Customers">/);
  });

  test("application data is a dictionary in the arrays namespace", async () => {
    const { text } = await call("GET", "/sessions.xml");
    expect(text).toMatch(/xmlns:d\dp1="http:\/\/schemas\.microsoft\.com\/2003\/10\/Serialization\/Arrays"/);
    expect(text).toMatch(/<(d\dp1):KeyValueOfstringstring><\1:Key>platform<\/\1:Key><\1:Value>/);
  });

  test("errors have the same envelope in XML", async () => {
    const { status, text } = await call("GET", "/sessions/ffffffffffffffffffffffff.xml");
    expect(status).toBe(404);
    expect(text).toMatch(
      /^<ErrorResponse [^>]*xmlns="http:\/\/schemas\.servicestack\.net\/types"><ResponseStatus><ErrorCode>NotFound<\/ErrorCode><Message>/,
    );
  });

  test("anything is JSON for who accepts anything", async () => {
    const { headers } = await call("GET", "/sessions", { headers: { accept: "*/*" } });
    expect(headers.get("content-type")).toMatch(/^application\/json/);
  });
});

describe("files, transcripts and calls", () => {
  test("a recording is found through the filter, carries no session, and leads to its bytes", async () => {
    play(conversation("c", START, TALK));
    const [session] = server.records().session ?? [];
    const [file] = itemsOf(await call("GET", `/files?sessionId=${session?.id}&type=CallRecording`));
    expect(file).toMatchObject({
      transcription: expect.stringContaining("doubled"),
      aiTranscription: "A doubled bill.",
    });
    expect(JSON.stringify(file)).not.toContain(String(session?.id));
    expect((await call("GET", `/files/${file?.id}`)).json).toEqual(file);
    const media = await fetch(String(file?.uri));
    expect((await media.bytes()).length).toBe(file?.contentLength);
  });

  test("a phone user may not read files and a manager may not hold", async () => {
    play(conversation("c", START, TALK), 10_000);
    const [session] = server.records().session ?? [];
    expect((await call("GET", "/files", { login: PHONE_USER_LOGIN })).status).toBe(403);
    expect(
      (await call("POST", `/sessions/${session?.id}/hold`, { login: MANAGER_LOGIN, body: {} })).status,
    ).toBe(403);
    expect((await call("GET", `/sessions/${session?.id}/transcript`, { login: MANAGER_LOGIN })).status).toBe(
      403,
    );
  });

  test("a chat has a transcript", async () => {
    play(conversation("chat", START, CHAT, { channel: "chat" }));
    const [session] = server.records().session ?? [];
    const { json } = await call("GET", `/sessions/${session?.id}/transcript`);
    expect(json.messages).toMatchObject([
      { from: CALLER.number, body: "Hello?" },
      { from: AGENT.number, body: "Hi, how can I help?" },
    ]);
  });

  test("active sessions are the caller's own, active calls the account's", async () => {
    play(conversation("c", START, TALK), 10_000);
    const [session] = server.records().session ?? [];
    expect((await call("GET", "/sessions/my")).json).toEqual({ sessions: [] });
    expect((await call("GET", "/sessions/active", { login: PHONE_USER_LOGIN })).json).toEqual({
      sessions: [session],
    });
    const { json } = await call("GET", `/calls/active?accountId=${session?.accountId}`);
    expect(json.calls).toMatchObject([
      { sid: session?.callSid, direction: "inbound", status: "in-progress" },
      {},
    ]);
  });

  test("an account can be read", async () => {
    const [tenant] = DIRECTORY.tenants;
    expect((await call("GET", `/accounts/${tenant?.id}`)).json).toMatchObject({
      name: tenant?.name,
      isBYOA: false,
    });
  });
});

describe("changing sessions", () => {
  async function live(): Promise<string> {
    play(conversation("c", START, TALK), 10_000);
    return String(server.records().session?.[0]?.id);
  }
  const session = () => server.records().session?.[0];

  test("PATCH edits what is sent and nothing else", async () => {
    const id = await live();
    const before = session();
    clock += 60_000;
    const { status, json } = await call("PATCH", `/sessions/${id}`, { body: { consoleData: "note" } });
    expect(status).toBe(200);
    expect(json).toMatchObject({ id, consoleData: "note", lastModifiedBy: GATEWAY_LOGIN.userName });
    expect(session()).toMatchObject({ callState: before?.callState, log: before?.log });
    expect((await call("PATCH", `/sessions/${id}`, { body: { callState: "Flying" } })).status).toBe(400);
  });

  test("DELETE hangs up, keeps the record, and the script cannot bring it back", async () => {
    const script = play(conversation("c", START, TALK), 10_000);
    const id = String(session()?.id);
    expect(await call("DELETE", `/sessions/${id}`)).toMatchObject({ status: 204, text: "" });
    server.apply(script, { at: 20_000, do: "resume", by: "to" }, START + 20_000);
    expect(session()).toMatchObject({ id, ended: true, callState: "Disconnected" });
  });

  test("DELETE without an id needs all three members and then removes records", async () => {
    await live();
    expect((await call("DELETE", "/sessions/")).status).toBe(400);
    expect(server.records().session).toHaveLength(1);
    const query = new URLSearchParams({
      accountId: String(session()?.accountId),
      startDateTime: "2026-03-20T00:00:00Z",
      endDateTime: "2026-03-21T00:00:00Z",
    });
    expect((await call("DELETE", `/sessions?${query}`)).status).toBe(204);
    expect(server.records().session).toHaveLength(0);
  });

  test("hold answers the session, redirect answers nothing", async () => {
    const id = await live();
    const held = await call("POST", `/sessions/${id}/hold`, { body: { reason: "Transferring" } });
    expect(held.json).toMatchObject({ callState: "Hold", holdReason: "Transferring", log: [] });
    const redirected = await call("POST", `/sessions/${id}/redirect`, {
      body: { destination: "+12025550199" },
    });
    expect(redirected).toMatchObject({ status: 204, text: "" });
    expect(session()).toMatchObject({ callState: "Ringing", holdReason: "None" });
    expect((await call("POST", `/sessions/${id}/redirect`, { body: {} })).status).toBe(400);
  });

  test("a new session has the documented defaults and hides its parent", async () => {
    const { status, json } = await call("POST", "/sessions", {
      body: { toAddress: "+12025550180", parentSessionId: "0123456789abcdef01234567" },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      direction: "Outgoing",
      callState: "Connected",
      fromAddress: GATEWAY_LOGIN.userName,
    });
    expect(json).not.toHaveProperty("parentSessionId");
    const children = await call("GET", "/sessions?parentSessionId=0123456789abcdef01234567");
    expect(itemsOf(children).map(({ id }) => id)).toEqual([json.id]);
    expect((await call("GET", "/sessions/my")).json).toMatchObject({ sessions: [{ id: json.id }] });
  });

  test("an outgoing call answers nothing and is found afterwards", async () => {
    const body = { flowId: "f1", numberToDial: "+12025550181" };
    expect(await call("POST", "/sessions/outgoing", { body })).toMatchObject({ status: 204, text: "" });
    expect(itemsOf(await call("GET", "/sessions?to=2025550181"))).toHaveLength(1);
  });

  test("the script's people are out of a call that was redirected, and can only hang up", async () => {
    const script = play(conversation("c", START, TALK), 10_000);
    const id = String(session()?.id);
    await call("POST", `/sessions/${id}/redirect`, { body: { destination: "+12025550199" } });
    server.apply(script, { at: 20_000, do: "hold", by: "to", reason: "none" }, START + 20_000);
    // Who it was sent to has picked up by then.
    expect(session()).toMatchObject({ callState: "Connected", holdReason: "None" });
    server.apply(script, { at: 60_000, do: "end", reason: "caller-hung-up" }, START + 60_000);
    expect(session()).toMatchObject({ ended: true, callState: "Disconnected", outcome: "Caller hung up" });
  });

  test("a transfer that was going on comes to nothing when the call is redirected", async () => {
    const steps: Step[] = [
      { at: 1000, do: "answer", party: "to" },
      {
        at: 2000,
        do: "transfer",
        transfer: {
          kind: "warm",
          by: "to",
          destinations: [{ to: COLLEAGUE, outcome: "answered", afterMs: 15_000 }],
          screeningPrompt: null,
          summary: null,
          fallback: null,
        },
      },
    ];
    play(conversation("c", START, steps));
    const id = String(session()?.id);
    clock = START + 3000;
    await call("POST", `/sessions/${id}/redirect`, { body: { destination: "+12025550199" } });
    clock = START + 30_000;
    expect(session()).toMatchObject({ callState: "Connected", answeredByName: "+12025550199" });
  });

  test("a recording that was asked for is a file when the call ends, whoever ends it", async () => {
    const script = play(conversation("c", START, TALK), 10_000);
    const id = String(session()?.id);
    expect((await call("POST", `/sessions/${id}/record`)).status).toBe(204);
    expect(itemsOf(await call("GET", `/files?sessionId=${id}`))).toHaveLength(0);
    server.apply(script, { at: 60_000, do: "end", reason: "caller-hung-up" }, START + 60_000);
    expect(itemsOf(await call("GET", `/files?sessionId=${id}`))).toMatchObject([{ type: "CallRecording" }]);
  });

  test("a rejected call is missed", async () => {
    play(conversation("c", START, TALK), 3000);
    const id = String(session()?.id);
    expect(await call("POST", `/sessions/${id}/reject`)).toMatchObject({ status: 204, text: "" });
    expect(session()).toMatchObject({ ended: true, wasMissed: true, outcome: "Rejected" });
    expect((await call("POST", `/sessions/${id}/reject`)).status).toBe(400);
  });

  test("a call becomes a conference once, by request or by its first member", async () => {
    const id = await live();
    expect((await call("POST", `/sessions/${id}/conference`)).status).toBe(204);
    const conferenceSid = session()?.conferenceSid;
    expect(conferenceSid).toMatch(/^CF[0-9a-f]{32}$/);
    const body = { destination: "+12025550190" };
    const added = await call("POST", `/sessions/${id}/conference/members`, { body });
    expect(added.json).toMatchObject({ conferenceSid, log: [] });
  });

  test("routes whose members are not public are not there", async () => {
    const id = await live();
    expect((await call("POST", `/sessions/${id}/log`, { body: {} })).status).toBe(404);
    expect((await call("PATCH", `/sessions/${id}/conference/members/CA1`, { body: {} })).status).toBe(404);
  });

  test("signing out works by the verb as well", async () => {
    const body = { userName: GATEWAY_LOGIN.userName, password: GATEWAY_LOGIN.password };
    const login = await call("POST", "/auth/credentials", { login: null, body });
    const cookies = login.headers.getSetCookie().map((one) => one.split(";")[0]);
    const headers = { cookie: cookies.join("; ") };
    expect((await call("GET", "/auth", { login: null, headers })).json).toMatchObject({
      userName: GATEWAY_LOGIN.userName,
    });
    expect((await call("DELETE", "/auth", { login: null, headers })).status).toBe(200);
    expect((await call("GET", "/auth", { login: null, headers })).status).toBe(401);
    expect((await call("GET", "/sessions", { login: null, headers })).status).toBe(401);
  });

  test("a verb that a route does not know is 405, a route nobody knows 404", async () => {
    expect((await call("PUT", "/sessions")).status).toBe(405);
    expect((await call("GET", "/sessionz")).status).toBe(404);
    expect((await call("GET", "/json/reply/DeleteSessions")).status).toBe(405);
    expect((await call("DELETE", "/api/ListSessions")).status).toBe(405);
  });
});

describe("faults of the serializer", () => {
  test("unknown enums reach both formats", async () => {
    play(conversation("c", START, TALK));
    server.setFaults({ unknownEnums: true });
    expect(itemsOf(await call("GET", "/sessions"))[0]).toMatchObject({
      callState: "Teleporting",
      channel: "Hologram",
    });
    expect((await call("GET", "/sessions.xml")).text).toContain(":CallState>Teleporting<");
  });

  test("wrong types reach both formats inside a good envelope", async () => {
    play(conversation("c", START, TALK));
    server.setFaults({ malformed: "wrong-types" });
    const reply = await call("GET", "/sessions");
    expect(reply).toMatchObject({ status: 200, json: { totalCount: 1 } });
    expect(itemsOf(reply)[0]).toMatchObject({ ended: "perhaps", members: 2 });
    expect((await call("GET", "/sessions.xml")).text).toContain(":Ended>perhaps<");
  });
});
