/** What a PBX can be told (PortSIP reference §3.3, §3.6): each command's request, and what its answer means. */
import { BadUserInputError, type ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer } from "../../http/http-client.js";
import type { EpochMs, JsonObject } from "../../model/index.js";
import {
  createCommands,
  type Command,
  type CommandAnswer,
  type CommandOptions,
  type CommandSpec,
  type ProviderCommands,
} from "../commands.js";
import type { SessionReference } from "../provider.js";
import { parseAnswer, readObject } from "../wire/index.js";
import type { PortsipClient } from "./portsip.client.js";
import {
  checkBlindTransfer,
  checkCreate,
  checkEnd,
  checkHold,
  checkWarmTransfer,
  CREATE_FIELDS,
} from "./portsip.command-rules.js";
import {
  farEnd,
  toCreatedSnapshot,
  toHoldSnapshot,
  toTransferSnapshot,
} from "./portsip.command-snapshots.js";
import { unexpectedShape } from "./portsip.errors.js";
import { isPortsipId } from "./portsip.id.js";
import { toPortsipRefusal } from "./portsip.refusals.js";

/** What the commands of one connection are built from. */
export interface PortsipCommandContext {
  client: PortsipClient;
  source: ProviderErrorSource;
  defaultRegion: string;
  now: () => EpochMs;
}

type Names = ReadonlyMap<string, string>;

/** A command about a session that was given. */
type SessionCommand = Command & { session: SessionReference };

/** Members of the call-control inputs by PortSIP's names (§3.6). The first call of an attended transfer is the session. */
const CONTROL_FIELDS: Names = new Map([
  ["extension_number", "extensionNumber"],
  ["refer_to", "to"],
  ["refer_to_2", "to"],
  ["session_2", "consultationSessionId"],
  ["refer_to_1", "sessionId"],
  ["session_1", "sessionId"],
]);

/** Means "no session given: find the call by its number" (Q11). */
const NO_SESSION = "0";

/** Builds the commands of one connection. */
export function createPortsipCommands(context: PortsipCommandContext): ProviderCommands {
  const { client, source, defaultRegion, now } = context;

  const create: CommandSpec = {
    check: checkCreate,
    async send({ input }, { timeoutMs }) {
      const answer = await client.create(toCreateBody(input), timeoutMs);
      if (answer.status >= 400) return toPortsipRefusal(answer, CREATE_FIELDS);
      const id = readObject(parseAnswer(answer, source), [])?.text("id") ?? null;
      if (id === null || !isPortsipId(id)) throw unexpectedShape("the id of the new session", source);
      const snapshot = toCreatedSnapshot(id, input, answer.sentAt, defaultRegion);
      return { kind: "accepted", createdId: id, snapshots: [snapshot] };
    },
  };

  const toHoldSpec = (action: "hold" | "unhold", state: "ON_HOLD" | "IN_PROGRESS"): CommandSpec =>
    ofSession(
      checkHold,
      ({ session, input }, { timeoutMs }) =>
        client.control(
          session.providerId,
          action,
          { extension_number: input["extensionNumber"] ?? null },
          timeoutMs,
        ),
      ({ session }) => ({ kind: "accepted", snapshots: [toHoldSnapshot(session, state, now())] }),
    );

  const toRequested = (command: SessionCommand): CommandAnswer => {
    const { snapshot, key } = toTransferSnapshot(command, now(), defaultRegion);
    return { kind: "accepted", snapshots: [snapshot], transferKey: key };
  };

  return createCommands({
    CREATE: create,
    HOLD: toHoldSpec("hold", "ON_HOLD"),
    RESUME: toHoldSpec("unhold", "IN_PROGRESS"),
    TRANSFER_BLIND: ofSession(
      checkBlindTransfer,
      ({ session, input }, { timeoutMs }) => {
        const body = { extension_number: input["extensionNumber"] ?? null, refer_to: input["to"] ?? null };
        return client.control(session.providerId, "refer", body, timeoutMs);
      },
      toRequested,
    ),
    TRANSFER_WARM: ofSession(
      checkWarmTransfer,
      (command, { timeoutMs }) => client.attendedRefer(toAttendedBody(command), timeoutMs),
      toRequested,
    ),
    END: ofSession(
      checkEnd,
      ({ session }, { timeoutMs }) => client.control(session.providerId, "destroy", null, timeoutMs),
      () => ({ kind: "accepted" }),
    ),
  });
}

/** A command whose answer has no body that matters: 2xx is accepted, whichever (Q5). */
function ofSession(
  check: CommandSpec["check"],
  request: (command: SessionCommand, options: CommandOptions) => Promise<HttpAnswer>,
  accept: (command: SessionCommand) => CommandAnswer,
): CommandSpec {
  return {
    check,
    async send(command, options) {
      const { session } = command;
      if (session === null) throw new BadUserInputError("This needs a session.");
      const answer = await request({ ...command, session }, options);
      if (answer.status >= 400) return toPortsipRefusal(answer, CONTROL_FIELDS);
      return accept({ ...command, session });
    },
  };
}

function toCreateBody(input: JsonObject): JsonObject {
  const body: JsonObject = {};
  for (const [wireName, name] of CREATE_FIELDS) {
    const value = input[name] ?? null;
    if (value !== null) body[wireName] = value;
  }
  // Required, without a default of its own (§3.3).
  return { ...body, send_sdp: body["send_sdp"] ?? true };
}

/** Both calls by session where they are known, else by the number of their far end, which may then be empty (§3.6). */
function toAttendedBody({ session, consultation, input }: SessionCommand): JsonObject {
  const extension = String(input["extensionNumber"]);
  for (const { providerId } of [session, ...(consultation === null ? [] : [consultation])])
    if (!isPortsipId(providerId))
      throw new BadUserInputError("A session's id is not one that PortSIP gives.");
  return {
    extension_number: extension,
    session_1: session.providerId,
    refer_to_1: farEnd(session, extension) ?? "",
    session_2: consultation?.providerId ?? NO_SESSION,
    refer_to_2: input["to"] ?? "",
  };
}
