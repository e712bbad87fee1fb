/**
 * Builds what is out of date: the gateway with tsc, the playground with vite. `--if-stale` looks at file times first, so
 * that `npm run demo` starts at once when nothing has changed; `--if-possible` does nothing without the compiler, which
 * is what an install without development dependencies comes to.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const flags = new Set(process.argv.slice(2));

/** Newest change below a file or folder, milliseconds; 0 when there is none. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function isStale(output, ...inputs) {
  const built = newest(join(root, output));
  return built === 0 || Math.max(...inputs.map((input) => newest(join(root, input)))) > built;
}

function run(bin, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", bin), ...args], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}

function canBuild() {
  try {
    createRequire(import.meta.url).resolve("typescript");
    return true;
  } catch {
    return false;
  }
}

if (flags.has("--if-possible") && !canBuild()) process.exit(0);
const always = !flags.has("--if-stale");
if (always || isStale("dist/.tsbuildinfo", "src", "schema", "resolvers", "tsconfig.json")) {
  run("typescript/bin/tsc", "-p", "tsconfig.json");
}
if (existsSync(join(root, "web/playground")) && (always || isStale("dist/playground", "web/playground"))) {
  run("vite/bin/vite.js", "build", "web/playground");
}
