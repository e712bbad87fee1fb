/** What becomes of deliveries after they are acknowledged: order, tries, what is set aside, who takes what. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ProviderUnavailableError } from "../../src/errors/index.js";
import { createIngest } from "../../src/ingest/create-ingest.js";
import type { ProviderConnection, WebhookDelivery, WebhookNews } from "../../src/providers/provider.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Store } from "../../src/store/store.js";
import type { ConnectionDirectory } from "../../src/sync/connection-directory.js";
import { createInbox, type Inbox } from "../../src/sync/inbox.js";
import type { RefreshOutcome, RefreshRequest } from "../../src/sync/refresh.js";
import { createCaptureLogger } from "../support/capture-logger.js";
import { DATABASES } from "../support/databases.js";
import { snapshot } from "../support/snapshots.js";

/** Quick enough for a test to see the end of it. */
const PATIENCE = { tries: 3, setAsideMs: 3_600_000, firstPauseMs: 5, maxPauseMs: 20, laterPausesMs: [5, 5] };
const READ: RefreshOutcome = { kind: "read", failedSections: new Map() };

/** What a delivery's body says here. */
interface Told {
  session: string | null;
  title?: string;
  ended?: true;
}

/** A gateway's inbox, with a provider that answers as the test says. */
interface Process {
  inbox: Inbox;
  store: Store;
  /** Sessions that were read again, in order. */
  reads: string[];
  lists: number;
  answer: (request: RefreshRequest) => Promise<RefreshOutcome>;
  tell(told: Told | string, id?: string): Promise<string>;
  close(): Promise<void>;
}

describe.each(DATABASES)("on $name", (kind) => {
  let url: string;
  let drop: () => Promise<void>;
  const processes: Process[] = [];
  beforeEach(async () => {
    ({ url, drop } = await kind.create());
  });
  afterEach(async () => {
    for (const process of processes.splice(0)) await process.close();
    await drop();
  });

  let ids = 0;
  async function start(): Promise<Process> {
    const database = await openDatabase(url);
    const store = createStore(database);
    const ingest = createIngest(database, { now: Date.now });
    const read = (message: string): WebhookNews => {
      const { session, title, ended } = JSON.parse(message) as Told;
      if (session === null) return { about: null, snapshot: null };
      const facts = {
        ...snapshot(session).facts,
        title: title ?? null,
        ...(ended ? ({ phase: "ENDED", state: "COMPLETED" } as const) : {}),
      };
      return {
        about: { providerId: session, providerKey: session },
        snapshot:
          title === undefined
            ? null
            : { ...snapshot(session), facts, source: "PUSH", observedAt: Date.now() },
      };
    };
    const connection = {
      name: "one",
      webhooks: {
        verify: ({ url: id, body }: WebhookDelivery) => ({
          kind: "genuine",
          id,
          digest: String(body),
          message: String(body),
        }),
        read,
      },
    } as unknown as ProviderConnection;
    const state = { name: "one", connection };
    const directory = { all: [state], get: (name: string) => (name === "one" ? state : undefined) };
    const { log } = createCaptureLogger();
    const process: Process = {
      store,
      reads: [],
      lists: 0,
      answer: async ({ providerId }) => {
        await ingest.ingest("one", [snapshot(providerId)]);
        return READ;
      },
      inbox: createInbox({
        store,
        ingest,
        sync: {
          directory: directory as unknown as ConnectionDirectory,
          refresh: {
            revalidate: () => undefined,
            refresh: (requests) =>
              Promise.all(
                requests.map((request) => {
                  process.reads.push(request.providerId);
                  return process.answer(request);
                }),
              ),
          },
          look: () => {
            process.lists += 1;
            return Promise.resolve();
          },
        },
        log,
        now: Date.now,
        patience: PATIENCE,
      }),
      tell: (told, id = String((ids += 1))) => {
        const body = Buffer.from(typeof told === "string" ? told : JSON.stringify(told));
        return process.inbox.receive("one", { method: "POST", url: id, headers: {}, body });
      },
      close: async () => {
        await process.inbox.stop();
        await store.close();
      },
    };
    processes.push(process);
    return process;
  }

  const summaryOf = async ({ store }: Process) => (await store.inbox.summaries(["one"])).get("one");
  const untilDone = (process: Process) =>
    expect.poll(async () => (await summaryOf(process))?.waiting, { timeout: 30_000, interval: 20 }).toBe(0);

  it("a delivery is worked on as soon as it is taken, and only its name is kept", async () => {
    const process = await start();
    process.inbox.start();
    expect(await process.tell({ session: "a" }, "d1")).toBe("TAKEN");
    await untilDone(process);
    expect(process.reads).toEqual(["a"]);
    expect(await process.tell({ session: "a" }, "d1")).toBe("TAKEN");
    expect(await process.tell({ session: "b" }, "d1")).toBe("REFUSED");
    expect(await process.tell({ session: null }, "d2")).toBe("TAKEN");
    await untilDone(process);
    expect(process.reads).toEqual(["a"]);
    expect((await summaryOf(process))?.setAsideCount).toBe(0);
  });

  it("deliveries of one session follow each other, those of others do not wait for them", async () => {
    const process = await start();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const direct = process.answer;
    process.answer = async (request) => {
      if (request.providerId === "slow") await gate;
      return direct(request);
    };
    process.inbox.start();
    await process.tell({ session: "slow", title: "first" });
    await expect.poll(() => process.reads).toEqual(["slow"]);
    for (const title of ["second", "third"]) await process.tell({ session: "slow", title });
    for (const session of ["b", "c", "d"]) await process.tell({ session });
    await expect.poll(() => process.reads.slice(1).sort()).toEqual(["b", "c", "d"]);
    await expect.poll(async () => (await summaryOf(process))?.waiting).toBe(3);
    open();
    await untilDone(process);
    // What came meanwhile is one read more.
    expect(process.reads.filter((session) => session === "slow")).toHaveLength(2);
    const [row] = await process.store.sessions.byRefs([{ connection: "one", providerKey: "slow" }], "all");
    expect(row?.title).toBe("third");
  });

  it("what fails is tried again until it works", async () => {
    const process = await start();
    const direct = process.answer;
    const failure = new ProviderUnavailableError("Nobody answers.", { provider: "SPEKO", connection: "one" });
    process.answer = (request) =>
      process.reads.length < 3 ? Promise.resolve({ kind: "failed", error: failure }) : direct(request);
    process.inbox.start();
    await process.tell({ session: "a" });
    await untilDone(process);
    expect(process.reads).toEqual(["a", "a", "a"]);
    expect((await summaryOf(process))?.setAside).toEqual([]);
  });

  it("what keeps failing is set aside with its reason, and does not stop what comes after it", async () => {
    const process = await start();
    const direct = process.answer;
    const failure = new ProviderUnavailableError("Nobody answers.", { provider: "SPEKO", connection: "one" });
    process.answer = (request) =>
      request.providerId === "bad" ? Promise.resolve({ kind: "failed", error: failure }) : direct(request);
    process.inbox.start();
    await process.tell({ session: "bad" }, "poison");
    await process.tell({ session: "good" });
    await process.tell("{", "unreadable");
    await untilDone(process);
    expect(process.reads.filter((session) => session === "bad")).toHaveLength(PATIENCE.tries);
    const summary = await summaryOf(process);
    expect(summary).toMatchObject({ setAsideCount: 2, waiting: 0 });
    expect(
      summary?.setAside.map(({ deliveryId, attempts, error }) => [deliveryId, attempts, error.code]),
    ).toEqual([
      // Nobody is asked for it, so that trying again would change nothing.
      ["unreadable", 1, "PROVIDER_BAD_RESPONSE"],
      ["poison", PATIENCE.tries, "PROVIDER_UNAVAILABLE"],
    ]);
    // Its provider may send it again.
    process.answer = direct;
    expect(await process.tell({ session: "bad" }, "poison")).toBe("TAKEN");
    await untilDone(process);
    expect((await summaryOf(process))?.setAside.map(({ deliveryId }) => deliveryId)).toEqual(["unreadable"]);
    expect(
      (await process.store.sessions.byRefs([{ connection: "one", providerKey: "bad" }], "all"))[0],
    ).not.toBeNull();
  });

  it("what was set aside is tried once more after a while, and by whoever starts next", async () => {
    const process = await start();
    const direct = process.answer;
    const failure = new ProviderUnavailableError("Nobody answers.", { provider: "SPEKO", connection: "one" });
    process.answer = () => Promise.resolve({ kind: "failed", error: failure });
    process.inbox.start();
    await process.tell({ session: "bad" }, "poison");
    await process.tell("{", "unreadable");
    await expect.poll(async () => (await summaryOf(process))?.setAsideCount, { timeout: 30_000 }).toBe(2);
    await process.inbox.stop();
    // Not before its time.
    expect(await process.store.inbox.takeUp(["one"], Date.now(), 10)).toBe(0);
    expect(await process.store.inbox.takeUp(["one"], Date.now() + PATIENCE.setAsideMs, 10)).toBe(1);
    const next = await start();
    next.answer = () => Promise.resolve({ kind: "failed", error: failure });
    next.inbox.start();
    await expect.poll(() => next.reads, { timeout: 30_000 }).toEqual(["bad"]);
    await untilDone(next);
    expect(
      (await summaryOf(next))?.setAside.map(({ deliveryId, attempts }) => [deliveryId, attempts]),
    ).toEqual([
      ["unreadable", 2],
      ["poison", PATIENCE.tries + 1],
    ]);
    await next.inbox.stop();
    const last = await start();
    last.answer = direct;
    last.inbox.start();
    await expect
      .poll(async () => (await summaryOf(last))?.setAside.map(({ deliveryId }) => deliveryId), {
        timeout: 30_000,
      })
      .toEqual(["unreadable"]);
  });

  it("a session that the provider does not know yet is looked for a few times, in the live list too", async () => {
    const process = await start();
    const direct = process.answer;
    process.answer = (request) =>
      request.providerId === "late" && process.reads.length === 2
        ? direct(request)
        : Promise.resolve({ kind: "absent" });
    process.inbox.start();
    await process.tell({ session: "late", title: "told" });
    await untilDone(process);
    expect(process).toMatchObject({ reads: ["late", "late"], lists: 1 });
    const [row] = await process.store.sessions.byRefs([{ connection: "one", providerKey: "late" }], "all");
    expect(row?.title).toBe("told");
    await process.tell({ session: "never", title: "told" });
    await untilDone(process);
    expect(process.reads.slice(2)).toEqual(["never", "never", "never"]);
    expect((await summaryOf(process))?.setAsideCount).toBe(0);
    expect(await process.store.sessions.byRefs([{ connection: "one", providerKey: "never" }], "all")).toEqual(
      [null],
    );
  });

  it("an end that the provider denies is asked about again, one that it cannot deny is believed", async () => {
    const process = await start();
    const phase = async () =>
      (await process.store.sessions.byRefs([{ connection: "one", providerKey: "a" }], "all"))[0]?.phase;
    process.inbox.start();
    await process.tell({ session: "a", title: "told", ended: true });
    await untilDone(process);
    expect(process.reads).toEqual(["a", "a", "a"]);
    expect(await phase()).toBe("LIVE");
    process.answer = () => Promise.resolve({ kind: "absent" });
    await process.tell({ session: "a", title: "told again", ended: true });
    await untilDone(process);
    expect(process.reads).toHaveLength(4);
    expect(await phase()).toBe("ENDED");
  });

  it("what a process leaves behind is worked on by the next one, once", async () => {
    const dying = await start();
    dying.answer = () => new Promise(() => undefined);
    dying.inbox.start();
    for (const session of ["a", "b"]) await dying.tell({ session });
    await expect.poll(() => dying.reads.toSorted()).toEqual(["a", "b"]);
    // Taken and not even begun.
    await dying.tell({ session: "a" });
    processes.splice(0);
    await dying.store.close();
    const next = await start();
    next.inbox.start();
    await untilDone(next);
    expect(next.reads.toSorted()).toEqual(["a", "b"]);
  });

  it.runIf(kind.name === "postgres")(
    "of several processes one takes each, in order per session",
    async () => {
      const all = await Promise.all([start(), start(), start()]);
      const inHand = new Set<string>();
      for (const process of all) {
        const direct = process.answer;
        process.answer = async (request) => {
          expect(inHand).not.toContain(request.providerId);
          inHand.add(request.providerId);
          const outcome = await direct(request);
          inHand.delete(request.providerId);
          return outcome;
        };
        process.inbox.start();
      }
      const sessions = Array.from({ length: 20 }, (_, index) => `s${index}`);
      await Promise.all(
        sessions.flatMap((session) =>
          all.map(async (process, index) => {
            for (const step of [1, 2]) await process.tell({ session }, `${session}/${index}/${step}`);
          }),
        ),
      );
      await untilDone(all[0]);
      const reads = all.flatMap((process) => process.reads);
      expect(new Set(reads)).toEqual(new Set(sessions));
      expect(reads.length).toBeLessThanOrEqual(20 * 6);
      expect((await summaryOf(all[0]))?.setAsideCount).toBe(0);
    },
    60_000,
  );
});
