import type { Faults } from "../conversation.js";

/** What to do with one request instead of serving it, or `null` to serve it. */
export type FaultAction =
  | { kind: "reset" }
  | { kind: "hang" }
  | { kind: "status"; status: number; retryAfterSeconds?: number; body?: string }
  | { kind: "oversized"; bytes: number }
  | { kind: "html" }
  | { kind: "empty" };

/** The faults of one server and how many of the counted ones are left. */
export interface FaultPlan {
  /** What is left: counted faults that were used up are gone. */
  readonly faults: Faults;
  replace(faults: Faults): void;
  /**
   * Takes the next fault for a request on `path`. When several are set the order is reset, hang, statuses, always,
   * oversized, malformed. `exempt` requests are left alone unless `faults.path` names them.
   */
  take(path: string, exempt: boolean): { action: FaultAction | null; latencyMs: number; truncate: boolean };
}

export function createFaultPlan(): FaultPlan {
  let faults: Faults = {};

  const takeCounted = (key: "reset" | "hang"): boolean => {
    const left = faults[key];
    if (left === "always") return true;
    if (left === undefined || left <= 0) return false;
    faults = { ...faults, [key]: left - 1 };
    return true;
  };

  const takeAction = (): FaultAction | null => {
    if (takeCounted("reset")) return { kind: "reset" };
    if (takeCounted("hang")) return { kind: "hang" };
    const [first, ...rest] = faults.statuses ?? [];
    if (first) {
      faults = { ...faults, statuses: rest };
      return { kind: "status", ...first };
    }
    if (faults.always) return { kind: "status", ...faults.always };
    if (faults.oversizedBytes) return { kind: "oversized", bytes: faults.oversizedBytes };
    if (faults.malformed === "html" || faults.malformed === "empty") return { kind: faults.malformed };
    return null;
  };

  return {
    get faults() {
      return faults;
    },
    replace(next) {
      faults = structuredClone(next);
    },
    take(path, exempt) {
      const affected = faults.path === undefined ? !exempt : path.includes(faults.path);
      if (!affected) return { action: null, latencyMs: 0, truncate: false };
      return {
        action: takeAction(),
        latencyMs: faults.latencyMs ?? 0,
        truncate: faults.malformed === "truncated",
      };
    },
  };
}

const MALFORMED = ["html", "truncated", "empty", "wrong-types", null] as const;

const CHECKS: { [Key in keyof Faults]-?: (value: unknown) => boolean } = {
  latencyMs: isCount,
  statuses: (value) => Array.isArray(value) && value.every(isStatus),
  always: isStatus,
  reset: (value) => value === "always" || isCount(value),
  hang: (value) => value === "always" || isCount(value),
  malformed: (value) => MALFORMED.some((known) => known === value),
  oversizedBytes: (value) => value === null || isCount(value),
  unknownEnums: (value) => typeof value === "boolean",
  path: (value) => typeof value === "string",
};

/**
 * Reads faults from JSON text.
 * @throws TypeError naming the member that is unknown or has the wrong shape, so that a misspelt fault is not silently
 * no fault at all
 */
export function parseFaults(text: string): Faults {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new TypeError("Expected an object of faults");
  for (const [key, member] of Object.entries(value)) {
    const check = Object.hasOwn(CHECKS, key) ? CHECKS[key as keyof Faults] : undefined;
    if (!check) throw new TypeError(`Unknown fault "${key}"; known: ${Object.keys(CHECKS).join(", ")}`);
    if (!check(member)) throw new TypeError(`Fault "${key}" cannot be ${JSON.stringify(member)}`);
  }
  return value;
}

function isStatus(value: unknown): boolean {
  if (!isObject(value) || !Number.isInteger(value.status)) return false;
  const status = Number(value.status);
  return (
    status >= 200 &&
    status <= 599 &&
    (value.retryAfterSeconds === undefined || isCount(value.retryAfterSeconds)) &&
    (value.body === undefined || typeof value.body === "string")
  );
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
