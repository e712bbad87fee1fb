/** A store with its one door, and everything it keeps of a session. */
import { createIngest } from "../../../src/ingest/create-ingest.js";
import type { Ingest } from "../../../src/ingest/ingest.js";
import { createStore } from "../../../src/store/create-store.js";
import { openDatabase } from "../../../src/store/open-database.js";
import type { SessionRow, Store } from "../../../src/store/store.js";
import type { TestDatabase } from "../../support/databases.js";
import { NOW } from "./bench.js";

/** Before every turn of a conversation. */
const FIRST_INDEX = -(2 ** 31);

export interface OpenedStore extends AsyncDisposable {
  store: Store;
  ingest: Ingest;
}

/** Opens a new, empty store. */
export async function openStore(kind: TestDatabase): Promise<OpenedStore> {
  const { url, drop } =
    kind.name === "sqlite" ? { url: "sqlite::memory:", drop: () => undefined } : await kind.create();
  const database = await openDatabase(url);
  const store = createStore(database);
  return {
    store,
    ingest: createIngest(database, { now: () => NOW }),
    async [Symbol.asyncDispose]() {
      await store.close();
      await drop();
    },
  };
}

/** The session as it is stored, null when it is not. */
export async function storedSession(
  { store }: OpenedStore,
  connection: string,
  providerKey: string,
): Promise<SessionRow | null> {
  const [row] = await store.sessions.byRefs([{ connection, providerKey }], "all");
  return row ?? null;
}

/** Sessions with all that hangs off them, but for when they were last looked at. */
export async function storedWhole({ store }: OpenedStore, keys: readonly number[]): Promise<unknown> {
  const rows = await store.sessions.byKeys(keys, "all");
  const children = [store.members, store.interactions, store.transfers, store.recordings, store.events];
  return {
    // Some rows tell of now: their digest says how, and nothing stored differs for it.
    rows: rows.map((row) => ({ ...row, fetchedAt: null, sections: null, lookDigest: null })),
    children: await Promise.all(children.map((repository) => repository.bySessionKeys(keys))),
    transcripts: await store.transcript.pages(keys, FIRST_INDEX, 1000),
    reports: await store.reports.bySessionKeys(keys),
    payloads: await store.sessions.rawByKeys(keys),
  };
}
