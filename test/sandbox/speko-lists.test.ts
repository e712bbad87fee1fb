import { afterEach, beforeEach, expect, test } from "vitest";
import type { Conversation, SandboxServer, Step } from "../../src/sandbox/conversation.js";
import { startSpekoServer } from "../../src/sandbox/speko/speko-server.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const HOUR = 3_600_000;

let server: SandboxServer;

beforeEach(async () => {
  server = await startSpekoServer({ port: 0, host: "127.0.0.1", seed: 7, now: () => START + HOUR });
});
afterEach(() => server.close());

const STEPS: Step[] = [
  { at: 1_000, do: "answer", party: "to" },
  { at: 2_000, do: "say", who: "agent", text: "Good morning.", lastsMs: 1_000 },
  { at: 30_000, do: "end", reason: "callee-hung-up" },
];

function write(id: string, startedAt: number, agentIndex: number | null = 0): void {
  const person = { name: "Ada", number: "+12025550150", extension: null, email: null };
  const conversation: Conversation = {
    id,
    provider: "speko",
    channel: "voice",
    direction: "inbound",
    from: person,
    to: { ...person, number: "+14155550100" },
    startedAt,
    steps: STEPS,
    traits: { agentIndex },
    links: [],
  };
  server.begin(conversation);
  for (const step of STEPS) server.apply(conversation, step, startedAt + step.at);
}

function open(path: string): Promise<Response> {
  const authorization = `Bearer ${server.environment.SPEKO_API_KEY}`;
  return fetch(`${server.baseUrl}${path}`, { headers: { authorization } });
}

async function read<T>(path: string): Promise<T> {
  return (await (await open(path)).json()) as T;
}

type Row = Record<string, string>;

async function agentPath(): Promise<string> {
  const [agent] = await read<Row[]>("/v1/agents");
  return `/v1/agents/${agent?.id}/calls`;
}

test("an agent's calls come newest first, and twice in one page", async () => {
  write("old", START);
  write("new", START + 60_000);
  const page = await read<{ calls: Row[]; entries: Row[]; next_cursor: null }>(await agentPath());
  expect(page.calls.map(({ created_at }) => created_at)).toEqual([
    "2026-03-01T10:01:00.000Z",
    "2026-03-01T10:00:00.000Z",
  ]);
  expect(page.entries).toEqual(page.calls);
  expect(page.next_cursor).toBeNull();
});

test("an agent's calls page by a time, and rows of one millisecond come again rather than get lost", async () => {
  write("a", START);
  write("b", START + 60_000);
  write("c", START + 60_000);
  const path = await agentPath();
  const first = await read<{ calls: Row[]; next_cursor: string }>(`${path}?limit=1`);
  expect(first.next_cursor).toBe("2026-03-01T10:01:00.000Z");
  const second = await read<{ calls: Row[] }>(`${path}?cursor=${encodeURIComponent(first.next_cursor)}`);
  expect(second.calls.map(({ id }) => id)).toContain(first.calls[0]?.id);
  expect(second.calls).toHaveLength(3);
});

test("since leaves out what is older", async () => {
  write("old", START);
  write("new", START + 60_000);
  const { calls } = await read<{ calls: Row[] }>(`${await agentPath()}?since=2026-03-01T10:00:30Z`);
  expect(calls).toHaveLength(1);
});

test("a page of more than a hundred is refused", async () => {
  expect((await open("/v1/sessions?limit=101")).status).toBe(400);
  expect((await open(`${await agentPath()}?limit=101`)).status).toBe(400);
});

test("an unknown agent is not found", async () => {
  const response = await open("/v1/agents/agent_nobody/calls");
  expect([response.status, await response.json()]).toEqual([
    404,
    expect.objectContaining({ code: "AGENT_NOT_FOUND" }),
  ]);
});

test("sessions come in camel case, twenty at a time, ad-hoc calls among them", async () => {
  for (let index = 0; index < 21; index += 1) write(`s${index}`, START + index * 1_000, null);
  const page = await read<{ entries: Record<string, unknown>[]; nextCursor: string | null }>("/v1/sessions");
  expect(page.entries).toHaveLength(20);
  expect(page.entries[0]).toMatchObject({ createdAt: "2026-03-01T10:00:20.000Z", status: "ended" });
  expect(page.nextCursor).not.toBeNull();
});

test("sessions can be narrowed by status and time", async () => {
  write("old", START);
  write("new", START + 60_000);
  const found = await read<{ entries: Row[] }>("/v1/sessions?status=ended&from=2026-03-01T10:00:30Z");
  expect(found.entries).toHaveLength(1);
  expect((await read<{ entries: Row[] }>("/v1/sessions?status=active")).entries).toEqual([]);
});

test("agents and phone numbers are bare arrays", async () => {
  expect(await read<unknown>("/v1/agents")).toBeInstanceOf(Array);
  expect(await read<unknown>("/v1/phone-numbers")).toBeInstanceOf(Array);
});

test("the stream of an ended call tells everything and says that it is over", async () => {
  write("streamed", START);
  const { entries } = await read<{ entries: Row[] }>("/v1/sessions");
  const response = await open(`/v1/sessions/${entries[0]?.sessionId}/stream?cursor=-1:0`);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const text = await response.text();
  expect(text.match(/^event: \w+/gm)).toEqual(
    expect.arrayContaining(["event: status", "event: transcript", "event: event", "event: end"]),
  );
  expect(text).toContain('"startedAt"');
  expect(text).toContain('"event_type":"room_finished"');
  expect(text.trimEnd().endsWith('data: {"reason":"session_ended"}')).toBe(true);
});
