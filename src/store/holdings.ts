/** Which gateway of several on one database polls what, and what is watched at which. */

/** A connection that one gateway at a time polls, and what its holder last said of it. */
export interface Holding {
  connection: string;
  holder: string;
  note: string | null;
  /** The holder has not prolonged it in time. */
  isOver: boolean;
}

/** Something that is watched at a gateway: a session, or a connection as a whole. */
export interface StoredWatch {
  connection: string;
  session: { connection: string; providerKey: string; providerId: string } | null;
  /** How long it still counts, milliseconds. */
  forMs: number;
}

/** Which gateway polls what, and what is watched where. All times are by the database's clock. */
export interface HoldingRepository {
  /** Takes what is free and prolongs what the holder has, each with its note; answers what it now has. */
  take(
    wanted: readonly Pick<Holding, "connection" | "note">[],
    holder: string,
    forMs: number,
  ): Promise<Set<string>>;
  all(): Promise<Holding[]>;
  /** A gateway stops, or is known to be dead: its connections are free, and nothing is watched there. */
  release(holder: string): Promise<void>;
  /** What is watched at a gateway, in place of what it said before. */
  watch(gateway: string, watches: readonly StoredWatch[]): Promise<void>;
  /** What is watched at all gateways but this one. */
  watchedElsewhere(gateway: string): Promise<StoredWatch[]>;
}
