/** A sync that asks no provider anything: for answers that nobody in particular asked for, such as frames. */
import type { Sync } from "../sync/sync.js";

/** The connections as they are, everything else as it is stored. */
export function createStoredOnlySync(sync: Sync): Sync {
  return {
    ...sync,
    refresh: {
      refresh: (requests) => Promise.resolve(requests.map(() => ({ kind: "absent" as const }))),
      revalidate: () => undefined,
    },
    coverage: {
      ...sync.coverage,
      missing: () => [],
      ensure: () => Promise.resolve(new Map()),
    },
    look: () => Promise.resolve(),
  };
}
