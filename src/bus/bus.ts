/** Tells that there are changes up to a number. A message that is lost costs delay, never data: the database is the truth. */
export interface Bus {
  publish(upTo: number): void;
  /** Answers what ends it. */
  subscribe(listener: (upTo: number) => void): () => void;
  close(): Promise<void>;
}
