import type { SessionFacts } from "../model/index.js";

/** What a look at one part of a session says of the session itself. Facts that cannot be null say so with UNKNOWN. */
export const NO_FACTS: SessionFacts = {
  channel: "UNKNOWN",
  direction: "UNKNOWN",
  phase: "UNKNOWN",
  state: "UNKNOWN",
  title: null,
  from: null,
  to: null,
  startedAt: null,
  answeredAt: null,
  endedAt: null,
  updatedAt: null,
  durationSeconds: null,
  cost: null,
};
