/** Commands as the gateway gives them, and answers of the server to them. */
import type { ServerResponse } from "node:http";
import type { JsonObject } from "../../../src/model/index.js";
import type { Command, CommandAnswer, CommandKind } from "../../../src/providers/commands.js";
import { sendJson, type SeenRequest } from "../../support/scripted-server.js";
import { SESSIONS_NAMESPACE, toXml, type Row } from "./bodies.js";
import { startEvo, type EvoOptions, type EvoServer } from "./evo-server.js";

/** Milliseconds; long enough for everything that answers at all. */
export const TIMEOUT_MS = 5_000;

export function command(kind: CommandKind, input: JsonObject = {}, id = "s1"): Command {
  const session = { providerId: id, startedAt: null, endedAt: null, fields: {} };
  return {
    kind,
    input,
    session: kind === "CREATE" ? null : session,
    transferId: null,
    consultation: null,
  };
}

/** Every kind with the least that it takes, and where it goes. */
export const EACH: readonly [CommandKind, JsonObject, string][] = [
  ["CREATE", {}, "POST /sessions"],
  ["UPDATE", { callState: "Connected" }, "PATCH /sessions/s1"],
  ["END", {}, "DELETE /sessions/s1"],
  ["HOLD", {}, "POST /sessions/s1/hold"],
  ["TRANSFER_BLIND", { to: "+15035550177" }, "POST /sessions/s1/redirect"],
];

/** Checks and sends, as the gateway does. Throws when the check finds anything. */
export function run(evo: EvoServer, told: Command, timeoutMs = TIMEOUT_MS): Promise<CommandAnswer> {
  const problems = evo.connection.commands.check(told);
  if (problems.length > 0) throw new Error(`unexpected problems: ${JSON.stringify(problems)}`);
  return evo.connection.commands.send(told, { timeoutMs });
}

/** The failure that `work` ends in. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (answer) => {
      throw new Error(`expected a failure, got ${JSON.stringify(answer)}`);
    },
    (error: unknown) => error,
  );
}

/** Answers every write with one session, in the format asked for. */
export function sendSession(row: Row) {
  return (request: SeenRequest, response: ServerResponse): void => {
    if (request.headers.accept !== "application/xml") return sendJson(response, row);
    response
      .writeHead(200, { "content-type": "application/xml" })
      .end(toXml("SessionInfo", SESSIONS_NAMESPACE, row));
  };
}

/** Starts a server that answers every write with this status and body. */
export function startRefusing(status: number, body: string, options?: EvoOptions): Promise<EvoServer> {
  return startEvo({ write: (_, response) => void response.writeHead(status).end(body) }, options);
}
