/** Catches what polls of the live list cannot see: sessions that came and went between two of them, or while we were down. */
import { isProviderError } from "../errors/index.js";
import type { EpochMs } from "../model/index.js";
import type { ConnectionState } from "./connection-directory.js";
import { withoutExpired, type KeptSince } from "./kept-since.js";
import type { PollDependencies } from "./poll.js";

/** Sweeps overlap by this much, milliseconds: providers' lists lag behind their calls. */
export const SWEEP_OVERLAP_MS = 15 * 60 * 1000;

/** Reads the provider's list from `since` on. Throws a `ProviderError` when it cannot be read to the end. */
export async function sweepOnce(
  state: ConnectionState,
  since: EpochMs,
  dependencies: PollDependencies & { keptSince: KeptSince },
): Promise<void> {
  const { ingest, directory, keptSince, signal } = dependencies;
  try {
    const options = { priority: "background" as const, signal };
    const from = Math.max(since - SWEEP_OVERLAP_MS, keptSince(state.name));
    for await (const page of state.connection.listSessions({ since: from }, options)) {
      await ingest.ingest(state.name, withoutExpired(page.snapshots, keptSince(state.name)));
    }
    directory.succeeded(state.name);
  } catch (error) {
    if (isProviderError(error)) directory.failed(state.name, error);
    throw error;
  }
}
