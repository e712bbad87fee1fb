/**
 * Every setting of the gateway itself, in one table: its name in the YAML file, its environment variable, how its text
 * is read, and its default. Providers' own settings stand in their folders (`ConfigField`).
 */
import { isIP } from "node:net";

/** A setting that could not be read, as a sentence that names the key. Never holds the value of a secret. */
export class ConfigProblem {
  constructor(
    /** Environment variable or path in the YAML file. */
    readonly key: string,
    readonly message: string,
  ) {}
}

type Parse<T> = (text: string) => T;

/** How one setting is read. `parse` throws `RangeError` with what was expected. */
export interface Setting<T> {
  env: string;
  parse: Parse<T>;
  default: T;
  description: string;
}

function setting<T>(env: string, parse: Parse<T>, defaultValue: T, description: string): Setting<T> {
  return { env, parse, default: defaultValue, description };
}

const text: Parse<string> = (value) => value;
const optionalText: Parse<string | null> = (value) => value;

function integer(min: number, max: number): Parse<number> {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max) {
      throw new RangeError(`expected a whole number from ${min} to ${max}, got ${JSON.stringify(value)}`);
    }
    return number;
  };
}

function oneOf<const T extends string>(...words: readonly T[]): Parse<T> {
  return (value) => {
    const word = words.find((candidate) => candidate === value.toLowerCase());
    if (word === undefined)
      throw new RangeError(`expected ${words.join(" or ")}, got ${JSON.stringify(value)}`);
    return word;
  };
}

const httpUrl: Parse<string | null> = (value) => {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new RangeError(`expected an http(s) URL, got ${JSON.stringify(value)}`);
  }
  return value.replace(/\/+$/, "");
};

/** What paths are put behind. */
const baseUrl: Parse<string | null> = (value) => {
  if (/[?#\s]/.test(value)) {
    throw new RangeError(`expected a URL without query and fragment, got ${JSON.stringify(value)}`);
  }
  return httpUrl(value);
};

const databaseUrl: Parse<string> = (value) => {
  // A database URL may hold a password: say what was expected, never what came.
  if (!/^(sqlite:.+|postgres(ql)?:\/\/.+)$/.test(value)) {
    throw new RangeError("expected sqlite:PATH, sqlite::memory: or postgres://USER@HOST/DATABASE");
  }
  return value;
};

const redisUrl: Parse<string | null> = (value) => {
  if (!/^rediss?:\/\/.+/.test(value))
    throw new RangeError("expected redis://HOST:PORT or rediss://HOST:PORT");
  return value;
};

const region: Parse<string> = (value) => {
  if (!/^[A-Z]{2}$/.test(value))
    throw new RangeError(`expected two capital letters (ISO 3166), got ${JSON.stringify(value)}`);
  return value;
};

/** Contract, "Configuration". The name is the key in the YAML file. */
export const SETTINGS = {
  host: setting("HOST", text, "127.0.0.1", "Address to listen on."),
  port: setting("PORT", integer(0, 65_535), 4000, "Port to listen on; 0 picks a free one."),
  databaseUrl: setting("DATABASE_URL", databaseUrl, "sqlite:./data/switchboard.db", "Where the cache lives."),
  databasePoolSize: setting(
    "SWITCHBOARD_DATABASE_POOL_SIZE",
    integer(2, 500),
    10,
    "Connections to PostgreSQL at most.",
  ),
  databaseStatementTimeoutMs: setting(
    "SWITCHBOARD_DATABASE_STATEMENT_TIMEOUT_MS",
    integer(100, 600_000),
    30_000,
    "One statement on PostgreSQL, ms.",
  ),
  databaseConnectTimeoutMs: setting(
    "SWITCHBOARD_DATABASE_CONNECT_TIMEOUT_MS",
    integer(100, 60_000),
    5_000,
    "Making a connection to PostgreSQL, or waiting for a free one, ms.",
  ),
  databasePatienceMs: setting(
    "SWITCHBOARD_DATABASE_PATIENCE_MS",
    integer(100, 600_000),
    10_000,
    "How long a write waits for another's lock, or for a lost server, ms.",
  ),
  retentionDays: setting(
    "SWITCHBOARD_RETENTION_DAYS",
    integer(1, 36_500) as Parse<number | null>,
    null,
    "Days after which ended sessions are removed; unset: never. A connection in the YAML file may have its own.",
  ),
  rawRetentionDays: setting(
    "SWITCHBOARD_RAW_RETENTION_DAYS",
    integer(1, 36_500) as Parse<number | null>,
    null,
    "Days after which providers' payloads of ended sessions are removed; unset: with the session.",
  ),
  changeRetentionHours: setting(
    "SWITCHBOARD_CHANGE_RETENTION_HOURS",
    integer(1, 24 * 366),
    24,
    "Hours for which the change log is kept.",
  ),
  commandRetentionDays: setting(
    "SWITCHBOARD_COMMAND_RETENTION_DAYS",
    integer(1, 36_500),
    90,
    "Days for which commands with an outcome are kept.",
  ),
  redisUrl: setting("REDIS_URL", redisUrl, null, "Change fan-out between several gateways."),
  publicUrl: setting("SWITCHBOARD_PUBLIC_URL", baseUrl, null, "Where providers can reach the webhooks."),
  auth: setting(
    "SWITCHBOARD_AUTH",
    oneOf("required", "open"),
    "required",
    "Whether callers must show who they are.",
  ),
  apiKeysFile: setting(
    "SWITCHBOARD_API_KEYS_FILE",
    optionalText,
    null,
    "JSON file of API keys and their rights.",
  ),
  jwksUrl: setting("SWITCHBOARD_JWKS_URL", httpUrl, null, "Keys that bearer JWTs are signed with."),
  jwtIssuer: setting("SWITCHBOARD_JWT_ISSUER", optionalText, null, "Issuer that bearer JWTs must name."),
  jwtAudience: setting(
    "SWITCHBOARD_JWT_AUDIENCE",
    optionalText,
    null,
    "Audience that bearer JWTs must name.",
  ),
  pollLiveMs: setting(
    "SWITCHBOARD_POLL_LIVE_MS",
    integer(100, 3_600_000),
    2_000,
    "Polling while somebody watches, ms.",
  ),
  pollIdleMs: setting("SWITCHBOARD_POLL_IDLE_MS", integer(100, 3_600_000), 30_000, "Polling otherwise, ms."),
  providerTimeoutMs: setting(
    "SWITCHBOARD_PROVIDER_TIMEOUT_MS",
    integer(1, 600_000),
    10_000,
    "One attempt of a read, ms.",
  ),
  commandTimeoutMs: setting(
    "SWITCHBOARD_COMMAND_TIMEOUT_MS",
    integer(1, 600_000),
    30_000,
    "The answer to a write, ms.",
  ),
  liveBufferBytes: setting(
    "SWITCHBOARD_LIVE_BUFFER_BYTES",
    integer(1_024, 1_073_741_824),
    1_048_576,
    "Bytes that may wait for a WebSocket or event stream to read them; beyond it the client is closed.",
  ),
  liveBufferMessages: setting(
    "SWITCHBOARD_LIVE_BUFFER_MESSAGES",
    integer(1, 1_000_000),
    10_000,
    "Messages that may wait for a WebSocket or event stream to read them.",
  ),
  liveKeepAliveMs: setting(
    "SWITCHBOARD_LIVE_KEEP_ALIVE_MS",
    integer(100, 600_000),
    15_000,
    "How often clients that stay connected are pinged, ms; those who give no sign are closed.",
  ),
  liveCloseMs: setting(
    "SWITCHBOARD_LIVE_CLOSE_MS",
    integer(100, 600_000),
    60_000,
    "How long a client that was closed may take to read what waits for it and why it was closed, ms.",
  ),
  liveOperationsPerSocket: setting(
    "SWITCHBOARD_LIVE_OPERATIONS_PER_SOCKET",
    integer(1, 100_000),
    50,
    "Subscriptions and other operations at a time on one WebSocket.",
  ),
  liveConnectionsPerPrincipal: setting(
    "SWITCHBOARD_LIVE_CONNECTIONS_PER_PRINCIPAL",
    integer(1, 1_000_000) as Parse<number | null>,
    null,
    "WebSockets and event streams at a time with the same credentials; unset: any number.",
  ),
  defaultRegion: setting(
    "SWITCHBOARD_DEFAULT_REGION",
    region,
    "US",
    "Country of numbers written without a country code.",
  ),
  introspection: setting(
    "SWITCHBOARD_INTROSPECTION",
    oneOf("on", "off"),
    null as "on" | "off" | null,
    "Schema introspection.",
  ),
  playground: setting(
    "SWITCHBOARD_PLAYGROUND",
    oneOf("on", "off"),
    null as "on" | "off" | null,
    "GraphiQL at /graphql.",
  ),
  trustedDocuments: setting(
    "SWITCHBOARD_TRUSTED_DOCUMENTS",
    optionalText,
    null,
    "Manifest of the only operations that run.",
  ),
  logLevel: setting(
    "LOG_LEVEL",
    oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
    "info",
    "How much is logged.",
  ),
} satisfies Record<string, Setting<unknown>>;

export type SettingName = keyof typeof SETTINGS;

/** Values of all settings, read and checked. */
export type Settings = {
  readonly [K in SettingName]: (typeof SETTINGS)[K]["default"] | ReturnType<(typeof SETTINGS)[K]["parse"]>;
};

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

/** Reads all settings: the environment first, then the file, then the default. Problems are collected, not thrown. */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, unknown>>,
  problems: ConfigProblem[],
): Settings {
  const values: Record<string, unknown> = {};
  for (const [name, { env, parse, default: fallback }] of Object.entries<Setting<unknown>>(SETTINGS)) {
    const given = environment[env]?.trim() || undefined;
    const source = given === undefined ? name : env;
    const raw = given ?? file[name];
    values[name] = fallback;
    if (raw === undefined || raw === null || raw === "") continue;
    if (typeof raw !== "string" && typeof raw !== "number") {
      problems.push(
        new ConfigProblem(
          source,
          `expected text or a number, got ${Array.isArray(raw) ? "a list" : typeof raw}`,
        ),
      );
      continue;
    }
    try {
      values[name] = parse(String(raw));
    } catch (error) {
      problems.push(new ConfigProblem(source, error instanceof Error ? error.message : String(error)));
    }
  }
  return values as Settings;
}
