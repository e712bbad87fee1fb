/** What a Speko call can be told (Speko reference §3, §7): one `POST` each, never repeated. */
import { BadUserInputError, type ProviderErrorSource } from "../../errors/index.js";
import { pathSegment } from "../../http/path-segment.js";
import { isJsonObject } from "../../model/index.js";
import {
  createCommands,
  type AcceptedCommand,
  type Command,
  type CommandSpec,
  type ProviderCommands,
} from "../commands.js";
import type { SpekoClient } from "./speko.client.js";
import { readFinalizeAnswer, readTransferAnswer, type CommandReply } from "./speko.command-answers.js";
import { checkCommand, COMMAND_MEMBERS, type SpekoCommandKind } from "./speko.command-rules.js";
import { unexpectedShape } from "./speko.errors.js";
import { toSpekoRefusal } from "./speko.refusal.js";

/** What the commands are sent with. */
export interface SpekoCommandSenders {
  client: SpekoClient;
  /** For answers that wait for people: minutes, in which nothing else may have to wait behind them. */
  patientClient: SpekoClient;
  source: ProviderErrorSource;
}

/** How one kind differs from the others. */
interface Route {
  /** Path below the call. */
  path: (command: Command) => string;
  read: (reply: CommandReply) => AcceptedCommand;
  /** True when the answer may wait until somebody picks up. @default never */
  waitsForPeople?: (command: Command) => boolean;
}

/** The answer of a transfer that waits for people may take this many times the usual (§6). */
const PATIENCE = 5;

/** Puts the commands of one connection together. */
export function createSpekoCommands({
  client,
  patientClient,
  source,
}: SpekoCommandSenders): ProviderCommands {
  const routes: Readonly<Record<SpekoCommandKind, Route>> = {
    TRANSFER_BLIND: { path: () => "/transfers/blind", read: readTransferAnswer },
    TRANSFER_WARM: { path: () => "/transfers/warm", read: readTransferAnswer, waitsForPeople: () => true },
    COMPLETE_TRANSFER: { path: (command) => `${transferPath(command)}/complete`, read: readTransferAnswer },
    CANCEL_TRANSFER: {
      path: (command) => `${transferPath(command)}/cancel`,
      read: readTransferAnswer,
      // Going on with the next recipient is starting a transfer again.
      waitsForPeople: ({ input }) => input["tryNext"] === true,
    },
    FINALIZE_REPORT: { path: () => "/report/finalize", read: readFinalizeAnswer },
    END: { path: () => "/end", read: (reply) => readEndAnswer(reply, source) },
  };

  const toSpec = (kind: SpekoCommandKind): CommandSpec => ({
    check: (command) => checkCommand(kind, command),
    async send(command, { timeoutMs }) {
      const { path, read, waitsForPeople } = routes[kind];
      const { session, transferId } = command;
      let target: string;
      try {
        target = `/v1/calls/${pathSegment(session?.providerId ?? "")}${path(command)}`;
      } catch (error) {
        if (!(error instanceof BadUserInputError)) throw error;
        return {
          kind: "refused",
          code: "BAD_USER_INPUT",
          problems: [{ path: [], message: error.message }],
        };
      }
      const isSlow = waitsForPeople?.(command) ?? false;
      const answer = await (isSlow ? patientClient : client).post(
        target,
        command.input,
        isSlow ? PATIENCE * timeoutMs : timeoutMs,
      );
      if (answer.status >= 400) return toSpekoRefusal(answer, kind);
      if (session === null) return { kind: "accepted" };
      return read({ json: answer.json, sentAt: answer.sentAt, session, transferId });
    },
  });

  const kinds = Object.keys(COMMAND_MEMBERS) as SpekoCommandKind[];
  return createCommands(Object.fromEntries(kinds.map((kind) => [kind, toSpec(kind)])));
}

function transferPath({ transferId }: Command): string {
  return `/transfers/${pathSegment(transferId ?? "")}`;
}

/**
 * `ending` is a receipt and no proof, `already_ended` is what was wanted: neither says how the call went, which the
 * read that follows does. Throws `ProviderBadResponseError` for a success that says of itself that it is none.
 */
function readEndAnswer({ json }: CommandReply, source: ProviderErrorSource): AcceptedCommand {
  if (isJsonObject(json) && json["ok"] === false)
    throw unexpectedShape("an end that was taken note of", source);
  return { kind: "accepted" };
}
