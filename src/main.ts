/** The process: finds the command, hands it the environment, and turns signals into an orderly end. */
import { COMMANDS } from "./cli/commands.js";
import { keepHeapSmall } from "./cli/small-heap.js";

function help(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return ["switchboard <command> [--help]", "", ...lines, ""].join("\n");
}

async function main(): Promise<number> {
  const [name = "--help", ...argv] = process.argv.slice(2);
  const print = (text: string) => void process.stdout.write(text);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const asked = name === "--help" || name === "help";
    print(asked ? help() : `There is no command ${JSON.stringify(name)}.\n\n${help()}`);
    return asked ? 0 : 2;
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // The second signal of an impatient operator ends the process the usual way.
    process.once(signal, () => stop.abort());
  }
  return command.run({ argv, environment: process.env, signal: stop.signal, print });
}

// Whoever reads the output may stop early (`switchboard schema | head`): no reason for a stack.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

keepHeapSmall();
process.exitCode = await main();
