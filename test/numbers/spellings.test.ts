/** `phoneNumber` and `filter.address` over HTTP: spellings, regions, what is found under a number, and what is refused. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import type { InteractionRecord } from "../../src/model/index.js";
import { createDatabaseGateway, type DatabaseGateway } from "../related/database-gateway.js";
import { DATABASES } from "../support/databases.js";
import { facts, member, party, snapshot } from "../support/snapshots.js";

const NUMBER = "+442079460123";

/** A second account at Plivo, in Britain; everything else is in the default region, the United States. */
const CONFIG = `connections:
  - name: plivo-uk
    provider: plivo
    defaultRegion: GB
    authId: MAXXXXXXXXXXXXXXXXXX
    authToken: $PLIVO_AUTH_TOKEN
    baseUrl: http://127.0.0.1:9
`;

describe.each(DATABASES)("numbers, on $name", (kind) => {
  let world: DatabaseGateway;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "switchboard-config-"));
    await writeFile(join(folder, "config.yaml"), CONFIG);
    world = await createDatabaseGateway(
      kind,
      { SWITCHBOARD_CONFIG: join(folder, "config.yaml") },
      { "k-uk": ["plivo-uk"], "k-us": ["evo"], "k-all": ["*"] },
    );
    const ingest = createIngest(world.database, { now: () => 1 });
    const leg = {
      role: "CALLEE",
      status: null,
      trunk: null,
      resourceUrl: null,
      startedAt: null,
      answeredAt: null,
    } as const;
    const interaction: InteractionRecord = {
      ...{
        key: "1",
        index: 0,
        type: null,
        startedAt: null,
        endedAt: null,
        durationSeconds: null,
        billedSeconds: null,
      },
      ...{ cost: null, callCount: null, recordingKey: null, fields: {} },
      legs: [{ ...leg, party: party("0044", NUMBER), endedAt: null, talkSeconds: null }],
    };
    const at = (startedAt: number) => facts({ phase: "ENDED", state: "COMPLETED", startedAt });
    await ingest.ingest("evo", [
      snapshot("from", { provider: "EVO_VOICE", facts: { ...at(1_000), from: party(NUMBER, NUMBER) } }),
      snapshot("member", {
        provider: "EVO_VOICE",
        facts: at(2_000),
        members: [member("m", { party: party("tel:+44 20 7946 0123", NUMBER) })],
      }),
      snapshot("else", {
        provider: "EVO_VOICE",
        facts: { ...at(3_000), from: party("ada@example.com"), to: party("1001") },
      }),
    ]);
    await ingest.ingest("portsip", [
      snapshot("70055190977314801", { provider: "PORTSIP", facts: at(4_000), interactions: [interaction] }),
    ]);
    await ingest.ingest("plivo-uk", [
      snapshot("11111111-2222-3333-4444-555555555555", {
        provider: "PLIVO",
        facts: at(5_000),
        addresses: [NUMBER],
      }),
    ]);
  }, 60_000);
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (number: string, key: string, args = "") => {
    const { data, errors } = await world.gateway.query<{
      phoneNumber: { e164: string; country: string | null; sessions: { nodes: { providerId: string }[] } };
    }>(
      `query ($number: String!) { phoneNumber(number: $number) { e164 country sessions${args} { nodes { providerId } } } }`,
      { number },
      { authorization: `Bearer ${key}` },
    );
    return { found: data?.phoneNumber, code: errors[0]?.extensions["code"], message: errors[0]?.message };
  };

  it.each([
    ["+442079460123"],
    ["+44 20 7946 0123"],
    ["+44 (0)20 7946 0123"],
    ["0044 20 7946 0123"],
    ["011 44 20 7946 0123"],
    ["442079460123"],
    ["+44–20–7946–0123"],
    ["＋４４２０７９４６０１２３"],
    ["tel:+44-20-7946-0123;ext=5"],
    ["sip:+442079460123@pbx.example.test;user=phone"],
    ['"Ada" <sip:442079460123@pbx.example.test>'],
    ["user:+442079460123"],
    ["+44 20 7946 0123 ext. 12"],
  ])("%s means one number to everybody", async (spelling) => {
    for (const key of ["k-all", "k-uk", "k-us"])
      expect((await ask(spelling, key)).found).toMatchObject({ e164: NUMBER, country: "GB" });
  });

  it("everything it took part in, newest first, at every visible connection, page by page", async () => {
    const ids = async (key: string, args?: string) =>
      (await ask(NUMBER, key, args)).found?.sessions.nodes.map(({ providerId }) => providerId);
    expect(await ids("k-all")).toEqual([
      "11111111-2222-3333-4444-555555555555",
      "70055190977314801",
      "member",
      "from",
    ]);
    expect(await ids("k-us")).toEqual(["member", "from"]);
    expect(await ids("k-uk")).toEqual(["11111111-2222-3333-4444-555555555555"]);
    expect(await ids("k-all", "(first: 2)")).toEqual([
      "11111111-2222-3333-4444-555555555555",
      "70055190977314801",
    ]);
    expect(await ids("k-all", "(filter: { providers: [EVO_VOICE] })")).toEqual(["member", "from"]);
  });

  it("a national number is read in the regions of the connections that may be seen", async () => {
    expect((await ask("020 7946 0123", "k-uk")).found?.e164).toBe(NUMBER);
    expect((await ask("(202) 555-0134", "k-us")).found).toMatchObject({
      e164: "+12025550134",
      country: "US",
    });
    // British only: with the trunk prefix it is no American number.
    expect((await ask("020 7946 0123", "k-all")).found?.e164).toBe(NUMBER);
  });

  it("one that is a number in both is refused with what it may be, and only to those who see both", async () => {
    const { code, message } = await ask("2079460123", "k-all");
    expect(code).toBe("BAD_USER_INPUT");
    expect(message).toMatch(
      /without a country code this may be (\+12079460123 \(US\) or \+442079460123 \(GB\)|\+442079460123 \(GB\) or \+12079460123 \(US\))/,
    );
    expect((await ask("2079460123", "k-uk")).found?.e164).toBe(NUMBER);
    expect((await ask("2079460123", "k-us")).found?.e164).toBe("+12079460123");
    const { errors } = await world.gateway.query(
      '{ sessions(filter: { address: "2079460123" }) { nodes { id } } }',
      {},
      { authorization: "Bearer k-all" },
    );
    expect(errors.map(({ extensions }) => [extensions["code"], extensions["inputPath"]])).toEqual([
      ["BAD_USER_INPUT", ["filter", "address"]],
    ]);
  });

  it("a number nobody has called: the number, and no sessions", async () => {
    expect((await ask("+1 202 555 0199", "k-all")).found).toEqual({
      e164: "+12025550199",
      country: "US",
      sessions: { nodes: [] },
    });
    expect((await ask("+870 773 111 632", "k-all")).found).toMatchObject({ country: null });
  });

  it.each([
    ["call me"],
    [""],
    ["   "],
    ["1001"],
    ["ada@example.com"],
    ["+1 202"],
    ["+999 999 999 999"],
    ["user:12025550134"],
    ["1".repeat(400)],
    ["+".repeat(50)],
  ])("%j is refused as no number", async (text) => {
    const { found, code, message } = await ask(text, "k-all");
    expect(found ?? null).toBeNull();
    expect(code).toBe("BAD_USER_INPUT");
    expect(message).toMatch(/number: expected a telephone number/);
  });

  it.each([
    ["ada@example.com", ["else"]],
    ["ADA@example.com", ["else"]],
    ["1001", ["else"]],
    ["100", []],
    ["tel:+442079460123", ["11111111-2222-3333-4444-555555555555", "70055190977314801", "member", "from"]],
  ])("filter.address: %s is found exactly", async (address, expected) => {
    const { data, errors } = await world.gateway.query<{ sessions: { nodes: { providerId: string }[] } }>(
      "query ($address: String!) { sessions(filter: { address: $address }) { nodes { providerId } } }",
      { address },
      { authorization: "Bearer k-all" },
    );
    expect(errors).toEqual([]);
    expect(data?.sessions.nodes.map(({ providerId }) => providerId)).toEqual(expected);
  });
});
