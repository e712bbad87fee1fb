/** The command as users run it: the built process. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Builds what is out of date, as the npm scripts do. */
export function ensureBuilt(): void {
  const { status, stderr } = spawnSync(process.execPath, [at("scripts/build.mjs"), "--if-stale"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the build failed: ${stderr}`);
}

export interface RunningCli {
  /** Everything written so far, both streams. */
  readonly output: string;
  /** Resolves with the first match in the output. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit code. */
  readonly exit: Promise<number | null>;
  signal(name: NodeJS.Signals): void;
}

/** Starts `switchboard …` with nothing of this process's environment but the path. */
export function spawnCli(
  args: readonly string[],
  environment: Record<string, string> = {},
  cwd = at("."),
): RunningCli {
  const child = spawn(process.execPath, [at("bin/switchboard.mjs"), ...args], {
    cwd,
    env: { PATH: process.env["PATH"] ?? "", ...environment },
  });
  let output = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data: Buffer) => {
      output += data.toString("utf8");
      for (const listener of listeners) listener();
    });
  }
  const exit = once(child, "exit").then(([code]) => code as number | null);
  return {
    get output() {
      return output;
    },
    exit,
    signal: (name) => void child.kill(name),
    until(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        void exit.then(() => reject(new Error(`ended before ${pattern}: ${output}`)));
        look();
      });
    },
  };
}
