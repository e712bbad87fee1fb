import type { ConfigField, ConfigValues } from "../provider.js";

/** Plivo reference §1. The Auth ID is the user of Basic authentication and part of every path. */
export const PLIVO_CONFIG: readonly ConfigField[] = [
  {
    key: "authId",
    env: "PLIVO_AUTH_ID",
    description: "the account's or subaccount's Auth ID",
    required: true,
  },
  { key: "authToken", env: "PLIVO_AUTH_TOKEN", description: "its Auth Token", required: true, secret: true },
  {
    key: "baseUrl",
    env: "PLIVO_BASE_URL",
    description: "where the API is",
    type: "url",
    default: "https://api.plivo.com",
  },
  {
    key: "currency",
    env: "PLIVO_CURRENCY",
    description: "ISO 4217 code of the account's currency, which no payload carries",
    default: "USD",
  },
];

/** The values above, by name. */
export interface PlivoConfig {
  authId: string;
  authToken: string;
  baseUrl: string;
  currency: string;
}

/** Reads checked values. */
export function toPlivoConfig(values: ConfigValues): PlivoConfig {
  const text = (key: string) => String(values[key] ?? "");
  return {
    authId: text("authId"),
    authToken: text("authToken"),
    baseUrl: text("baseUrl"),
    currency: text("currency"),
  };
}
