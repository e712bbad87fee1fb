/** Acting at providers, as the rest of the gateway sees it. */
import type { ErrorCode, ProviderError } from "../errors/index.js";
import type { Capability, Provider } from "../model/index.js";
import type { CommandKind } from "../providers/commands.js";
import type { ProviderConnection } from "../providers/provider.js";
import type { CommandRow, StoredAnswer } from "../store/store.js";

/** A mutation that somebody asked for. */
export interface Wish {
  /** Whose it is: idempotency keys are their own, and only these connections exist for them. */
  principal: { name: string; connections: readonly string[] };
  /** The mutation's name, e.g. `endSession`. */
  name: string;
  kind: CommandKind;
  /** The mutation's input as it came. */
  input: Readonly<Record<string, unknown>>;
  /** For mutations of one provider's sessions only: which. */
  provider?: Provider;
}

/** Why nothing happened, in terms of the input. */
export interface UserErrorRow {
  message: string;
  code: ErrorCode;
  /** Starts with `input`; null: nothing in particular. */
  path: readonly string[] | null;
  capability: Capability | null;
}

/** What became of a wish. */
export interface Report extends Omit<StoredAnswer, "userErrors"> {
  /** Null when nothing was recorded; `userErrors` then says why. */
  command: CommandRow | null;
  /** The session it is about, or that it made. */
  session: { connection: string; providerId: string } | null;
  /** Why the session could not be read again afterwards; null when it was, or did not need to be. */
  readFailure: ProviderError | null;
  userErrors: readonly UserErrorRow[];
}

export interface Commands {
  /**
   * Checks, records, sends once and records what came of it. Never rejects because of a provider or an input; rejects
   * when the database does not answer before the command was sent.
   */
  run(wish: Wish): Promise<Report>;
  /**
   * Finds what processes that have died left pending, makes it UNKNOWN and has its sessions read again. Resolves when
   * it is recorded; the reads go on in the background.
   */
  recover(): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** What the commands need of the rooms that keep the cache in step. */
export interface Surroundings {
  connection(name: string): ProviderConnection | undefined;
  /** Reads a session again, by a request that starts now, and stores it. Answers the failure, or null. */
  reread(
    connection: string,
    session: { providerId: string; providerKey: string },
  ): Promise<ProviderError | null>;
  /** Looks at what is open or live now; resolves when it has, or after a bounded wait. */
  relist(connection: string): Promise<void>;
  /** The provider answered (null), or failed like this. */
  observe(connection: string, failure: ProviderError | null): void;
}
