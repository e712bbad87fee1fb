import type { JsonObject } from "../../../src/model/index.js";
import type { Command } from "../../../src/providers/commands.js";
import { plivoModule } from "../../../src/providers/plivo/plivo.module.js";
import type { ConfigValues, ProviderConnection, SessionReference } from "../../../src/providers/provider.js";
import { createCaptureLogger, type LogLine } from "../../support/capture-logger.js";

export const AUTH_ID = "MAXXXXXXXXXXXXXXXXXX";
export const AUTH_TOKEN = "a-secret-token";
export const SUBACCOUNT = "SAXXXXXXXXXXXXXXXXXX";
export const SESSION_ID = "5c1d7a90-8a8e-4a0f-9d52-1f0f6f3f0a01";
export const NOW = Date.UTC(2026, 0, 5, 9, 10);

export interface ConnectedPlivo extends AsyncDisposable {
  plivo: ProviderConnection;
  lines: LogLine[];
}

/** A connection to a server that plays Plivo. `attemptTimeoutMs` is for reads. */
export function connectPlivo(
  baseUrl: string,
  config: ConfigValues = {},
  attemptTimeoutMs = 5_000,
  webhookUrl: string | null = null,
): ConnectedPlivo {
  const { log, lines } = createCaptureLogger();
  const plivo = plivoModule.connect({
    name: "plivo",
    config: { authId: AUTH_ID, authToken: AUTH_TOKEN, baseUrl, currency: "USD", ...config },
    log,
    attemptTimeoutMs,
    defaultRegion: "US",
    webhookUrl,
    now: () => NOW,
  });
  return { plivo, lines, [Symbol.asyncDispose]: () => plivo.close() };
}

/** What the cache knows of a session. */
export function referenceTo(providerId = SESSION_ID, fields: JsonObject = {}): SessionReference {
  return { providerId, startedAt: NOW, endedAt: null, fields };
}

/** The command to make a session. */
export function createCommand(input: JsonObject): Command {
  return { kind: "CREATE", input, session: null, transferId: null, consultation: null };
}

/** The command to change a session. */
export function updateCommand(input: JsonObject, session = referenceTo()): Command {
  return { kind: "UPDATE", input, session, transferId: null, consultation: null };
}

/** The command to expire a session. */
export function endCommand(session = referenceTo(), input: JsonObject = {}): Command {
  return { kind: "END", input, session, transferId: null, consultation: null };
}
