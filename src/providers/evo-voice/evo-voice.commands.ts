/**
 * What Evo Voice can be told to do (§5): create, update, end, hold, and transfer blindly. A hold is not taken back and a
 * warm transfer not made: no route does either, and that a PATCH of the record would move the call is not stated.
 */
import { ProviderBadResponseError, type ProviderErrorSource } from "../../errors/index.js";
import type { SessionSnapshot } from "../../model/index.js";
import {
  createCommands,
  type Command,
  type CommandAnswer,
  type CommandOptions,
  type CommandSpec,
  type ProviderCommands,
} from "../commands.js";
import type { EvoVoiceClient, EvoVoiceWritten } from "./evo-voice.client.js";
import {
  checkCreate,
  checkEnd,
  checkHold,
  checkRedirect,
  checkUpdate,
  CREATE_MEMBERS,
  HOLD_MEMBERS,
  REDIRECT_MEMBERS,
  toBody,
  UPDATE_MEMBERS,
  type MemberNames,
} from "./evo-voice.command-rules.js";
import { toEvoVoiceRefusal } from "./evo-voice.refusal.js";
import { toSessionSnapshot } from "./evo-voice.snapshot.js";

/** What the commands are made of. */
export interface EvoVoiceCommandDependencies {
  client: EvoVoiceClient;
  source: ProviderErrorSource;
  /** ISO 3166 alpha-2, for numbers without a country code. */
  defaultRegion: string;
}

/** How one command on a session is sent, beyond its rules. */
interface SessionWrite {
  check: CommandSpec["check"];
  members: MemberNames;
  needsUserRole: boolean;
  send(id: string, body: ReturnType<typeof toBody>, options: CommandOptions): Promise<EvoVoiceWritten>;
}

/** Builds a connection's commands. */
export function createEvoVoiceCommands(dependencies: EvoVoiceCommandDependencies): ProviderCommands {
  const { client, source, defaultRegion } = dependencies;

  /** The session that an accepted answer tells of; null where it tells of none. */
  function told(written: EvoVoiceWritten): SessionSnapshot | null {
    if (written.kind === "refused") return null;
    const { json, sentAt } = written;
    // One session by itself comes without its log (Q1).
    return toSessionSnapshot(json, { source: "COMMAND", observedAt: sentAt, defaultRegion, hasLog: false });
  }

  async function create(command: Command, options: CommandOptions): Promise<CommandAnswer> {
    const written = await client.createSession(toBody(command.input, CREATE_MEMBERS), options);
    if (written.kind === "refused") {
      const write = { members: CREATE_MEMBERS, hasSession: false, needsUserRole: true };
      return toEvoVoiceRefusal(written.answer, write);
    }
    const snapshot = told(written);
    if (snapshot === null) {
      throw new ProviderBadResponseError("Evo Voice accepted a new session without telling its id.", source);
    }
    return { kind: "accepted", snapshots: [snapshot], createdId: snapshot.providerId };
  }

  function onSession({ check, members, needsUserRole, send }: SessionWrite): CommandSpec {
    return {
      check,
      send: async ({ input, session }, options) => {
        const id = session?.providerId ?? "";
        const written = await send(id, toBody(input, members), options);
        if (written.kind === "refused") {
          return toEvoVoiceRefusal(written.answer, { members, hasSession: true, needsUserRole });
        }
        const snapshot = told(written);
        // An answer about another session says nothing of this one.
        return { kind: "accepted", snapshots: snapshot?.providerId === id ? [snapshot] : [] };
      },
    };
  }

  return createCommands({
    CREATE: { check: checkCreate, send: create },
    UPDATE: onSession({
      check: checkUpdate,
      members: UPDATE_MEMBERS,
      needsUserRole: false,
      send: (id, body, options) => client.patchSession(id, body, options),
    }),
    END: onSession({
      check: checkEnd,
      members: {},
      needsUserRole: true,
      send: (id, _, options) => client.endSession(id, options),
    }),
    HOLD: onSession({
      check: checkHold,
      members: HOLD_MEMBERS,
      needsUserRole: true,
      send: (id, body, options) => client.holdSession(id, body, options),
    }),
    TRANSFER_BLIND: onSession({
      check: checkRedirect,
      members: REDIRECT_MEMBERS,
      needsUserRole: true,
      send: (id, body, options) => client.redirectSession(id, body, options),
    }),
  });
}
