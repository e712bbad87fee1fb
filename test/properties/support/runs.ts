/**
 * How many runs a property gets. `SWITCHBOARD_PROPERTY_RUNS` sets the number (default 40) for all of them; dear ones
 * take a share. A failure prints its seed and path, with which `fc.assert` repeats exactly that run.
 */
const RUNS = Number(process.env["SWITCHBOARD_PROPERTY_RUNS"] ?? 40);

/** Parameters for `fc.assert`. */
export function runs(share = 1): { numRuns: number } {
  return { numRuns: Math.max(1, Math.round(RUNS * share)) };
}

/** Milliseconds for one test: grows with the number of runs. */
export const TEST_TIMEOUT_MS = 30_000 + RUNS * 500;
