import { afterEach, beforeEach, expect, test } from "vitest";
import type { Conversation, Step, Traits } from "../../src/sandbox/conversation.js";
import { startPortsipServer, type PortsipSandboxServer } from "../../src/sandbox/portsip/portsip-server.js";

const START = Date.parse("2026-03-01T10:00:00Z");

let server: PortsipSandboxServer;
let token = "";

beforeEach(async () => {
  const now = () => START + 3_600_000;
  server = await startPortsipServer({ port: 0, host: "127.0.0.1", seed: 7, now });
  const { PORTSIP_USERNAME, PORTSIP_PASSWORD, PORTSIP_DOMAIN } = server.environment;
  const response = await fetch(`${server.baseUrl}/auth/sign_in`, {
    method: "POST",
    body: JSON.stringify({
      username: PORTSIP_USERNAME,
      password: PORTSIP_PASSWORD,
      domain: PORTSIP_DOMAIN,
    }),
  });
  token = String(((await response.json()) as Row).access_token);
});
afterEach(() => server.close());

type Row = Record<string, unknown>;
interface Page {
  count: number;
  items: Row[];
}

function open(path: string): Promise<Response> {
  return fetch(`${server.baseUrl}${path}`, { headers: { authorization: `Bearer ${token}` } });
}

async function list(resource: string, options: Record<string, string> = {}): Promise<Page> {
  return (await (await open(`/${resource}?${new URLSearchParams(options)}`)).json()) as Page;
}

const TALK: Step[] = [
  { at: 1_000, do: "ring", party: "to" },
  { at: 4_000, do: "answer", party: "to" },
  { at: 30_000, do: "end", reason: "caller-hung-up" },
];

/** A call from outside to extension 1001 that is over. */
function write(
  id: string,
  startedAt: number,
  steps: Step[] = TALK,
  traits: Traits = {},
  links: Conversation["links"] = [],
): void {
  const conversation: Conversation = {
    id,
    provider: "portsip",
    channel: "voice",
    direction: "inbound",
    from: { name: "Ada", number: "+12025550150", extension: null, email: null },
    to: { name: "Elena", number: "+13125550101", extension: "1001", email: null },
    startedAt,
    steps,
    traits: { trunk: "AtlanticVoice", ...traits },
    links,
  };
  server.begin(conversation);
  for (const step of steps) server.apply(conversation, step, startedAt + step.at);
}

test("a call log names its session in decimal, and a call record does not name it", async () => {
  write("one", START);
  const [log] = (await list("calllogs")).items;
  const [record] = (await list("cdrs")).items;
  expect(log?.session_id).toMatch(/^\d{18,20}$/);
  expect(record).not.toHaveProperty("session_id");
});

test("what did not happen is an empty string, and times have six digits", async () => {
  write("missed", START, [
    { at: 1_000, do: "ring", party: "to" },
    { at: 9_000, do: "end", reason: "busy" },
  ]);
  expect((await list("calllogs")).items[0]).toMatchObject({
    rang_at: "2026-03-01T10:00:01.000000Z",
    answered_at: "",
    end_reason: "",
    status_code: 486,
    duration: 0,
  });
});

test("the call id is the one that another provider saw", async () => {
  const value = "CA00112233445566778899aabbccddeeff";
  write("linked", START, TALK, {}, [{ conversationId: "elsewhere", by: "call-id", value }]);
  expect((await list("calllogs")).items[0]?.call_id).toBe(value);
});

test("user data of a queue call is wrapped together with the queue", async () => {
  write("queued", START, TALK, { serviceNumber: "8000", userData: "crm-4711" });
  expect((await list("calllogs")).items[0]).toMatchObject({
    service_number: "8000",
    user_data: "user-data=crm-4711;service-number=8000",
  });
});

test("a transferred call has a row for each leg, of which the second says why", async () => {
  const to = { name: "Samuel", number: null, extension: "1002", email: null };
  const destinations = [{ to, outcome: "answered" as const, afterMs: 2_000 }];
  const transfer = {
    kind: "blind" as const,
    by: "to" as const,
    destinations,
    screeningPrompt: null,
    summary: null,
    fallback: null,
  };
  write("transferred", START, [...TALK.slice(0, 2), { at: 10_000, do: "transfer", transfer }, TALK[2]!]);
  const { items } = await list("calllogs", { orderby: "started_at" });
  expect(items.map(({ callee, end_reason, reroute_reason }) => [callee, end_reason, reroute_reason])).toEqual(
    [
      ["1001", "BLIND_TRANSFER_COMPLETED", ""],
      ["1002", "CALLER_DISCONNECTED", "TRANSFER"],
    ],
  );
  const detail = (await (await open(`/cdrs/${items[0]?.id}`)).json()) as Page;
  expect(detail.items).toHaveLength(2);
  expect(detail.items.every((item) => !("id" in item) && "cost" in item)).toBe(true);
});

test("lists skip, sort and filter, with times in quotes", async () => {
  for (let index = 0; index < 5; index += 1) write(`c${index}`, START + index * 60_000);
  const newest = await list("calllogs", { orderby: "started_at desc", top: "2", skip: "1" });
  expect(newest.count).toBe(5);
  expect(newest.items.map(({ started_at }) => started_at)).toEqual([
    "2026-03-01T10:03:00.000000Z",
    "2026-03-01T10:02:00.000000Z",
  ]);
  const filter =
    "started_at ge '2026-03-01T10:03:00Z' and (startswith(caller,'+1202') or trunk eq 'ThamesLink SIP')";
  expect((await list("calllogs", { filter })).count).toBe(2);
  expect((await list("calllogs", { search: "nobody" })).count).toBe(0);
});

test.each(["top=101", "top=0", "skip=-1", "filter=caller like 'x'", "filter=caller eq"])(
  "a list refuses %s",
  async (options) => {
    expect((await open(`/calllogs?${new URLSearchParams(options)}`)).status).toBe(400);
  },
);

test("a recording is found by its file name, and its file needs no token", async () => {
  write("recorded", START, [...TALK, { at: 33_000, do: "recording", outcome: "ready" }]);
  const [row] = (await list("recordings")).items;
  const { items } = (await (await open(`/recordings/${row?.id}`)).json()) as Page;
  expect(items[0]).toMatchObject({ caller: "+12025550150", callee: "1001", duration: 26 });
  expect(items[0]?.file_name).toMatch(/\.wav$/);
  const file = await fetch(new URL(String(items[0]?.file_url), server.baseUrl));
  expect([file.status, file.headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
});

test("a recording that was destroyed is gone, and cannot be destroyed again", async () => {
  write("recorded", START, [...TALK, { at: 33_000, do: "recording", outcome: "ready" }]);
  const [row] = (await list("recordings")).items;
  const destroy = () =>
    fetch(`${server.baseUrl}/recordings/${row?.id}/destroy`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
  expect((await destroy()).status).toBe(204);
  expect(await list("recordings")).toEqual({ count: 0, items: [] });
  expect((await open(`/recordings/${row?.id}`)).status).toBe(404);
  expect((await destroy()).status).toBe(404);
});

test("trunks are listed by the name that calls carry", async () => {
  expect((await list("providers")).items.map(({ name }) => name)).toContain("AtlanticVoice");
});
