/** Lists against history that the cache holds, does not hold yet, or cannot get: answers and requests counted. */
import { afterEach, beforeAll, afterAll, beforeEach, describe, expect, it } from "vitest";
import { SANDBOX_PROVIDERS, type SandboxProviderName } from "../../src/sandbox/conversation.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { startTestGateway, untilSynchronised, type TestGateway } from "../support/gateway.js";
import { idsByConnection, trueIds, truthOf } from "../support/truth.js";

const DAY_MS = 86_400_000;
const LIST = `query ($filter: SessionFilter, $first: Int, $after: String) {
  sessions(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes { id providerId startedAt connection { name } }
    pageInfo { hasNextPage endCursor }
    sources { ok stale error { code } connection { name } }
  }
}`;

interface List {
  sessions: {
    totalCount: number;
    nodes: { id: string; providerId: string; startedAt: string; connection: { name: string } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string };
    sources: { ok: boolean; stale: boolean; error: { code: string } | null; connection: { name: string } }[];
  };
}

let sandbox: Sandbox;
let gateway: TestGateway;
beforeAll(async () => {
  sandbox = await startSandbox({ traffic: null, days: 200 });
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  gateway = await startTestGateway({ environment: { ...sandbox.environment } });
});
afterEach(async () => {
  for (const name of SANDBOX_PROVIDERS) sandbox.servers[name].setFaults({});
  await gateway[Symbol.asyncDispose]();
});

const forget = () => Object.values(sandbox.servers).forEach((server) => server.forget());
const requests = (name: SandboxProviderName) =>
  sandbox.servers[name].requests
    .map(({ method, url }) => `${method} ${url}`)
    .filter((line) => !/\/auth\/|\/login/.test(line));
const all = () => SANDBOX_PROVIDERS.flatMap(requests);

async function list(variables: object): Promise<List["sessions"]> {
  const { data, errors } = await gateway.query<List>(LIST, variables);
  expect(errors).toEqual([]);
  return (data as List).sessions;
}

/** Every session of a filter, page by page. */
async function walk(filter: object): Promise<List["sessions"]["nodes"]> {
  const nodes: List["sessions"]["nodes"] = [];
  for (let after: string | null = null; ;) {
    const page = await list({ filter, first: 100, after });
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return nodes;
    after = page.pageInfo.endCursor;
  }
}

const ago = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

describe("a list", () => {
  it("asked of a cache that is still empty waits for its part of the history, and is whole", async () => {
    const { nodes, sources } = await list({ first: 100 });
    const newest = SANDBOX_PROVIDERS.flatMap((name) => truthOf(sandbox, name))
      .sort((a, b) => b.startedAt - a.startedAt)
      .slice(0, 100);
    expect(nodes.map(({ startedAt }) => Date.parse(startedAt))).toEqual(
      newest.map(({ startedAt }) => startedAt),
    );
    for (const source of sources) expect(source).toMatchObject({ ok: true, stale: false, error: null });
  });

  it("of what is held costs no request", async () => {
    await untilSynchronised(gateway);
    forget();
    await list({ first: 100 });
    await list({ first: 100, filter: { startedAfter: ago(80) } });
    await walk({ startedAfter: ago(80), startedBefore: ago(20) });
    expect(all()).toEqual([]);
  });

  it("with a lower bound in history that is not held fetches just that span, once", async () => {
    await untilSynchronised(gateway);
    forget();
    const [since, until] = [Date.now() - 150 * DAY_MS, Date.now() - 120 * DAY_MS];
    const filter = {
      startedAfter: new Date(since).toISOString(),
      startedBefore: new Date(until).toISOString(),
    };
    const nodes = await walk(filter);
    const truth = trueIds(sandbox, since, until);
    // Plivo keeps 90 days: before that it has nothing, and is not asked.
    expect(idsByConnection(nodes)).toEqual({ ...truth, plivo: [] });
    expect(requests("plivo")).toEqual([]);
    for (const name of ["evo", "speko", "portsip"] as const) {
      expect(truth[name]?.length).toBeGreaterThan(0);
      expect(requests(name).length).toBeGreaterThan(0);
    }
    const newer = requests("portsip").filter((line) =>
      [...line.matchAll(/20\d\d-\d\d-\d\d/g)].some(([date]) => Date.parse(date) > until + 2 * DAY_MS),
    );
    expect(newer).toEqual([]);
    const { totalCount, sources } = await list({ filter, first: 1 });
    expect(totalCount).toBe(nodes.length);
    for (const source of sources) expect(source).toMatchObject({ ok: true, stale: false });

    forget();
    await walk(filter);
    expect(all()).toEqual([]);
  });

  it("asked for by a hundred at once costs what it costs one", async () => {
    await untilSynchronised(gateway);
    const filter = { startedAfter: ago(150), startedBefore: ago(120) };
    forget();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => gateway.query<List>(LIST, { filter, first: 50 })),
    );
    const first = JSON.stringify(answers[0]?.data);
    expect(answers.filter(({ data }) => JSON.stringify(data) !== first)).toEqual([]);
    expect(answers[0]?.data?.sessions.nodes.length).toBeGreaterThan(0);
    for (const name of SANDBOX_PROVIDERS) {
      // The live list of PortSIP comes with each slice; everything else is asked for once.
      const once = requests(name).filter((line) => !/\/sessions(\?|$)/.test(line) || name !== "portsip");
      expect(new Set(once).size).toBe(once.length);
    }
  });

  it("walked past what is held goes on into older history, to the very end", async () => {
    await untilSynchronised(gateway);
    const nodes = await walk({});
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
    const held = trueIds(sandbox);
    const plivo = trueIds(sandbox, Date.now() - 90 * DAY_MS)["plivo"];
    const met = idsByConnection(nodes);
    // Which of Plivo's fell out of its 90 days while the test ran is nobody's business here.
    expect({ ...met, plivo: [] }).toEqual({ ...held, plivo: [] });
    expect(plivo?.filter((id) => !met["plivo"]?.includes(id))).toEqual([]);
  });

  it("answers all the same when a provider fails, and sources say what is missing", async () => {
    await untilSynchronised(gateway);
    sandbox.servers.evo.setFaults({ always: { status: 500 } });
    const filter = { startedAfter: ago(150), startedBefore: ago(120) };
    const { sources, nodes } = await list({ filter, first: 100 });
    const byName = new Map(sources.map((source) => [source.connection.name, source]));
    expect(byName.get("evo")).toMatchObject({
      ok: false,
      stale: true,
      error: { code: "PROVIDER_UNAVAILABLE" },
    });
    for (const name of ["plivo", "speko", "portsip"])
      expect(byName.get(name)).toMatchObject({ ok: true, stale: false, error: null });
    expect(nodes.some(({ connection }) => connection.name === "speko")).toBe(true);
  });

  it("does not wait for ever: it answers as stale, and what it asked for arrives in the background", async () => {
    await untilSynchronised(gateway);
    sandbox.servers.evo.setFaults({ latencyMs: 7_000, path: "sessions" });
    const filter = { connections: ["evo"], startedAfter: ago(150), startedBefore: ago(149) };
    const { sources } = await list({ filter, first: 100 });
    expect(sources).toMatchObject([{ ok: false, stale: true, error: null }]);
    sandbox.servers.evo.setFaults({});
    await expect
      .poll(async () => (await list({ filter, first: 1 })).sources[0], { timeout: 25_000 })
      .toMatchObject({ ok: true, stale: false });
  }, 40_000);
});
