/**
 * `node bench/live/slow.mjs [--seconds 60] [--healthy 100] [--slow 20] [--database …]`: clients that read nothing for a
 * minute beside others that do, 100 changes a second, every tenth of them with a transcript of 40 KB. Shows what the
 * gateway holds, how each slow client ends, what the others notice of it, and that who resumes gets what it missed.
 */
import { parseArgs } from "node:util";
import { quantile } from "./kit.mjs";
import { isMain, start, table, withDatabase } from "./processes.mjs";

const PER_SECOND = 100;
const LONG_EVERY = 10;
const QUERY = `subscription ($after: String) { sessionChanges(snapshot: false, after: $after) {
  cursor kind at changed
  session {
    id state phase title startedAt durationSeconds
    from { address displayName } to { address displayName } connection { name }
    transcript { text }
  }
} }`;
const MB = 1_048_576;

/** Runs it and prints what came of it. */
export async function slow(databaseUrl, { seconds, healthy, sleeping }) {
  const gateway = start("gateway.mjs", databaseUrl);
  const { url } = JSON.parse(await gateway.hear());
  const others = start("subscribers.mjs", JSON.stringify({ url, count: healthy, query: QUERY, noted: 4 }));
  await others.hear();

  async function run(forSeconds) {
    const changes = PER_SECOND * forSeconds;
    const sent = await gateway.ask(JSON.stringify({ changes, perSecond: PER_SECOND, longEvery: LONG_EVERY }));
    const got = await others.ask("report");
    const stored = new Map(sent.stored);
    const latencies = got.received.flatMap(([name, moments]) =>
      moments.map((moment) => moment - (stored.get(name) ?? NaN)),
    );
    return { ...sent, ...got, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), changes };
  }

  await run(Math.min(10, seconds));
  const without = await run(seconds);
  const sleepers = start("sleepers.mjs", JSON.stringify({ url, count: sleeping, query: QUERY }));
  await sleepers.hear();
  // They have said what they want; now it has been begun.
  const nothing = JSON.stringify({ changes: 0, perSecond: 1 });
  while ((await gateway.ask(nothing)).subscribers < healthy + sleeping + 1);
  await run(1);
  const { pausedAt } = await sleepers.ask("pause");
  const withSlow = await run(seconds);
  const woken = await sleepers.ask("resume");
  const after = await run(seconds);
  for (const one of [others, sleepers, gateway]) one.end();

  table(`${healthy} that read, ${PER_SECOND} changes/s for ${seconds} s, stored to received, ms`, {
    without: row(without, healthy),
    [`beside ${sleeping} that do not`]: row(withSlow, healthy),
    "after them": row(after, healthy),
    ratio: { p50: withSlow.p50 / without.p50, p99: withSlow.p99 / without.p99 },
  });
  table("resident memory of the gateway, MB", {
    before: { MB: without.memory / MB },
    "at its peak beside them": { MB: withSlow.peak / MB },
    "at the end of that": { MB: withSlow.memory / MB },
    after: { MB: after.memory / MB },
    "peak more than before, for each": { MB: (withSlow.peak - without.peak) / MB / sleeping },
  });
  const ends = withSlow.closed.map(([at]) => (at - pausedAt) / 1_000);
  const most = Math.max(...withSlow.closed.map(([, bytes]) => bytes));
  console.log(
    `\nclosed by the gateway: ${withSlow.closed.length} of ${sleeping}, ${Math.min(...ends).toFixed(1)} to ` +
      `${Math.max(...ends).toFixed(1)} s after they stopped; ${(most / MB).toFixed(2)} MB waited at most`,
  );
  table("how each ended, seen when it read on, and what it got", woken.sleepers);
  const lost = healthy * withSlow.changes - withSlow.frames;
  const wrong = woken.sleepers.filter(({ exact }) => !exact).length;
  console.log(`lost by those that read: ${lost}; resumed with a gap or a double: ${wrong} of ${sleeping}`);
}

const row = ({ p50, p99, frames, changes }, healthy) => ({ p50, p99, frames, expected: changes * healthy });

if (isMain(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "60" },
      healthy: { type: "string", default: "100" },
      slow: { type: "string", default: "20" },
      database: { type: "string" },
    },
  });
  const [seconds, healthy, sleeping] = [values.seconds, values.healthy, values.slow].map(Number);
  await withDatabase(values.database, (url) => slow(url, { seconds, healthy, sleeping }));
}
