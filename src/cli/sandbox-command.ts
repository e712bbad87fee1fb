import { runSandboxCommand } from "../sandbox/main.js";
import type { Command } from "./commands.js";

/** `switchboard sandbox`: the providers without a gateway. */
export const runSandbox: Command = ({ argv, signal, print }) =>
  runSandboxCommand(argv, { signal, write: print });
