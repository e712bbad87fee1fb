/** What a masking session can be told (Plivo reference §5, §7, §8): to be made, changed and expired. */
import { BadUserInputError, type ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer } from "../../http/http-client.js";
import { pathSegment } from "../../http/path-segment.js";
import type { EpochMs, JsonObject, JsonValue, SessionSnapshot } from "../../model/index.js";
import {
  createCommands, type AcceptedCommand, type Command, type CommandSpec, type InputProblem, type ProviderCommands,
} from "../commands.js"; // prettier-ignore
import type { SessionReference } from "../provider.js";
import { parseAnswer } from "../wire/index.js";
import type { PlivoClient } from "./plivo.client.js";
import { toBody } from "./plivo.command-body.js";
import { checkCreate, checkEnd, checkUpdate, CREATE_FIELDS, UPDATE_FIELDS } from "./plivo.command-rules.js";
import { unexpectedShape } from "./plivo.errors.js";
import { toPlivoRefusal } from "./plivo.refusal.js";
import { parseWritten, tryParse } from "./plivo.wire.js";

/** What the commands of one connection work with. */
export interface PlivoCommandsOptions {
  client: PlivoClient;
  source: ProviderErrorSource;
  /** Owner of new sessions that name none. */
  subaccount: string | undefined;
  /** Where callbacks of new sessions go that name no receiver of their own; null: nowhere. */
  callbackUrl: string | null;
  /** The snapshot of a session that an answer carries; null for what is none. */
  toSnapshot: (json: JsonValue, observedAt: EpochMs) => SessionSnapshot | null;
}

/** The commands of one connection. Whether a session can still take one is Plivo's to say: the cache may be behind. */
export function createPlivoCommands(options: PlivoCommandsOptions): ProviderCommands {
  return createCommands({ CREATE: toCreate(options), UPDATE: toUpdate(options), END: toEnd(options) });
}

function toCreate(options: PlivoCommandsOptions): CommandSpec {
  const { client, source, subaccount, toSnapshot } = options;
  return {
    check: checkCreate,
    async send({ input }, { timeoutMs }) {
      const owner = subaccount === undefined ? {} : { subaccount };
      const told = { ...owner, ...toReceivers(input, options), ...toBody(input, CREATE_FIELDS) };
      const answer = await client.create(told, timeoutMs);
      if (!isDone(answer)) {
        const notFound = "there is no such account; check the connection's Auth ID and base URL.";
        return toPlivoRefusal(answer, { input, takes: CREATE_FIELDS, notFound });
      }
      // Without the id nobody could say which session was made, if any was.
      const { id, session } = parseWritten(parseAnswer(answer, source));
      const snapshot = session === null ? null : toSnapshot(session, answer.sentAt);
      const createdId = snapshot?.providerId ?? id;
      if (createdId === null) throw unexpectedShape("the session that was made", source);
      return { kind: "accepted", createdId, ...asSnapshots(snapshot) };
    },
  };
}

/** Where news of a new session goes unless its creator has said. An address of 1000 characters would be refused (§5.1). */
function toReceivers(input: JsonObject, { callbackUrl }: PlivoCommandsOptions): JsonObject {
  if (callbackUrl === null || callbackUrl.length >= 1000) return {};
  const recording = input["record"] === true ? { recording_callback_url: callbackUrl } : {};
  return { callback_url: callbackUrl, ...recording };
}

function toUpdate({ client, toSnapshot }: PlivoCommandsOptions): CommandSpec {
  return {
    check: (command) => [...checkId(command), ...checkUpdate(command)],
    async send(command, { timeoutMs }) {
      const { input } = command;
      const { providerId } = sessionOf(command);
      const answer = await client.update(providerId, toBody(input, UPDATE_FIELDS), timeoutMs);
      if (!isDone(answer)) return toPlivoRefusal(answer, { input, takes: UPDATE_FIELDS });
      const { session } = parseWritten(tryParse(answer.text));
      const snapshot = session === null ? null : toSnapshot(session, answer.sentAt);
      // An answer about another session would be stored as news of that one.
      const isOurs = snapshot?.providerKey === providerId.toLowerCase();
      return { kind: "accepted", ...asSnapshots(isOurs ? snapshot : null) };
    },
  };
}

/** The answer, with a body or without (204), tells nothing of the session (§8). */
function toEnd({ client }: PlivoCommandsOptions): CommandSpec {
  return {
    check: (command) => [...checkId(command), ...checkEnd(command)],
    async send(command, { timeoutMs }) {
      const answer = await client.expire(sessionOf(command).providerId, timeoutMs);
      return isDone(answer)
        ? { kind: "accepted" }
        : toPlivoRefusal(answer, { input: command.input, takes: [] });
    },
  };
}

/** 200, 201, 202 and 204 all mean success, whatever the command (§4). */
function isDone({ status }: HttpAnswer): boolean {
  return status < 300;
}

function asSnapshots(snapshot: SessionSnapshot | null | undefined): Pick<AcceptedCommand, "snapshots"> {
  return snapshot === null || snapshot === undefined ? {} : { snapshots: [snapshot] };
}

function sessionOf({ kind, session }: Command): SessionReference {
  if (session === null) throw new RangeError(`${kind} needs a session`);
  return session;
}

/** An id that cannot be one segment of a path would name something else, such as the list. */
function checkId({ session }: Command): readonly InputProblem[] {
  try {
    if (session !== null) pathSegment(session.providerId);
    return [];
  } catch (error) {
    if (error instanceof BadUserInputError) return [{ path: [], message: error.message }];
    throw error;
  }
}
