/** What becomes of sessions that the API made: no conversation goes on with them. */
import type { Step, StepKind } from "../conversation.js";
import { createAlarm } from "../kit/alarm.js";
import { isExpired, type MaskingSession } from "./plivo-records.js";

export interface PlivoLife {
  /** It was made just now. */
  begin(session: MaskingSession): void;
  /** Its expiry was set anew. */
  expiresAnew(session: MaskingSession): void;
  /** Everything due by `now` happens. */
  settle(now: number): void;
  /** Nothing happens by itself afterwards. */
  stop(): void;
}

export interface PlivoLifeOptions {
  now(): number;
  /** Whether the parties whom the provider rings by itself pick up, talk and hang up. Else nobody does. */
  havePeople: boolean;
  happen(session: MaskingSession, step: Step, at: number): void;
  /** The ringing has timed out. */
  giveUp(session: MaskingSession, at: number): void;
  /** The mapping has run out. */
  timeOut(session: MaskingSession, at: number): void;
}

/** How long somebody's phone rings, how long it takes to bridge, and how long they talk. Milliseconds. */
const PICK_UP_MS = 3_000;
const BRIDGE_MS = 500;
const TALK_MS = 20_000;
const RECORDING_MS = 3_000;

export function createPlivoLife(options: PlivoLifeOptions): PlivoLife {
  const { now, havePeople, happen, giveUp, timeOut } = options;
  const alarm = createAlarm(now);

  /** Party one is rung as soon as the session exists, which the answer to create does not show yet. */
  function place(session: MaskingSession): void {
    const { ring_timeout: rings, call_time_limit: limit, record } = session.settings;
    let at = session.createdAt;
    const next = (afterMs: number, step: StepKind) => {
      at += afterMs;
      const time = at;
      alarm.at(time, () => happen(session, { at: time - session.createdAt, ...step }, time));
    };
    next(0, { do: "ring", party: "from" });
    if (!havePeople || session.secondParty === "") {
      alarm.at(at + rings * 1000, (time) => giveUp(session, time));
      return;
    }
    next(PICK_UP_MS, { do: "answer", party: "from" });
    next(BRIDGE_MS, { do: "ring", party: "to" });
    next(PICK_UP_MS, { do: "answer", party: "to" });
    next(Math.min(TALK_MS, limit * 1000), { do: "hangup", by: "to" });
    if (record) next(RECORDING_MS, { do: "recording", outcome: "ready" });
  }

  function expiresAnew(session: MaskingSession): void {
    const { expiresAt } = session;
    alarm.at(expiresAt, (at) => {
      // Extended since, or ended early: of that there is no event (Plivo reference §12.2, §17).
      if (session.expiresAt === expiresAt && isExpired(session, at)) timeOut(session, at);
    });
  }

  return {
    begin(session) {
      if (session.settings.initiate_call_to_first_party) place(session);
      expiresAnew(session);
    },
    expiresAnew,
    settle: alarm.settle,
    stop: alarm.stop,
  };
}
