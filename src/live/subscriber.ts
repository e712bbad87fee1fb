/** Where the live room and the transports meet: who listens, and what runs for them. */
import type { GraphQLFormattedError } from "graphql";
import type { Principal } from "../context/principal.js";

/** One client's end of one subscription, as the source sees it. */
export interface Subscriber {
  /**
   * Execution results in their order, each serialised once for all who share it: texts of `{"data":…}`. What comes together
   * is handed over together, so that it can leave in one write.
   */
  next(...payloads: readonly string[]): void;
  /** Completed by the source (the session is over): after it nothing comes. */
  complete(): void;
  /** Ended by an error (cursor too old, rights gone): GraphQL errors, as they go over the wire. */
  error(errors: readonly GraphQLFormattedError[]): void;
  /**
   * Resolves when the client has room for more, or is gone: asked between the pages of what one subscriber is told on its
   * own (a snapshot, what it missed), which could be more than a healthy client can take at once.
   */
  drained?(): Promise<void>;
}

/** A subscription that somebody listens to. */
export interface RunningSubscription {
  /** The client left, or was closed. Idempotent. */
  stop(): void;
}

/** An operation as it came from a client. */
export interface SubscribeOperation {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
}

/** Starts a subscription, or says why not: errors as they go over the wire. */
export type Subscribe = (
  operation: SubscribeOperation,
  context: { principal: Principal },
  subscriber: Subscriber,
) => Promise<{ errors: readonly GraphQLFormattedError[] } | RunningSubscription>;
