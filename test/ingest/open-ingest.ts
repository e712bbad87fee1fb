/** A store with its one door. */
import { createIngest } from "../../src/ingest/create-ingest.js";
import type { Ingest } from "../../src/ingest/ingest.js";
import { createStore } from "../../src/store/create-store.js";
import { openDatabase } from "../../src/store/open-database.js";
import type { Store } from "../../src/store/store.js";
import type { TestDatabase } from "../support/databases.js";

export interface OpenIngest extends AsyncDisposable {
  readonly store: Store;
  readonly ingest: Ingest;
}

/** Opens a new, empty one, at whose door it is always five seconds past the epoch. */
export async function openIngest(kind: TestDatabase): Promise<OpenIngest> {
  const { url, drop } = await kind.create();
  const database = await openDatabase(url);
  const store = createStore(database);
  return {
    store,
    ingest: createIngest(database, { now: () => 5_000 }),
    async [Symbol.asyncDispose]() {
      await store.close();
      await drop();
    },
  };
}
