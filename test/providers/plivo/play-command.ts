import type { JsonObject } from "../../../src/model/index.js";
import type { Command, CommandAnswer } from "../../../src/providers/commands.js";
import { sendJson, startScriptedServer, type Script } from "../../support/scripted-server.js";
import { quietSession } from "./bodies.js";
import {
  AUTH_ID,
  connectPlivo,
  createCommand,
  endCommand,
  SESSION_ID,
  updateCommand,
} from "./connect-plivo.js";

/** What a session needs at least. */
export const PAIR = { firstParty: "+12025550134", secondParty: "+12025550156" };
export const SESSIONS = `/v1/Account/${AUTH_ID}/Masking/Session/`;
export const TIMEOUT = { timeoutMs: 5_000 };

/** What Plivo answers when it has made a session (§5.2). */
export const CREATED = {
  api_id: "x",
  session_uuid: SESSION_ID,
  virtual_number: "+12025550178",
  message: "Session created",
  session: quietSession(),
};

/** Every kind, each with an input that is right. */
export const EVERY_KIND: [string, Command][] = [
  ["CREATE", createCommand(PAIR)],
  ["UPDATE", updateCommand({ ringTimeout: 30 })],
  ["END", endCommand()],
];

/** A script that answers with JSON. */
export const answer =
  (body: unknown, status = 200): Script =>
  (_, response) =>
    sendJson(response, body, status);

/** Sends one command to a server that does as the script says; also what arrived there, and what was logged. */
export async function play(
  script: Script,
  command: Command,
  config: JsonObject = {},
  timeoutMs = TIMEOUT.timeoutMs,
) {
  await using server = await startScriptedServer(script);
  await using connected = connectPlivo(server.url, config as Record<string, string>);
  const outcome = await connected.plivo.commands
    .send(command, { timeoutMs })
    .then((said): { said: CommandAnswer; error: null } => ({ said, error: null }))
    .catch((error: unknown) => ({ said: null, error }));
  return { ...outcome, requests: server.requests, log: JSON.stringify(connected.lines) };
}
