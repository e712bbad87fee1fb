/**
 * What a provider can be told to do, and how it answers. The room `commands` records, orders and sends; a provider's
 * folder knows the rules of its input, the request that carries it, and what the answer means.
 */
import type { ErrorCode, ProviderError } from "../errors/index.js";
import type { Capability, JsonObject, JsonValue, SessionSnapshot } from "../model/index.js";
import type { SessionReference } from "./provider.js";

/** Everything a session can be told, with the capability that a connection needs for it. */
export const COMMAND_CAPABILITIES = {
  CREATE: "CREATE",
  UPDATE: "UPDATE",
  END: "END",
  HOLD: "HOLD",
  RESUME: "RESUME",
  TRANSFER_BLIND: "TRANSFER_BLIND",
  TRANSFER_WARM: "TRANSFER_WARM",
  COMPLETE_TRANSFER: "TRANSFER_WARM",
  CANCEL_TRANSFER: "TRANSFER_WARM",
  FINALIZE_REPORT: "REPORT",
} as const satisfies Record<string, Capability>;

export type CommandKind = keyof typeof COMMAND_CAPABILITIES;

/** One thing to do. */
export interface Command {
  kind: CommandKind;
  /**
   * The mutation's input by its names in the graph, without nulls, and without what the gateway itself reads:
   * `connection`, the ids, `kind`, `idempotencyKey`. Not checked yet beyond its GraphQL types.
   */
  input: JsonObject;
  /** The session it is about, as far as the cache knows it; null for CREATE. */
  session: SessionReference | null;
  /** The provider's id of the transfer, for COMPLETE_TRANSFER and CANCEL_TRANSFER. */
  transferId: string | null;
  /** A second session that takes part: the consultation of an attended transfer. */
  consultation: SessionReference | null;
}

/** One thing that is wrong with an input. Sentences for people; they never repeat the value, which may be personal. */
export interface InputProblem {
  /** Way to it below the input, e.g. `["destinations", "0", "to"]`; empty: nothing in particular. */
  path: readonly string[];
  message: string;
}

/** What the provider said. Anything else (no answer, 5xx, 401, 402, 429) is a thrown `ProviderError`. */
export type CommandAnswer = AcceptedCommand | RefusedCommand;

/** 2xx: it was done, or will be. */
export interface AcceptedCommand {
  kind: "accepted";
  /** What the answer itself tells of sessions, with source COMMAND. Stored before the session is read again. */
  snapshots?: readonly SessionSnapshot[];
  /** The provider's id of the session that CREATE made, where the answer says it. */
  createdId?: string;
  /** Transfers of the session that the answer names, by `TransferRecord.key`. */
  transferKey?: string | null;
  nextTransferKey?: string | null;
  routingAttemptKeys?: readonly string[];
  /** What was done because nobody took a transfer, in the provider's words. */
  fallback?: JsonValue;
  /** What became of delivering a report, in the provider's words. */
  webhook?: JsonValue;
}

/** 4xx: it surely did not happen. */
export interface RefusedCommand {
  kind: "refused";
  code: ErrorCode;
  /** At least one; messages made safe (`safeText`) and in the graph's names. */
  problems: readonly InputProblem[];
}

/** How long an answer may take. */
export interface CommandOptions {
  /** Milliseconds (`SWITCHBOARD_COMMAND_TIMEOUT_MS`); five times that where the answer waits for people. */
  timeoutMs: number;
}

/** How one kind of command is done at one provider. */
export interface CommandSpec {
  /** Everything that is wrong, by the provider's rules, before anything is recorded or sent. Pure. */
  check(command: Command): readonly InputProblem[];
  /**
   * Sends it: one request, never repeated. (A login, or a login and the same request again after a 401, which refuses
   * before it acts, is still one.) Throws `ProviderError`s; failures before the request itself have `sent: false`.
   */
  send(command: Command, options: CommandOptions): Promise<CommandAnswer>;
}

/** What one connection can be told. */
export interface ProviderCommands {
  readonly kinds: ReadonlySet<CommandKind>;
  /** See `CommandSpec.check`. Throws `RangeError` for a kind that is not among `kinds`. */
  check(command: Command): readonly InputProblem[];
  /** See `CommandSpec.send`. Throws `RangeError` for a kind that is not among `kinds`. */
  send(command: Command, options: CommandOptions): Promise<CommandAnswer>;
}

/** Puts a provider's commands together. */
export function createCommands(specs: Readonly<Partial<Record<CommandKind, CommandSpec>>>): ProviderCommands {
  const spec = ({ kind }: Command): CommandSpec => {
    const found = specs[kind];
    if (found === undefined) throw new RangeError(`this provider has no command ${kind}`);
    return found;
  };
  return {
    kinds: new Set(Object.keys(specs) as CommandKind[]),
    check: (command) => spec(command).check(command),
    send: async (command, options) => spec(command).send(command, options),
  };
}

/** Runs what comes before the request itself (a login, say): what fails there has surely not reached the session. */
export async function beforeSending<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isSent(error) ? neverSent(error) : error;
  }
}

function isSent(error: unknown): error is ProviderError {
  return error instanceof Error && "sent" in error && error.sent === true;
}

/** The same failure of the same class, but known not to have reached what the command was for. */
export function neverSent(error: ProviderError): ProviderError {
  const Failure = error.constructor as new (...args: unknown[]) => ProviderError;
  const { retryAfterSeconds, status } = error;
  return new Failure(error.message, error.source, {
    cause: error,
    sent: false,
    status,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
