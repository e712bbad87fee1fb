/** Every field of every provider object, nested ones too, is in the graph and equals what the provider sent. */
import { isObjectType, type GraphQLObjectType } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSchema } from "../../src/gateway/create-schema.js";
import { toGlobalId } from "../../src/model/index.js";
import { parsePlivoTime } from "../../src/providers/plivo/plivo.wire.js";
import { startTestWorld, type TestWorld } from "../support/gateway.js";

type Row = Record<string, unknown>;

const schema = createSchema();
let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld();
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Wire names whose fact the graph carries under another name (contract, "PROVIDER FIELDS"), or on purpose not at all. */
const ELSEWHERE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  PlivoSession: { sessionUuid: "providerId", interaction: "interactions" },
  EvoVoiceSession: { id: "providerId" },
  SpekoSession: { id: "providerId" },
  PortsipSession: { id: "providerId" },
  Report: { sessionId: "", transcript: "transcript" },
  Transfer: { id: "providerId", sessionId: "" },
  TranscriptEntry: { id: "providerId" },
  TimelineEvent: { id: "providerId", sessionId: "", provider: "source", eventType: "type", occurredAt: "at" },
  Recording: { fileUrl: "url" },
};
/** What the unified vocabulary says in its own words: compared in the tests of each provider. */
const UNIFIED = new Set([
  "channel",
  "direction",
  "role",
  "kind",
  "status",
  "source",
  "analysisStatus",
  "type",
  "url",
  "provider",
]);

function typeOf(name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new Error(`no type ${name}`);
  return type;
}

/** Every member of the rows, by its name in the graph; those without a field are the gaps. */
function gaps(typeName: string, rows: readonly Row[]): string[] {
  const fields = typeOf(typeName).getFields();
  const names = new Set(rows.flatMap((row) => Object.keys(row)).filter((name) => !name.startsWith("$")));
  return [...names].filter((name) => {
    const graphName = ELSEWHERE[typeName]?.[camel(name)] ?? camel(name);
    return graphName !== "" && fields[graphName] === undefined;
  });
}

/** Both sides in one spelling: unset is null, times are RFC 3339 UTC, money is a plain decimal. */
function normal(value: unknown): unknown {
  if (value === "" || value === undefined || value === null) return null;
  if (typeof value === "string") {
    const time =
      parsePlivoTime(value) ?? (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? Date.parse(value) : null);
    if (time !== null) return new Date(time).toISOString();
    return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  }
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [camel(name), normal(member)]));
  }
  return value;
}

/** A selection of the plain fields among these, two levels deep. */
function selection(typeName: string, names: readonly string[]): string {
  const fields = typeOf(typeName).getFields();
  return names
    .flatMap((name) => {
      const field = fields[name];
      if (field === undefined) return [];
      let type = field.type as { ofType?: unknown };
      while (type.ofType !== undefined) type = type.ofType as typeof type;
      if (!isObjectType(type)) return [name];
      const inner = Object.values(type.getFields()).filter(
        (one) => !/[A-Z]\w+Connection|Session!?$/.test(String(one.type)) && one.args.length === 0,
      );
      const leaves = inner.filter((one) => !isObjectType(unwrap(one.type))).map((one) => one.name);
      return [`${name} { ${leaves.join(" ")} }`];
    })
    .join(" ");
}

function unwrap(type: unknown): unknown {
  let inner = type as { ofType?: unknown };
  while (inner.ofType !== undefined) inner = inner.ofType as typeof inner;
  return inner;
}

async function compare(
  typeName: string,
  connection: string,
  row: Row,
  providerId: string,
): Promise<string[]> {
  const mapped = Object.entries(row)
    .map(([name, value]) => [ELSEWHERE[typeName]?.[camel(name)] ?? camel(name), value] as const)
    .filter(
      ([name]) =>
        name !== "" &&
        !UNIFIED.has(name) &&
        !["interactions", "report", "transfers", "transcript", "members", "calls", "log"].includes(name),
    );
  const query = `query ($id: ID!) { session(id: $id) { ... on ${typeName} { ${selection(
    typeName,
    mapped.map(([name]) => name),
  )} } } }`;
  const { data, errors } = await world.gateway.query<{ session: Row }>(query, {
    id: toGlobalId("session", connection, providerId),
  });
  expect(errors).toEqual([]);
  const answer = data?.session ?? {};
  return mapped
    .filter(
      ([name, value]) =>
        JSON.stringify(sorted(normal(answer[name]))) !== JSON.stringify(sorted(normal(value))),
    )
    .map(([name, value]) => `${name}: sent ${JSON.stringify(value)}, got ${JSON.stringify(answer[name])}`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}

describe("no field of a provider is missing", () => {
  const objects: [typeName: string, read: () => readonly Row[]][] = [
    ["PlivoSession", () => world.sandbox.servers.plivo.records()["session"] ?? []],
    ["Interaction", () => world.sandbox.servers.plivo.records()["interaction"] ?? []],
    ["EvoVoiceSession", () => world.sandbox.servers.evo.records()["session"] ?? []],
    ["EvoVoiceFile", () => world.sandbox.servers.evo.records()["file"] ?? []],
    [
      "Member",
      () =>
        (world.sandbox.servers.evo.records()["session"] ?? []).flatMap(
          (row) => (row["members"] ?? []) as Row[],
        ),
    ],
    [
      "EvoVoiceLogEntry",
      () =>
        (world.sandbox.servers.evo.records()["session"] ?? []).flatMap((row) => (row["log"] ?? []) as Row[]),
    ],
    ["SpekoSession", () => world.sandbox.servers.speko.records()["call"] ?? []],
    ["Report", () => spekoCalls().flatMap((row) => (row["report"] ? [row["report"] as Row] : []))],
    ["Transfer", () => spekoCalls().flatMap((row) => (row["transfers"] ?? []) as Row[])],
    [
      "TranscriptEntry",
      () => spekoCalls().flatMap((row) => (row["transcript"] as { entries: Row[] }).entries),
    ],
    [
      "CostLine",
      () =>
        spekoCalls().flatMap(
          (row) => ((row["report"] as Row | undefined)?.["cost_breakdown"] ?? []) as Row[],
        ),
    ],
    ["TimelineEvent", () => world.sandbox.servers.speko.records()["event"] ?? []],
    ["PortsipSession", () => world.sandbox.servers.portsip.records()["session"] ?? []],
    [
      "PortsipCall",
      () =>
        (world.sandbox.servers.portsip.records()["session"] ?? []).flatMap((row) => row["calls"] as Row[]),
    ],
    ["PortsipCallLog", () => world.sandbox.servers.portsip.records()["callLog"] ?? []],
    ["Recording", () => world.sandbox.servers.portsip.records()["recording"] ?? []],
  ];
  const spekoCalls = () => world.sandbox.servers.speko.records()["call"] ?? [];

  it.each(objects)("%s has every member that its provider sends", (typeName, read) => {
    const rows = read();
    expect(rows.length).toBeGreaterThan(0);
    expect(gaps(typeName, rows)).toEqual([]);
  });
});

describe("every value arrives as it was sent", () => {
  const sessions: [typeName: string, connection: string, rows: () => { row: Row; id: string }[]][] = [
    [
      "PlivoSession",
      "plivo",
      () =>
        (world.sandbox.servers.plivo.records()["session"] ?? [])
          .filter((row) => row["status"] === "expired")
          .map((row) => ({ row, id: String(row["session_uuid"]) })),
    ],
    [
      "EvoVoiceSession",
      "evo",
      () =>
        (world.sandbox.servers.evo.records()["session"] ?? [])
          .filter((row) => row["ended"] === true)
          .map((row) => ({ row, id: String(row["id"]) })),
    ],
    [
      "SpekoSession",
      "speko",
      () =>
        (world.sandbox.servers.speko.records()["call"] ?? [])
          .filter((row) => row["ended_at"])
          .map((row) => ({ row, id: String(row["id"]) })),
    ],
  ];

  it.each(sessions)(
    "%s, for every session in its history",
    async (typeName, connection, read) => {
      const wrong: string[] = [];
      const rows = read();
      expect(rows.length).toBeGreaterThan(50);
      for (const { row, id } of rows)
        wrong.push(...(await compare(typeName, connection, row, id)).map((line) => `${id} ${line}`));
      expect(wrong.slice(0, 10)).toEqual([]);
    },
    60_000,
  );

  it("PortsipCallLog, for every ended call", async () => {
    const rows = world.sandbox.servers.portsip.records()["callLog"] ?? [];
    const last = new Map(rows.map((row) => [String(row["session_id"]), row]));
    const names = Object.keys(typeOf("PortsipCallLog").getFields()).join(" ");
    const query = `query ($id: ID!) { session(id: $id) { ... on PortsipSession { callLog { ${names} } } } }`;
    for (const [sessionId, row] of last) {
      const { data } = await world.gateway.query<{ session: { callLog: Row } }>(query, {
        id: toGlobalId("session", "portsip", sessionId),
      });
      const wrong = Object.entries(row).filter(
        ([name, value]) =>
          JSON.stringify(normal(value)) !== JSON.stringify(normal(data?.session.callLog[camel(name)])),
      );
      expect(wrong).toEqual([]);
    }
  }, 60_000);
});
