import { isPathSegment } from "./speko.command-rules.js";
import type { ConfigField, ConfigValues } from "../provider.js";
import { isWebhookSecret } from "./speko.webhooks.js";

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
  /** Of the webhook endpoint, the one to sign with first; empty where deliveries are not taken. */
  webhookSecrets: readonly string[];
  baseUrl: string;
}

/** Problems that a look at one field cannot find, as sentences. */
export function checkSpekoConfig(values: ConfigValues): readonly string[] {
  const { agentIds, webhookSecrets } = toSpekoConfig(values);
  return [
    ...(agentIds.every(isPathSegment)
      ? []
      : ["agentIds (SPEKO_AGENT_IDS) has one that cannot be the id of an agent"]),
    ...(webhookSecrets.every(isWebhookSecret)
      ? []
      : [
          "webhookSecrets (SPEKO_WEBHOOK_SECRETS) has one that starts with whsec_ but is not base64 after it",
        ]),
  ];
}

/** Values that have passed the configuration's checks, typed. */
export function toSpekoConfig(values: ConfigValues): SpekoConfig {
  return {
    apiKey: String(values["apiKey"]),
    agentIds: toList(values["agentIds"]),
    webhookSecrets: toList(values["webhookSecrets"]),
    baseUrl: String(values["baseUrl"]),
  };
}

function toList(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === "string" ? [value] : (value ?? []);
}
