/**
 * `npm run bench:cache -- [--rows 1000000] [--few 10000] [--seed 1] [--turns 2] [--voice-ai 0.3] [--rounds 200]
 * [--database postgres://…]`: a cache with many sessions against one with few, and against prepared statements on the
 * same database, as ratios of one run. With `--database` everything is done on that server too, and compared.
 * `--turns 20 --voice-ai 1` makes 20 turns for every session.
 */
import { spawn } from "node:child_process";
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { createDatabases } from "./databases.mjs";
import { report } from "./report.mjs";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    few: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    turns: { type: "string", default: "2" },
    "voice-ai": { type: "string", default: "0.3" },
    rounds: { type: "string", default: "200" },
    database: { type: "string" },
  },
});
const rows = Number(values.rows);
const [seed, turns, voiceAi] = [Number(values.seed), Number(values.turns), Number(values["voice-ai"])];

/** Runs a script of this folder in a process of its own; answers what it printed. */
async function run(script, ...args) {
  const path = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${script} ended with ${code}`);
  return JSON.parse(text);
}

async function measure(server) {
  const databases = await createDatabases(server);
  try {
    const fill = async (count) => {
      const url = await databases.make();
      return { url, ...(await run("fill.mjs", url, JSON.stringify({ rows: count, seed, turns, voiceAi }))) };
    };
    const ingest = await run(
      "measure-ingest.mjs",
      await databases.make(),
      await databases.make(),
      JSON.stringify({ seed }),
    );
    const few = await fill(Number(values.few));
    const many = await fill(rows);
    const rounds = Number(values.rounds);
    const reads = await run("measure-reads.mjs", few.url, many.url, JSON.stringify({ rows, rounds }));
    return { ingest, reads, filled: { seconds: many.seconds, memory: many.memory } };
  } finally {
    await databases.drop();
  }
}

// About 6 kB a session and 0.5 kB a turn, indices included.
const needed = rows * (6_000 + 500 * turns * voiceAi);
const { bavail, bsize } = await statfs(process.env.SWITCHBOARD_BENCH_FOLDER ?? tmpdir());
if (bavail * bsize < 2 * needed)
  throw new Error(`about ${Math.round(needed / 1e9)} GB are needed, twice as much free`);

const sqlite = await measure(null);
const postgres = values.database === undefined ? null : await measure(values.database);
report({ rows, few: Number(values.few), sqlite, postgres });
