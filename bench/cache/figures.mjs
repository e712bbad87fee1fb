/** Medians of calls that take turns, so that whatever else the machine does meets all of them alike. */

/**
 * Runs each of the named calls `rounds` times, one after the other in turns, after a few that are not counted. Answers
 * the median of each in milliseconds.
 */
export async function takeTurns(calls, rounds) {
  const names = Object.keys(calls);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const warmUp = Math.min(20, Math.ceil(rounds / 5));
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const name of names) {
      const startedAt = performance.now();
      await calls[name](Math.max(0, round));
      if (round >= 0) times[name].push(performance.now() - startedAt);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])]));
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Megabytes that this process had resident at most. */
export function peakMemory() {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}
