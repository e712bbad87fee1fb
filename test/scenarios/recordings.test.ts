/** `Recording.url`: asked of the provider when and only when it is selected, and kept nowhere. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parseGlobalId } from "../../src/model/ids.js";
import { SANDBOX_PROVIDERS, type SandboxProviderName } from "../../src/sandbox/conversation.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { createPushedClock } from "../support/ask.js";
import { untilSynchronised, type Answer } from "../support/gateway.js";
import { startLoggedGateway, type LoggedGateway } from "../support/logged-gateway.js";
import { createPool, forgetRequests } from "../support/mutation-cases.js";

const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");
const READS = ["sessions:read", "transcripts:read", "raw:read", "pii:read"];
const KEYS = [
  { name: "all", sha256: sha256("k-all"), scopes: [...READS, "recordings:read", "sessions:write"] },
  { name: "deaf", sha256: sha256("k-deaf"), scopes: READS },
].map((key) => ({ ...key, connections: ["*"] }));

/** The one request that gives a recording's address. */
const FETCH: Readonly<Record<SandboxProviderName, RegExp>> = {
  plivo: /^GET \/v1\/Account\/[^/]+\/Recording\/[^/]+\/$/,
  evo: /^GET \/files\/[^/]+$/,
  speko: /^GET \/v1\/calls\/[^/]+\/recording$/,
  portsip: /^GET \/api\/recordings\/[^/]+$/,
};
/** What only these requests have in their path. */
const FETCH_PATH: Readonly<Record<SandboxProviderName, string>> = {
  plivo: "/Recording/",
  evo: "/files/",
  speko: "/recording",
  portsip: "/api/recordings/",
};

interface Recorded {
  id: string;
  state: string;
  recordings: { id: string; status: string | null; url?: string | null }[];
}

const clock = createPushedClock();
const PIECES = { without: "id status", with: "id status url" };
let sandbox: Sandbox;
let gateway: LoggedGateway;
let folder: string;

const ask = (query: string, variables: object = {}, key = "k-all"): Promise<Answer<never>> =>
  gateway.query(query, variables, { authorization: `Bearer ${key}` });

/** Sessions as lists carry them: from the cache, and read from no provider but for what is selected. */
async function list(filter: object, selected: keyof typeof PIECES, key?: string) {
  const query = `query ($filter: SessionFilter) { sessions(first: 100, filter: $filter) { nodes { id state recordings { ${PIECES[selected]} } } } }`;
  const { data, errors } = await ask(query, { filter }, key);
  const { sessions } = data as unknown as { sessions: { nodes: Recorded[] } };
  return { nodes: sessions.nodes, errors };
}

const fetches = (name: SandboxProviderName) =>
  sandbox.servers[name].requests.filter(({ method, url }) =>
    FETCH[name].test(`${method} ${url.split("?")[0]}`),
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchboard-recordings-"));
  await writeFile(join(folder, "keys.json"), JSON.stringify(KEYS));
  sandbox = await startSandbox({ traffic: null, days: 5, now: clock.now });
  gateway = await startLoggedGateway(
    {
      ...sandbox.environment,
      DATABASE_URL: `sqlite:${join(folder, "test.db")}`,
      SWITCHBOARD_API_KEYS_FILE: join(folder, "keys.json"),
      LOG_LEVEL: "debug",
    },
    clock.now,
  );
  await untilSynchronised(gateway);
}, 60_000);
beforeEach(() => forgetRequests(sandbox));
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(SANDBOX_PROVIDERS)("at %s", (name) => {
  let session: Recorded;

  beforeAll(async () => {
    const { nodes } = await list({ connections: [name], phases: ["ENDED", "OPEN"] }, "without");
    const found = nodes.find(({ recordings }) =>
      recordings.some(({ status }) => name !== "speko" || status === "ready"),
    );
    if (found === undefined) throw new Error(`nothing was recorded at ${name}`);
    session = found;
  }, 30_000);

  const one = (selected: keyof typeof PIECES, key?: string) => list({ ids: [session.id] }, selected, key);

  it("is not fetched by who does not select it, and by who does each time anew, once for each recording", async () => {
    const plain = await one("without");
    expect(plain).toMatchObject({ errors: [], nodes: [{ id: session.id }] });
    expect(fetches(name)).toEqual([]);

    for (const times of [1, 2]) {
      const { nodes, errors } = await one("with");
      expect(errors).toEqual([]);
      const recordings = nodes[0]?.recordings ?? [];
      expect(recordings).toHaveLength(session.recordings.length);
      for (const { url } of recordings) expect(URL.parse(url ?? "")?.protocol).toBe("http:");
      expect(fetches(name)).toHaveLength(times * session.recordings.length);
    }
  });

  it("is the address of the recording itself, and it plays", async () => {
    const { nodes } = await one("with");
    const url = nodes[0]?.recordings[0]?.url ?? "";
    expect(url.startsWith(new URL(sandbox.servers[name].baseUrl).origin)).toBe(true);
    // Speko's sandbox has no media behind its addresses.
    if (name === "speko") return;
    const { status, headers } = await fetch(url);
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^(audio\/|application\/octet-stream)/);
  });

  it("is neither in the database nor in the log", async () => {
    const { nodes } = await one("with");
    const secrets = (nodes[0]?.recordings ?? []).map(({ url }) => new URL(url ?? ""));
    const files = (await readdir(folder)).filter((file) => file.startsWith("test.db"));
    const stored = Buffer.concat(await Promise.all(files.map((file) => readFile(join(folder, file)))));
    const log = JSON.stringify(gateway.lines);
    expect(gateway.lines.length).toBeGreaterThan(0);
    for (const recording of nodes[0]?.recordings ?? []) {
      // What is kept is how to ask again.
      expect(stored.includes(parseGlobalId(recording.id)?.parts[1] ?? "nothing")).toBe(true);
    }
    for (const { href, pathname, search } of secrets) {
      const parts = [href, pathname, search].filter((part) => part.length > 1);
      for (const part of parts) {
        expect({ part, isStored: stored.includes(part) }).toEqual({ part, isStored: false });
        expect({ part, isLogged: log.includes(part) }).toEqual({ part, isLogged: false });
      }
    }
  });

  it("is FORBIDDEN without recordings:read, without a request, and the rest of the answer stands", async () => {
    const { nodes, errors } = await one("with", "k-deaf");
    expect(nodes).toMatchObject([{ id: session.id, state: session.state }]);
    expect(nodes[0]?.recordings.map(({ id, url }) => [id, url])).toEqual(
      session.recordings.map(({ id }) => [id, null]),
    );
    expect(errors.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual(
      session.recordings.map((_, index) => ({
        path: ["sessions", "nodes", 0, "recordings", index, "url"],
        code: "FORBIDDEN",
        scope: "recordings:read",
      })),
    );
    expect(fetches(name)).toEqual([]);
  });

  it("is null with the provider's error, for this field only, while the provider cannot give it", async () => {
    sandbox.servers[name].setFaults({ always: { status: 500 }, path: FETCH_PATH[name] });
    const { nodes, errors } = await one("with");
    sandbox.servers[name].setFaults({});
    expect(nodes).toMatchObject([{ id: session.id, state: session.state }]);
    expect(nodes[0]?.recordings.map(({ url }) => url)).toEqual(session.recordings.map(() => null));
    expect(errors.map(({ path }) => path?.at(-1))).toEqual(session.recordings.map(() => "url"));
    for (const { extensions, message } of errors) {
      expect(extensions).toMatchObject({ code: "PROVIDER_UNAVAILABLE", connection: name });
      expect(message).not.toContain("http:");
    }
  }, 30_000);
});

it("a call of Speko's whose recording is still being made has no address, and nobody asks for one", async () => {
  const pool = createPool({
    ...gateway,
    query: (query, variables) => gateway.query(query, variables, { authorization: "Bearer k-all" }),
  });
  const { id } = await pool.take(
    "speko",
    ({ state, channel }) => state === "IN_PROGRESS" && channel === "VOICE",
  );
  await ask("mutation ($id: ID!) { endSession(input: { sessionId: $id }) { userErrors { code } } }", { id });
  const read = async () => {
    const { data, errors } = await ask(
      "query ($id: ID!) { session(id: $id, maxAge: 0) { phase recordings { status url } } }",
      { id },
    );
    expect(errors).toEqual([]);
    return (data as unknown as { session: { phase: string; recordings: unknown[] } }).session;
  };
  forgetRequests(sandbox);
  for (const status of ["pending", "uploading"]) {
    clock.push(1_000);
    expect(await read()).toEqual({ phase: "ENDED", recordings: [{ status, url: null }] });
  }
  expect(fetches("speko")).toEqual([]);
  clock.push(10_000);
  expect(await read()).toMatchObject({
    recordings: [{ status: "ready", url: expect.any(String) as string }],
  });
  expect(fetches("speko")).toHaveLength(1);
}, 30_000);
