/** The command log as the other rooms see it: what was to be done at providers, and what came of it. */
import type { EpochMs, JsonValue } from "../model/index.js";
import type { ConnectionRow, ConnectionScope } from "./store.js";

/** A sentence about a failure, as `SourceError` tells it. */
export type StoredError = NonNullable<ConnectionRow["lastError"]>;

/** What a command's answer told, kept so that a repeat of it can be answered without asking anybody. */
export interface StoredAnswer {
  userErrors: readonly { message: string; code: string; path: readonly string[] | null }[];
  transferKey: string | null;
  nextTransferKey: string | null;
  routingAttemptKeys: readonly string[];
  fallback: JsonValue;
  webhook: JsonValue;
}

/** A recorded mutation. */
export interface CommandRow {
  id: string;
  connection: string;
  principal: string;
  /** The mutation's name. */
  name: string;
  /** Hash of the input: two inputs are the same wish when it is the same. The input itself is not kept. */
  inputHash: string;
  idempotencyKey: string | null;
  /** The session it is about; null while a session to be created has no id yet. */
  providerKey: string | null;
  providerId: string | null;
  outcome: "PENDING" | "SUCCEEDED" | "FAILED" | "UNKNOWN";
  error: StoredError | null;
  /** Null while it is pending, and for ever when its process died before the answer. */
  answer: StoredAnswer | null;
  createdAt: EpochMs;
  finishedAt: EpochMs | null;
}

export interface CommandRepository {
  byId(id: string, scope: ConnectionScope): Promise<CommandRow | null>;
  /** The command recorded under an idempotency key; null when there is none. */
  byKey(principal: string, name: string, key: string): Promise<CommandRow | null>;
  /**
   * Records a command as PENDING and of this process, on disk before it resolves; or answers the one that its
   * idempotency key names already.
   */
  begin(
    command: Omit<CommandRow, "outcome" | "error" | "answer" | "finishedAt">,
  ): Promise<{ row: CommandRow; isNew: boolean }>;
  /** Records what came of a command. A command whose outcome is certain already stays as it is. */
  finish(
    id: string,
    end: Pick<CommandRow, "outcome" | "error" | "answer" | "providerKey" | "providerId" | "finishedAt">,
  ): Promise<void>;
  /** True while another process has a command pending on the same session that was recorded before this one. */
  hasEarlier(command: Pick<CommandRow, "id" | "connection" | "providerKey" | "createdAt">): Promise<boolean>;
  /** Makes UNKNOWN of what processes left pending that have ended since; answers these commands. */
  abandon(end: { error: StoredError; finishedAt: EpochMs }): Promise<CommandRow[]>;
}
