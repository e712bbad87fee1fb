import type { ConfigField, ConfigValues } from "../provider.js";

/** Each setting once: the environment, the YAML file, `--help` texts and error messages follow from this list. */
export const EXAMPLE_CONFIG: readonly ConfigField[] = [
  { key: "apiKey", env: "EXAMPLE_API_KEY", description: "the account's key", secret: true, required: true },
  {
    key: "baseUrl",
    env: "EXAMPLE_BASE_URL",
    description: "scheme and host of the API",
    default: "https://api.example.com",
    type: "url",
  },
];

/** The settings, typed. */
export interface ExampleConfig {
  apiKey: string;
  baseUrl: string;
}

/** Values that have passed the configuration's checks (required ones are there, URLs are URLs), typed. */
export function toExampleConfig(values: ConfigValues): ExampleConfig {
  return { apiKey: String(values["apiKey"]), baseUrl: String(values["baseUrl"]) };
}
