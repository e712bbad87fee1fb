/** Which accounts at which providers are on: one per provider from the environment, any number from the YAML file. */
import type { ConfigField, ConfigValues, ProviderModule } from "../providers/provider.js";
import { ConfigProblem } from "./settings.js";

/** One account to connect to, read and checked. */
export interface ConnectionConfig {
  name: string;
  module: ProviderModule;
  values: ConfigValues;
  /** ISO 3166 alpha-2 for numbers without a country code. */
  defaultRegion: string;
  /** Days after which its ended sessions are removed; null: never; undefined: as the gateway's setting says. */
  retentionDays?: number | null;
  /** The same for providers' payloads. */
  rawRetentionDays?: number | null;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;

/**
 * The connections that the environment describes. A provider is on when one of its variables without a default is
 * set; from then on the required ones must be there.
 */
export function connectionsFromEnvironment(
  modules: readonly ProviderModule[],
  environment: Readonly<Record<string, string | undefined>>,
  defaultRegion: string,
  problems: ConfigProblem[],
): ConnectionConfig[] {
  return modules.flatMap((module) => {
    const given = module.config.filter((field) => environment[field.env]?.trim());
    if (!given.some((field) => field.default === undefined)) return [];
    const because = given.map((field) => field.env).join(", ");
    const values = readFields(
      module,
      (field) => ({ key: field.env, raw: environment[field.env] }),
      problems,
      (field) => {
        return `is missing, but ${because} ${given.length === 1 ? "is" : "are"} set: ${field.description}`;
      },
    );
    return [{ name: module.defaultConnectionName, module, values, defaultRegion }];
  });
}

/** The connections of the YAML file's `connections` list. `$NAME` as a value is read from the environment. */
export function connectionsFromFile(
  modules: readonly ProviderModule[],
  list: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  defaultRegion: string,
  problems: ConfigProblem[],
): ConnectionConfig[] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    problems.push(new ConfigProblem("connections", "expected a list of connections"));
    return [];
  }
  const words = modules.map((module) => module.defaultConnectionName);
  return list.flatMap((entry: unknown, index) => {
    const at = `connections[${index}]`;
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
      problems.push(
        new ConfigProblem(at, "expected a connection with name, provider and the provider's settings"),
      );
      return [];
    }
    const row = entry as Record<string, unknown>;
    const module = modules.find((candidate) => candidate.defaultConnectionName === row["provider"]);
    if (module === undefined) {
      problems.push(new ConfigProblem(`${at}.provider`, `expected one of ${words.join(", ")}`));
      return [];
    }
    const name = row["name"] ?? module.defaultConnectionName;
    if (typeof name !== "string" || !NAME.test(name)) {
      problems.push(
        new ConfigProblem(
          `${at}.name`,
          "expected letters, digits, - and _, at most 63, starting with a letter or digit",
        ),
      );
      return [];
    }
    const known = new Set([
      ...["name", "provider", "defaultRegion", ...RETENTION_KEYS],
      ...module.config.map((field) => field.key),
    ]);
    for (const key of Object.keys(row).filter((candidate) => !known.has(candidate))) {
      problems.push(new ConfigProblem(`${at}.${key}`, `is not a setting of ${module.defaultConnectionName}`));
    }
    const region = row["defaultRegion"] ?? defaultRegion;
    if (typeof region !== "string" || !/^[A-Z]{2}$/.test(region)) {
      problems.push(new ConfigProblem(`${at}.defaultRegion`, "expected two capital letters (ISO 3166)"));
      return [];
    }
    const values = readFields(
      module,
      (field) => ({
        key: `${at}.${field.key}`,
        raw: dereference(row[field.key], environment, `${at}.${field.key}`, problems),
      }),
      problems,
      (field) => `is missing: ${field.description}`,
    );
    return [{ name, module, values, defaultRegion: region, ...readRetention(row, at, problems) }];
  });
}

const RETENTION_KEYS = ["retentionDays", "rawRetentionDays"] as const;

/** A connection's own answer to how long things are kept: days, or `forever` where the gateway's setting is shorter. */
function readRetention(row: Record<string, unknown>, at: string, problems: ConfigProblem[]) {
  const days: { [K in (typeof RETENTION_KEYS)[number]]?: number | null } = {};
  for (const key of RETENTION_KEYS) {
    const value = row[key];
    if (value === undefined || value === null) continue;
    if (value === "forever") days[key] = null;
    else if (typeof value === "number" && Number.isInteger(value) && value >= 1) days[key] = value;
    else
      problems.push(new ConfigProblem(`${at}.${key}`, "expected a whole number of days from 1, or forever"));
  }
  return days;
}

/** Secrets need not stand in the file: `$PLIVO_TOKEN_US` names the variable that holds one. */
function dereference(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  key: string,
  problems: ConfigProblem[],
): unknown {
  const name = typeof value === "string" ? /^\$\{?([A-Za-z_][A-Za-z0-9_]*)\}?$/.exec(value)?.[1] : undefined;
  if (name === undefined) return value;
  const held = environment[name];
  if (held === undefined || held === "")
    problems.push(new ConfigProblem(key, `names the variable ${name}, which is not set`));
  return held;
}

function readFields(
  module: ProviderModule,
  lookUp: (field: ConfigField) => { key: string; raw: unknown },
  problems: ConfigProblem[],
  missing: (field: ConfigField) => string,
): ConfigValues {
  const values: Record<string, string | readonly string[] | undefined> = {};
  const before = problems.length;
  for (const field of module.config) {
    const { key, raw } = lookUp(field);
    const text = Array.isArray(raw)
      ? raw.map(String)
      : raw === undefined || raw === null
        ? ""
        : String(raw).trim();
    if (text.length === 0) {
      values[field.key] =
        field.default === undefined ? (field.type === "list" ? [] : undefined) : field.default;
      if (field.required && field.default === undefined)
        problems.push(new ConfigProblem(key, missing(field)));
      continue;
    }
    try {
      values[field.key] = readField(field, text);
    } catch (error) {
      problems.push(new ConfigProblem(key, error instanceof Error ? error.message : String(error)));
    }
  }
  if (problems.length === before) {
    const prefix = lookUp({ key: "", env: "", description: "" }).key || module.defaultConnectionName;
    for (const message of module.checkConfig?.(values) ?? [])
      problems.push(new ConfigProblem(prefix, message));
  }
  return values;
}

function readField(field: ConfigField, value: string | readonly string[]): string | readonly string[] {
  if (field.type === "list") {
    const items = typeof value === "string" ? value.split(",") : value;
    return items.map((item) => item.trim()).filter((item) => item !== "");
  }
  if (typeof value !== "string") throw new RangeError("expected text, got a list");
  if (field.type === "url") {
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
      throw new RangeError("expected an http(s) URL");
    return value.replace(/\/+$/, "");
  }
  if (typeof field.type === "object" && !field.type.oneOf.includes(value)) {
    throw new RangeError(`expected ${field.type.oneOf.join(" or ")}, got ${JSON.stringify(value)}`);
  }
  return value;
}
