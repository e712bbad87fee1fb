import { parseArgs } from "node:util";
import { SANDBOX_PROVIDERS } from "./conversation.js";
import type { Faults, SandboxProviderName } from "./conversation.js";
import { parseFaults } from "./kit/faults.js";

export const SANDBOX_HELP = `Usage: sandbox [options]

Runs the four providers on this machine: ninety days of history, and calls that keep coming.

  --seed <number>             which world; the same seed is the same world (default 1)
  --rate <number>             new conversations per minute over all providers; 0 for none (default 12)
  --speed <number>            how many times faster than life people talk (default 3)
  --days <number>             how far back history goes (default 90)
  --host <address>            where to listen (default 127.0.0.1)
  --port-base <port>          first of four consecutive ports; 0 picks free ones (default 4100)
  --faults <provider:json>    start with faults, e.g. --faults 'evo:{"latencyMs":2000}'; may be repeated
  --help                      this text

Faults can be changed at any time with PUT /__sandbox/faults on the provider's own port.
`;

export interface SandboxArguments {
  help: boolean;
  seed: number;
  rate: number;
  speed: number;
  days: number;
  host: string;
  portBase: number;
  faults: ReadonlyMap<SandboxProviderName, Faults>;
}

/** @throws TypeError naming the option that is unknown or has a value it cannot have */
export function parseSandboxArguments(argv: readonly string[]): SandboxArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: "string", default: "1" },
      rate: { type: "string", default: "12" },
      speed: { type: "string", default: "3" },
      days: { type: "string", default: "90" },
      host: { type: "string", default: "127.0.0.1" },
      "port-base": { type: "string", default: "4100" },
      faults: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return {
    help: values.help,
    seed: parseNumber("--seed", values.seed, { min: 0, whole: true }),
    rate: parseNumber("--rate", values.rate, { min: 0, max: 6_000 }),
    speed: parseNumber("--speed", values.speed, { min: 0.1, max: 1_000 }),
    days: parseNumber("--days", values.days, { min: 0, max: 3_650, whole: true }),
    host: values.host,
    portBase: parseNumber("--port-base", values["port-base"], { min: 0, max: 65_532, whole: true }),
    faults: new Map(values.faults.map(parseFaultOption)),
  };
}

function parseNumber(
  option: string,
  text: string,
  { min, max = Number.MAX_SAFE_INTEGER, whole = false }: { min: number; max?: number; whole?: boolean },
): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
    throw new TypeError(
      `${option}: expected a ${whole ? "whole " : ""}number from ${min} to ${max}, got "${text}"`,
    );
  }
  return value;
}

function parseFaultOption(text: string): [SandboxProviderName, Faults] {
  const colon = text.indexOf(":");
  const name = SANDBOX_PROVIDERS.find((known) => known === text.slice(0, colon));
  if (!name) {
    throw new TypeError(`--faults: expected ${SANDBOX_PROVIDERS.join("|")}, a colon and JSON, got "${text}"`);
  }
  try {
    return [name, parseFaults(text.slice(colon + 1))];
  } catch (error) {
    throw new TypeError(`--faults ${name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
