import type { ConfigField, ConfigValues } from "../provider.js";

/** Plivo reference §1. The Auth ID is the user of Basic authentication and part of every path. */
export const PLIVO_CONFIG: readonly ConfigField[] = [
  {
    key: "authId",
    env: "PLIVO_AUTH_ID",
    description: "the Auth ID of the account (MA...), or of a subaccount (SA...) to see only what it owns",
    required: true,
  },
  { key: "authToken", env: "PLIVO_AUTH_TOKEN", description: "its Auth Token", required: true, secret: true },
  {
    key: "subaccount",
    env: "PLIVO_SUBACCOUNT",
    description:
      "Auth ID (SA...) of the one subaccount to work for with the account's own credentials: only its sessions are " +
      "listed, and new ones are its own unless they name another. Default: all of the account.",
  },
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
  {
    key: "callbackSignatures",
    env: "PLIVO_CALLBACK_SIGNATURES",
    description:
      "which signatures of callbacks are good: v3, or v2 too for accounts whose callbacks have no V3",
    type: { oneOf: ["v3", "v2"] },
    default: "v3",
  },
];

/** The values above, by name. */
export interface PlivoConfig {
  authId: string;
  authToken: string;
  /** Undefined: everything the Auth ID may see. */
  subaccount: string | undefined;
  baseUrl: string;
  currency: string;
  /** Callbacks without a V3 signature are taken by their V2 one. */
  takesV2: boolean;
}

/** A subaccount's Auth ID: 20 characters, the first two SA (§1). */
export const SUBACCOUNT_ID = /^SA[A-Za-z0-9]{18}$/;

/** Reads checked values. */
export function toPlivoConfig(values: ConfigValues): PlivoConfig {
  const text = (key: string) => String(values[key] ?? "");
  return {
    authId: text("authId"),
    authToken: text("authToken"),
    subaccount: text("subaccount") || undefined,
    baseUrl: text("baseUrl"),
    currency: text("currency"),
    takesV2: text("callbackSignatures") === "v2",
  };
}

/**
 * What cannot be right. The length of an Auth ID is left to Plivo, which answers 401 for a wrong one; characters that
 * no id has are a mistake of copying, and would name another path.
 */
export function checkPlivoConfig(values: ConfigValues): readonly string[] {
  const { authId, subaccount } = toPlivoConfig(values);
  const problems: string[] = [];
  if (!/^[A-Za-z0-9_-]+$/.test(authId)) {
    problems.push(
      "authId: holds characters that no Auth ID has; expected MA or SA and 18 letters or digits.",
    );
  }
  if (subaccount !== undefined && !SUBACCOUNT_ID.test(subaccount)) {
    problems.push("subaccount: expected a subaccount's Auth ID, SA and 18 letters or digits.");
  } else if (subaccount !== undefined && authId.startsWith("SA") && subaccount !== authId) {
    problems.push("subaccount: the Auth ID is itself a subaccount's, which has none; leave it out.");
  }
  return problems;
}
