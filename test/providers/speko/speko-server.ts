/** A real HTTP server that plays Speko from a script, and a connection to it. */
import type { Command, CommandKind } from "../../../src/providers/commands.js";
import type { ProviderConnection, SessionReference } from "../../../src/providers/provider.js";
import { spekoModule } from "../../../src/providers/speko/speko.module.js";
import type { JsonObject } from "../../../src/model/index.js";
import { createCaptureLogger, type LogLine } from "../../support/capture-logger.js";
import { startScriptedServer, type Script, type ScriptedServer } from "../../support/scripted-server.js";

export const NOW = Date.parse("2026-03-01T12:00:00Z");
export const API_KEY = "sk_live_0123456789abcdef";

export interface SpekoServer extends AsyncDisposable {
  server: ScriptedServer;
  connection: ProviderConnection;
  lines: LogLine[];
}

/** A connection to a base URL. */
export function connectSpeko(
  baseUrl: string,
  config: { agentIds?: readonly string[]; webhookSecrets?: readonly string[] } = {},
): { connection: ProviderConnection; lines: LogLine[] } {
  const { log, lines } = createCaptureLogger();
  const connection = spekoModule.connect({
    name: "speko",
    config: { apiKey: API_KEY, baseUrl, ...config },
    log,
    attemptTimeoutMs: 5_000,
    defaultRegion: "US",
    now: () => NOW,
  });
  return { connection, lines };
}

/** Starts the server and a connection to it. */
export async function startSpeko(
  script: Script,
  config?: Parameters<typeof connectSpeko>[1],
): Promise<SpekoServer> {
  const server = await startScriptedServer(script);
  const { connection, lines } = connectSpeko(server.url, config);
  return {
    server,
    connection,
    lines,
    async [Symbol.asyncDispose]() {
      await connection.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** A stored call. */
export function storedCall(given: Partial<SessionReference> = {}): SessionReference {
  return {
    providerId: "call_1",
    channel: "VOICE",
    direction: "INBOUND",
    phase: "LIVE",
    state: "IN_PROGRESS",
    startedAt: NOW - 60_000,
    endedAt: null,
    fields: {},
    ...given,
  };
}

/** A command on that call, and on its transfer `tr_1` where it is about one. */
export function toCommand(kind: CommandKind, input: JsonObject = {}, given: Partial<Command> = {}): Command {
  const ofTransfer = kind === "COMPLETE_TRANSFER" || kind === "CANCEL_TRANSFER";
  return {
    kind,
    input,
    session: storedCall(),
    transferId: ofTransfer ? "tr_1" : null,
    consultation: null,
    ...given,
  };
}

/** A transfer as Speko tells it (reference §4.5). */
export function wireTransfer(given: JsonObject = {}): JsonObject {
  return {
    id: "tr_1",
    session_id: "call_1",
    organization_id: "org_1",
    kind: "warm",
    status: "requested",
    transfer_to: "+12025550134",
    from_room_name: "speko_room",
    consultation_room_name: null,
    caller_participant_identity: "sip_caller",
    recipient_participant_identity: null,
    outbound_trunk_id: "trunk_1",
    screening_prompt: null,
    summary: null,
    failure_cause: null,
    metadata: {},
    created_at: "2026-03-01T12:00:00.000Z",
    updated_at: "2026-03-01T12:00:00.500Z",
    completed_at: null,
    ...given,
  };
}
