/** The other processes of this bench, and how what they measured is shown. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A process that is spoken to in lines. */
export function start(script, ...args) {
  const path = new URL(script, import.meta.url).pathname;
  const child = spawn(process.execPath, [path, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const hear = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${script} has ended`);
    return value;
  };
  return {
    hear,
    async ask(text) {
      child.stdin.write(`${text}\n`);
      return JSON.parse(await hear());
    },
    end: () => child.kill("SIGKILL"),
  };
}

/** Runs `work` with the URL of a database: the one given, or a file that is removed afterwards. */
export async function withDatabase(given, work) {
  const folder = await mkdtemp(join(tmpdir(), "switchboard-live-"));
  try {
    return await work(given ?? `sqlite:${join(folder, "cache.db")}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const show = (value) => (Number.isFinite(value) ? Number(value.toPrecision(3)) : value);

/** Prints rows of figures, three digits each. */
export function table(title, rows) {
  console.log(`\n${title}`);
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([name, row]) => [
        name,
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, show(value)])),
      ]),
    ),
  );
}

/** True when a script was started by itself, not imported. */
export const isMain = (url) => process.argv[1] === new URL(url).pathname;
