/** What the commands need of this room (`Surroundings` in `src/commands`): they act, this keeps the cache in step. */
import type { ProviderError } from "../errors/index.js";
import type { ProviderConnection } from "../providers/provider.js";
import type { Sync } from "./sync.js";

/** How long a look at everything that is live may take before a mutation answers without it, milliseconds. */
const RELIST_MS = 5_000;

/** Builds it over the process's sync. */
export function createSurroundings({ directory, refresh, look }: Sync) {
  return {
    connection: (name: string): ProviderConnection | undefined => directory.get(name)?.connection,
    async reread(connection: string, session: { providerId: string; providerKey: string }) {
      const request = { connection, ...session, sections: [], anew: true };
      const [outcome] = await refresh.refresh([request]);
      return outcome?.kind === "failed" ? outcome.error : null;
    },
    relist: (connection: string): Promise<void> => look([connection], 0, RELIST_MS),
    observe: (connection: string, failure: ProviderError | null): void =>
      directory.commanded(connection, failure),
  };
}
