/** What people do when a transfer or a callback rings them. */
import type { DialOutcome } from "./speko-records.js";

/**
 * `rings`: nobody touches the phone until the ringing times out or something else is said. `hangs_up`: takes the call and
 * puts the phone down again, at once or in the middle of the screening.
 */
export type SpekoAnswer =
  "answers" | "busy" | "no_answer" | "voicemail" | "refuses" | "fails" | "rings" | "hangs_up";

export interface Dialling {
  /** From now on `to` does this, at once. */
  script(to: string, behaviour: SpekoAnswer): void;
  /** What `to` will do, and how many milliseconds it takes. */
  expect(to: string): { behaviour: SpekoAnswer; afterMs: number };
  /** `ms` at the pace of this sandbox; nothing for a number whose behaviour was scripted. */
  takes(ms: number, to?: string): number;
  /** @param pace 1 as in life, 0 at the next look. @default 1 */
  setPace(pace: number): void;
}

/** How long somebody nobody scripted rings before picking up, milliseconds. */
const PICK_UP_MS = 3_000;

export const OUTCOMES: Readonly<Record<Exclude<SpekoAnswer, "rings" | "hangs_up">, DialOutcome>> = {
  answers: "answered",
  busy: "busy",
  no_answer: "no-answer",
  voicemail: "voicemail",
  refuses: "refused",
  fails: "failed",
};

export function createDialling(): Dialling {
  const scripted = new Map<string, SpekoAnswer>();
  let pace = 1;
  const takes = (ms: number, to?: string) => (to !== undefined && scripted.has(to) ? 0 : ms * pace);
  return {
    takes,
    script: (to, behaviour) => void scripted.set(to, behaviour),
    setPace: (value) => (pace = value),
    expect: (to) => ({ behaviour: scripted.get(to) ?? byLastDigits(to), afterMs: takes(PICK_UP_MS, to) }),
  };
}

/** Lets somebody who tries the sandbox by hand meet failures too: …86 is busy, …80 does not answer. */
function byLastDigits(to: string): SpekoAnswer {
  return to.endsWith("86") ? "busy" : to.endsWith("80") ? "no_answer" : "answers";
}
