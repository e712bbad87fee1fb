/** Reading again, in the background, what has just been answered from a copy that is getting old. */
import { isProviderError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { ConnectionDirectory } from "./connection-directory.js";
import type { RefreshRequest } from "./refresh.js";

/** Sessions of one connection that are read again at once; what comes on top is left to whoever asks next. */
const MAX_AT_ONCE = 20;

/** Takes sessions that were served from aging copies; returns at once. */
export type Revalidate = (requests: readonly RefreshRequest[]) => void;

/** Builds it. `isReading` says whether somebody who waits is reading a session already. */
export function createRevalidate(
  { ingest, directory, log }: { ingest: Ingest; directory: ConnectionDirectory; log: Logger },
  isReading: (request: RefreshRequest) => boolean,
): Revalidate {
  const underWay = new Map<string, Set<string>>();

  async function readAgain(name: string, requests: readonly RefreshRequest[]): Promise<void> {
    const connection = directory.get(name)?.connection;
    // A provider that just failed is left to the polls, which know when to try again.
    if (connection === undefined || directory.get(name)?.lastError !== null) return;
    const ids = requests.map(({ providerId }) => providerId);
    try {
      const outcomes = await connection.readSessions(ids, { priority: "background" });
      await ingest.ingest(
        name,
        outcomes.flatMap((outcome) => (outcome.kind === "found" ? [outcome.snapshot] : [])),
      );
      const failure = outcomes.find((outcome) => outcome.kind === "failed");
      if (failure?.kind === "failed") directory.failed(name, failure.error);
    } catch (error) {
      // Nobody waits for this: the copy that was served stands.
      if (isProviderError(error)) directory.failed(name, error);
      else log.debug({ err: error, connection: name }, "a copy could not be read again");
    }
  }

  return (requests) => {
    for (const [name, group] of Map.groupBy(requests, ({ connection }) => connection)) {
      const busy = underWay.get(name) ?? new Set<string>();
      underWay.set(name, busy);
      const chosen = [...new Map(group.map((request) => [request.providerKey, request])).values()]
        .filter((request) => !busy.has(request.providerKey) && !isReading(request))
        .slice(0, MAX_AT_ONCE - busy.size);
      if (chosen.length === 0) continue;
      for (const { providerKey } of chosen) busy.add(providerKey);
      void readAgain(name, chosen).finally(() => {
        for (const { providerKey } of chosen) busy.delete(providerKey);
      });
    }
  };
}
