import { parseArgs } from "node:util";
import type { Config } from "../config/load-config.js";
import { examine } from "../doctor/examine.js";
import { formatReport } from "../doctor/format-report.js";
import type { DoctorReport } from "../doctor/report.js";
import { createLog } from "../server/log.js";
import type { Command } from "./commands.js";
import { readConfig, runStart } from "./start-command.js";

const HELP = `switchboard doctor [--json]

Looks at every configured connection, by reads alone: whether the provider can be reached and takes the credentials,
whether the clocks agree, what the credentials may do, whether lists page, and whether webhooks arrive and are verified.
Configuration is read as \`switchboard start\` reads it. See docs/doctor.md.

  --json    one JSON object instead of a table

Exit code: 0 nothing failed (warnings may stand), 1 something failed, 2 bad configuration or arguments.
`;

/** `switchboard doctor`: says what is wrong before a user finds out. Writes nothing and needs no database. */
export const runDoctor: Command = async (input) => {
  const { argv, environment, signal, print } = input;
  const options = readArguments(argv);
  if (options === null || options.help) {
    print(HELP);
    return options === null ? 2 : 0;
  }
  const config = readConfig(input);
  if (config === null) return 2;
  // Without a configuration `start` can only say what is missing: those words are good here too.
  if (config.connections.length === 0) return runStart({ ...input, argv: [], environment: {} });
  const report = await examineAll(config, environment["LOG_LEVEL"] === undefined, signal);
  print(
    options.json ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report, isForColours(environment)),
  );
  return report.ok && !signal.aborted ? 0 : 1;
};

async function examineAll(config: Config, isQuiet: boolean, signal: AbortSignal): Promise<DoctorReport> {
  // The report says what failed. Who wants to see the requests behind it asks for a log.
  const log = createLog(isQuiet ? "silent" : config.logLevel);
  const { publicUrl, providerTimeoutMs: timeoutMs } = config;
  const now = Date.now;
  const connections = config.connections.map(({ name, module, values, defaultRegion }) =>
    module.connect({
      name,
      config: values,
      log: log.child({ connection: name }),
      attemptTimeoutMs: timeoutMs,
      defaultRegion,
      now,
    }),
  );
  try {
    return await examine(
      connections.map((connection) => ({ connection, publicUrl, timeoutMs, now, signal, log })),
    );
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

/** On a terminal, unless NO_COLOR is set to anything (https://no-color.org). */
function isForColours(environment: Readonly<Record<string, string | undefined>>): boolean {
  return process.stdout.isTTY && !environment["NO_COLOR"];
}

function readArguments(argv: readonly string[]): { json: boolean; help: boolean } | null {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch {
    // Unknown or malformed arguments: the help says which there are.
    return null;
  }
}
