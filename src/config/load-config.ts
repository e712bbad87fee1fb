/** The one place that turns environment and file into a checked configuration. */
import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import type { ProviderModule } from "../providers/provider.js";
import { readApiKeys, type ApiKey } from "./api-keys.js";
import { connectionsFromEnvironment, connectionsFromFile, type ConnectionConfig } from "./connections.js";
import { ConfigProblem, isLoopback, readSettings, SETTINGS, type Settings } from "./settings.js";

/** Everything the process needs to know before it starts. */
export interface Config extends Omit<Settings, "introspection" | "playground"> {
  introspection: boolean;
  playground: boolean;
  apiKeys: readonly ApiKey[];
  connections: readonly ConnectionConfig[];
}

/** Thrown once, with every problem there is. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => `${problem.key}: ${problem.message}`).join("\n"));
    this.name = "ConfigError";
  }
}

/**
 * Reads and checks the configuration (contract, "Configuration"): environment first, then the YAML file named by
 * `SWITCHBOARD_CONFIG`. Throws `ConfigError` with all problems at once; having no connection is not one of them.
 */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>>,
  modules: readonly ProviderModule[],
): Config {
  const problems: ConfigProblem[] = [];
  const file = readConfigFile(environment["SWITCHBOARD_CONFIG"], problems);
  const settings = readSettings(environment, file, problems);
  const known = new Set([...Object.keys(SETTINGS), "connections"]);
  for (const key of Object.keys(file).filter((candidate) => !known.has(candidate))) {
    problems.push(new ConfigProblem(key, "is not a setting; see the README for those there are"));
  }
  const fromEnvironment = connectionsFromEnvironment(modules, environment, settings.defaultRegion, problems);
  const fromFile = connectionsFromFile(
    modules,
    file["connections"],
    environment,
    settings.defaultRegion,
    problems,
  );
  const connections = [...fromEnvironment, ...fromFile];
  const names = connections.map((connection) => connection.name);
  for (const name of new Set(names.filter((candidate, index) => names.indexOf(candidate) !== index))) {
    problems.push(new ConfigProblem("connections", `two connections are called ${JSON.stringify(name)}`));
  }
  const apiKeys = settings.apiKeysFile === null ? [] : readApiKeys(settings.apiKeysFile, problems);
  checkAuth(settings, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const open = settings.auth === "open";
  return {
    ...settings,
    introspection: settings.introspection === null ? open : settings.introspection === "on",
    playground: settings.playground === null ? open : settings.playground === "on",
    apiKeys,
    connections,
  };
}

function readConfigFile(path: string | undefined, problems: ConfigProblem[]): Record<string, unknown> {
  if (path === undefined || path.trim() === "") return {};
  try {
    const file: unknown = parseYaml(readFileSync(path, "utf8"));
    if (typeof file === "object" && file !== null && !Array.isArray(file))
      return file as Record<string, unknown>;
    if (file !== null)
      problems.push(new ConfigProblem("SWITCHBOARD_CONFIG", `expected settings by name in ${path}`));
  } catch (error) {
    const line = /at line \d+, column \d+/.exec(error instanceof Error ? error.message : "")?.[0];
    const what = line === undefined ? `cannot read ${path}` : `${path} is not valid YAML ${line}`;
    problems.push(new ConfigProblem("SWITCHBOARD_CONFIG", what));
  }
  return {};
}

/** Settings that would weaken the gateway without doing what they say are refused rather than ignored. */
function checkAuth(settings: Settings, problems: ConfigProblem[]): void {
  if (settings.auth === "open" && !isLoopback(settings.host)) {
    problems.push(
      new ConfigProblem(
        "SWITCHBOARD_AUTH",
        `open gives every scope to everyone, so HOST must be loopback, not ${settings.host}`,
      ),
    );
  }
  if (settings.jwksUrl !== null) {
    problems.push(
      new ConfigProblem(
        "SWITCHBOARD_JWKS_URL",
        "this version does not check JWTs yet; use SWITCHBOARD_API_KEYS_FILE",
      ),
    );
  }
  if (settings.trustedDocuments !== null) {
    problems.push(
      new ConfigProblem("SWITCHBOARD_TRUSTED_DOCUMENTS", "this version does not restrict operations yet"),
    );
  }
}
