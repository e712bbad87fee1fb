import type { ConfigField, ConfigValues } from "../provider.js";

/** What a Speko connection is configured with (Speko reference §1). */
export const SPEKO_CONFIG: readonly ConfigField[] = [
  {
    key: "apiKey",
    env: "SPEKO_API_KEY",
    description: "the organization's API key (sk_live_…)",
    secret: true,
    required: true,
  },
  {
    key: "agentIds",
    env: "SPEKO_AGENT_IDS",
    description:
      "agents whose calls are listed, comma-separated; without it, every session of the organization",
    type: "list",
  },
  {
    key: "webhookSecrets",
    env: "SPEKO_WEBHOOK_SECRETS",
    description: "signing secrets of the webhook endpoint, comma-separated: several during a rotation",
    secret: true,
    type: "list",
  },
  {
    key: "baseUrl",
    env: "SPEKO_BASE_URL",
    description: "scheme and host of the API",
    default: "https://api.speko.dev",
    type: "url",
  },
];

export interface SpekoConfig {
  apiKey: string;
  /** Empty: list the organization's sessions instead of the calls of each agent. */
  agentIds: readonly string[];
  baseUrl: string;
}

/** Values that have passed the configuration's checks, typed. */
export function toSpekoConfig(values: ConfigValues): SpekoConfig {
  return {
    apiKey: String(values["apiKey"]),
    agentIds: toList(values["agentIds"]),
    baseUrl: String(values["baseUrl"]),
  };
}

function toList(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === "string" ? [value] : (value ?? []);
}
