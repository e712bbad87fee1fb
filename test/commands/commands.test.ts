/** The command log on every database: recorded before it is sent, sent once, in order, and never forgotten. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Commands, Wish } from "../../src/commands/commands.js";
import { createCommands } from "../../src/commands/create-commands.js";
import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
  type ProviderError,
} from "../../src/errors/index.js";
import { createIngest } from "../../src/ingest/create-ingest.js";
import { toGlobalId } from "../../src/model/index.js";
import {
  createCommands as createProviderCommands,
  type Command,
  type CommandAnswer,
} from "../../src/providers/commands.js";
import type { ProviderConnection } from "../../src/providers/provider.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Store } from "../../src/store/store.js";
import { createCaptureLogger } from "../support/capture-logger.js";
import { DATABASES } from "../support/databases.js";
import { snapshot } from "../support/snapshots.js";

const SOURCE = { provider: "SPEKO", connection: "speko" };

/** A provider whose answers the test gives, one by one, when it wants. */
class ManualProvider {
  readonly sent: { command: Command; answer(answer: CommandAnswer): void; fail(error: Error): void }[] = [];
  #waiting: (() => void)[] = [];

  readonly connection = {
    name: "speko",
    module: { provider: "SPEKO", isProviderId: () => true, toProviderKey: (id: string) => id },
    commands: createProviderCommands({
      END: {
        check: (command) => (command.input["reason"] === "bad" ? [{ path: ["reason"], message: "no" }] : []),
        send: (command) =>
          new Promise((answer, fail) => {
            this.sent.push({ command, answer, fail });
            for (const tell of this.#waiting.splice(0)) tell();
          }),
      },
    }),
  } as unknown as ProviderConnection;

  /** Resolves when so many commands have been sent. */
  async until(count: number): Promise<void> {
    while (this.sent.length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  at(index: number) {
    const found = this.sent[index];
    if (found === undefined) throw new Error(`no command ${index} was sent`);
    return found;
  }
}

interface Process {
  store: Store;
  commands: Commands;
  reread: string[];
  close(): Promise<void>;
}

describe.each(DATABASES)("commands on $name", (kind) => {
  let url: string;
  let drop: () => Promise<void>;
  let provider: ManualProvider;
  const open: Process[] = [];

  beforeEach(async () => {
    ({ url, drop } = await kind.create());
    provider = new ManualProvider();
  });
  afterEach(async () => {
    for (const process of open.splice(0)) await process.close();
    await drop();
  });

  /** One gateway process' worth of commands on the database. */
  async function start(): Promise<Process> {
    const database = await openDatabase(url);
    const store = createStore(database);
    const reread: string[] = [];
    const ingest = createIngest(database, { now: Date.now });
    await ingest.ingest("speko", [snapshot("call-1"), snapshot("call-2")]);
    const commands = createCommands({
      store,
      ingest,
      surroundings: {
        connection: (name) => (name === "speko" ? provider.connection : undefined),
        async reread(connection, { providerId }) {
          reread.push(providerId);
          if (providerId === "unseen") await ingest.ingest(connection, [snapshot(providerId)]);
          return providerId === "unreachable" ? new ProviderTimeoutError("No answer.", SOURCE) : null;
        },
        relist: () => Promise.resolve(),
        observe: () => undefined,
      },
      log: createCaptureLogger().log,
      now: Date.now,
      timeoutMs: 10_000,
    });
    const process = { store, commands, reread, close: () => store.close() };
    open.push(process);
    return process;
  }

  const wish = (input: object = {}, session = "call-1"): Wish => ({
    principal: { name: "ada", connections: ["speko"] },
    name: "endSession",
    kind: "END",
    input: { sessionId: toGlobalId("session", "speko", session), ...input },
  });
  const yes: CommandAnswer = { kind: "accepted" };

  it("is PENDING on the database before it is sent, and has its outcome after", async () => {
    const { commands, store, reread } = await start();
    const report = commands.run(wish({ idempotencyKey: "k" }));
    await provider.until(1);
    const pending = await store.commands.byKey("ada", "endSession", "k");
    expect(pending).toMatchObject({
      outcome: "PENDING",
      error: null,
      finishedAt: null,
      providerId: "call-1",
    });
    expect(reread).toEqual([]);
    provider.at(0).answer(yes);
    expect((await report).command).toMatchObject({ outcome: "SUCCEEDED", error: null });
    const stored = await store.commands.byId(pending?.id ?? "", ["speko"]);
    expect(stored).toMatchObject({ outcome: "SUCCEEDED" });
    expect(stored?.finishedAt).toBeGreaterThanOrEqual(stored?.createdAt ?? Infinity);
    expect(reread).toEqual(["call-1"]);
    expect(await store.commands.byId(pending?.id ?? "", ["evo"])).toBeNull();
  });

  it("keeps no input, only its fingerprint", async () => {
    const { commands, store } = await start();
    const run = commands.run(wish({ idempotencyKey: "k", reason: "+12025550134" }));
    await provider.until(1);
    provider.at(0).answer(yes);
    await run;
    expect(JSON.stringify(await store.commands.byKey("ada", "endSession", "k"))).not.toContain("2025550134");
  });

  it.each(["at once", "one after the other"])(
    "sends ten equal wishes with one key once (%s)",
    async (how) => {
      const { commands } = await start();
      const runs = Array.from({ length: 10 }, () => commands.run(wish({ idempotencyKey: "k" })));
      await provider.until(1);
      provider.at(0).answer({ ...yes, fallback: { action: "end_call" } });
      const reports = await Promise.all(runs);
      if (how !== "at once") reports.push(await commands.run(wish({ idempotencyKey: "k" })));
      expect(provider.sent).toHaveLength(1);
      expect(new Set(reports.map(({ command }) => command?.id)).size).toBe(1);
      for (const report of reports) {
        expect(report).toMatchObject({ fallback: { action: "end_call" }, command: { outcome: "SUCCEEDED" } });
      }
    },
  );

  it("answers a repeat after a restart from the record, whatever the order of its members", async () => {
    const first = await start();
    const run = first.commands.run(wish({ idempotencyKey: "k", summary: "s", reason: "r" }));
    await provider.until(1);
    provider.at(0).answer({
      kind: "refused",
      code: "CONFLICT",
      problems: [{ path: ["reason"], message: "The call is over." }],
    });
    const told = await run;
    await first.close();
    open.splice(0);
    const second = await start();
    const again = await second.commands.run(
      wish({ reason: "r", idempotencyKey: "k", summary: "s", other: null }),
    );
    expect(again).toEqual({ ...told, readFailure: null });
    expect(again.userErrors).toEqual([
      { code: "CONFLICT", path: ["input", "reason"], message: "The call is over.", capability: null },
    ]);
    expect(provider.sent).toHaveLength(1);
  });

  it("refuses the same key with another input, and keys are each principal's and mutation's own", async () => {
    const { commands } = await start();
    const first = commands.run(wish({ idempotencyKey: "k" }));
    await provider.until(1);
    provider.at(0).answer(yes);
    await first;
    expect(await commands.run(wish({ idempotencyKey: "k", reason: "other" }))).toMatchObject({
      command: null,
      userErrors: [{ code: "CONFLICT", path: ["input", "idempotencyKey"] }],
    });
    const grace = commands.run({
      ...wish({ idempotencyKey: "k" }),
      principal: { name: "grace", connections: ["speko"] },
    });
    const hold = commands.run({ ...wish({ idempotencyKey: "k" }), name: "anotherMutation" });
    await provider.until(2);
    provider.at(1).answer(yes);
    await provider.until(3);
    provider.at(2).answer(yes);
    expect((await grace).command).toMatchObject({ outcome: "SUCCEEDED" });
    expect((await hold).command).toMatchObject({ outcome: "SUCCEEDED" });
  });

  it("sends two commands on one session in order, and those on others side by side", async () => {
    const { commands } = await start();
    const first = commands.run(wish({ reason: "first" }));
    await provider.until(1);
    const second = commands.run(wish({ reason: "second" }));
    const other = commands.run(wish({ reason: "other" }, "call-2"));
    await provider.until(2);
    expect(provider.sent.map(({ command }) => command.input["reason"])).toEqual(["first", "other"]);
    provider.at(0).fail(new ProviderUnavailableError("down", SOURCE));
    await provider.until(3);
    expect(provider.at(2).command.input["reason"]).toBe("second");
    provider.at(1).answer(yes);
    provider.at(2).answer(yes);
    await Promise.all([first, second, other]);
  });

  it.each<[string, ProviderError, object]>([
    [
      "no answer in time",
      new ProviderTimeoutError("No answer.", SOURCE),
      { outcome: "UNKNOWN", error: { code: "OUTCOME_UNKNOWN" } },
    ],
    [
      "a reset",
      new ProviderUnavailableError("Reset.", SOURCE),
      { outcome: "UNKNOWN", error: { code: "OUTCOME_UNKNOWN" } },
    ],
    [
      "a 503",
      new ProviderUnavailableError("503", SOURCE, { status: 503 }),
      { outcome: "UNKNOWN", error: { code: "OUTCOME_UNKNOWN" } },
    ],
    [
      "an answer nobody can read",
      new ProviderBadResponseError("?", SOURCE),
      { outcome: "UNKNOWN", error: { code: "OUTCOME_UNKNOWN" } },
    ],
    [
      "never sent",
      new ProviderUnavailableError("Refused.", SOURCE, { sent: false }),
      { outcome: "FAILED", error: { code: "PROVIDER_UNAVAILABLE" } },
    ],
    [
      "no time left before it was sent",
      new ProviderTimeoutError("Late.", SOURCE, { sent: false }),
      { outcome: "FAILED", error: { code: "PROVIDER_TIMEOUT" } },
    ],
    [
      "credentials refused",
      new ProviderAuthFailedError("401", SOURCE, { status: 401 }),
      { outcome: "FAILED", error: { code: "PROVIDER_AUTH_FAILED" } },
    ],
    [
      "too many",
      new ProviderRateLimitedError("429", SOURCE, { status: 429, retryAfterSeconds: 7 }),
      { outcome: "FAILED", error: { code: "PROVIDER_RATE_LIMITED", retryAfterSeconds: 7 } },
    ],
    [
      "a redirect",
      new ProviderUnavailableError("302", SOURCE, { status: 302 }),
      { outcome: "FAILED", error: { code: "PROVIDER_UNAVAILABLE" } },
    ],
  ])("records %s for what it says", async (_, error, expected) => {
    const { commands, reread } = await start();
    const run = commands.run(wish());
    await provider.until(1);
    provider.at(0).fail(error);
    const report = await run;
    expect(report.command).toMatchObject(expected);
    // What failed says why to whoever asked; what is unknown is no error of theirs.
    const failed = report.command?.outcome === "FAILED";
    expect(report.userErrors.map(({ code }) => code)).toEqual(failed ? [report.command?.error?.code] : []);
    expect(reread).toEqual(["call-1"]);
    expect(provider.sent).toHaveLength(1);
  });

  it("records a mistake of our own as unknown, and does not throw it at the client", async () => {
    const { commands } = await start();
    const run = commands.run(wish());
    await provider.until(1);
    provider.at(0).fail(new TypeError("undefined is not a function"));
    expect((await run).command).toMatchObject({ outcome: "UNKNOWN", error: { code: "OUTCOME_UNKNOWN" } });
  });

  it.each([
    ["a blank key", { idempotencyKey: "  " }, ["input", "idempotencyKey"], "BAD_USER_INPUT"],
    ["an endless key", { idempotencyKey: "k".repeat(256) }, ["input", "idempotencyKey"], "BAD_USER_INPUT"],
    ["an id that is none", { sessionId: "call-1" }, ["input", "sessionId"], "BAD_USER_INPUT"],
    [
      "an id of another kind",
      { sessionId: toGlobalId("connection", "speko") },
      ["input", "sessionId"],
      "BAD_USER_INPUT",
    ],
    [
      "a connection it may not see",
      { sessionId: toGlobalId("session", "evo", "1") },
      ["input", "sessionId"],
      "BAD_USER_INPUT",
    ],
    ["what the provider's rules refuse", { reason: "bad" }, ["input", "reason"], "BAD_USER_INPUT"],
  ])("neither records nor sends %s", async (_, input, path, code) => {
    const { commands, store } = await start();
    const report = await commands.run(wish({ idempotencyKey: "k", ...input }));
    expect(report).toMatchObject({ command: null, userErrors: [{ path, code }] });
    expect(await store.commands.byKey("ada", "endSession", "k")).toBeNull();
    expect(provider.sent).toEqual([]);
  });

  it("neither records nor sends what the connection is not capable of, and names the capability", async () => {
    const { commands } = await start();
    const report = await commands.run({ ...wish(), name: "holdSession", kind: "HOLD" });
    expect(report).toMatchObject({
      command: null,
      userErrors: [{ code: "NOT_SUPPORTED", capability: "HOLD" }],
    });
  });

  it("has a session that the cache has never seen read before it acts on it", async () => {
    const { commands, reread } = await start();
    const run = commands.run(wish({}, "unseen"));
    await provider.until(1);
    expect(reread).toEqual(["unseen"]);
    expect(provider.at(0).command.session).toMatchObject({ providerId: "unseen", state: "IN_PROGRESS" });
    provider.at(0).answer(yes);
    expect((await run).command).toMatchObject({ outcome: "SUCCEEDED" });
    expect((await commands.run(wish({}, "nobody"))).userErrors).toMatchObject([
      { code: "NOT_FOUND", path: null },
    ]);
    expect((await commands.run(wish({}, "unreachable"))).command).toMatchObject({
      outcome: "FAILED",
      error: { code: "PROVIDER_TIMEOUT" },
    });
    expect(provider.sent).toHaveLength(1);
  });

  it("makes UNKNOWN of what a process left pending that has ended, has the session read again, and sends nothing", async () => {
    const dead = await start();
    void dead.commands.run(wish({ idempotencyKey: "k" })).catch(() => undefined);
    await provider.until(1);
    // Its connection to the database ends as it does when a process is killed: without a word.
    await dead.close();
    open.splice(0);
    const heir = await start();
    await heir.commands.recover();
    await heir.commands.idle();
    expect(await heir.store.commands.byKey("ada", "endSession", "k")).toMatchObject({
      outcome: "UNKNOWN",
      error: { code: "OUTCOME_UNKNOWN" },
    });
    expect(heir.reread).toEqual(["call-1"]);
    expect((await heir.commands.run(wish({ idempotencyKey: "k" }))).command).toMatchObject({
      outcome: "UNKNOWN",
    });
    expect(provider.sent).toHaveLength(1);
  });
});

describe.each(DATABASES.filter(({ name }) => name === "postgres"))("two gateways on one $name", (kind) => {
  it("leave each other's pending commands alone, wait for them, and keep the order of a session", async () => {
    const { url, drop } = await kind.create();
    const provider = new ManualProvider();
    const start = async () => {
      const database = await openDatabase(url);
      const store = createStore(database);
      const ingest = createIngest(database, { now: Date.now });
      await ingest.ingest("speko", [snapshot("call-1")]);
      const commands = createCommands({
        store,
        ingest,
        surroundings: {
          connection: () => provider.connection,
          reread: () => Promise.resolve(null),
          relist: () => Promise.resolve(),
          observe: () => undefined,
        },
        log: createCaptureLogger().log,
        now: Date.now,
        timeoutMs: 10_000,
      });
      return { store, commands };
    };
    const wish = (input: object): Wish => ({
      principal: { name: "ada", connections: ["speko"] },
      name: "endSession",
      kind: "END",
      input: { sessionId: toGlobalId("session", "speko", "call-1"), ...input },
    });
    const one = await start();
    const other = await start();
    try {
      const first = one.commands.run(wish({ idempotencyKey: "k" }));
      await provider.until(1);
      await other.commands.recover();
      expect(await other.store.commands.byKey("ada", "endSession", "k")).toMatchObject({
        outcome: "PENDING",
      });
      const repeat = other.commands.run(wish({ idempotencyKey: "k" }));
      const later = other.commands.run(wish({ reason: "later" }));
      provider.at(0).answer({ kind: "accepted" });
      await provider.until(2);
      expect((await first).command).toMatchObject({ outcome: "SUCCEEDED" });
      provider.at(1).answer({ kind: "accepted" });
      expect((await repeat).command?.id).toBe((await first).command?.id);
      expect((await later).command).toMatchObject({ outcome: "SUCCEEDED" });
      expect(provider.sent).toHaveLength(2);
    } finally {
      await one.store.close();
      await other.store.close();
      await drop();
    }
  });
});
