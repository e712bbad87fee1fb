/** What people do when the PBX rings them. */
import type { Agenda } from "../kit/agenda.js";
import { PBX_QUEUES, PBX_STAFF } from "../world/companies.js";
import { digitsOf } from "./portsip-parties.js";

/** `rings`: nobody touches the phone until the ringing times out or something else is said. */
export type PbxAnswer = "answers" | "busy" | "no_answer" | "refuses" | "unreachable" | "rings";

/** How a ringing ended: the SIP status of a failure, null when it was taken. */
export type Ended = (statusCode: number | null, at: number) => void;

export interface Dialling {
  /** From now on `number` does this at once, and so does whoever is being rung there. */
  script(number: string, behaviour: PbxAnswer): void;
  /** Rings `number`; `ended` is called once. */
  ring(number: string, at: number, ended: Ended): void;
  /** @param pace 1 as in life, 0 at once. @default 1 */
  setPace(pace: number): void;
}

/** How long somebody nobody scripted takes to pick up, and how long the PBX rings. Milliseconds. */
const PICK_UP_MS = 2_000;
const RINGING_TIMEOUT_MS = 30_000;

const STATUS: Readonly<Record<Exclude<PbxAnswer, "rings">, number | null>> = {
  answers: null,
  busy: 486,
  no_answer: 480,
  refuses: 603,
  unreachable: 404,
};

export function createDialling(agenda: Agenda, now: () => number): Dialling {
  const scripted = new Map<string, PbxAnswer>();
  const rings = new Set<{ digits: string; end(behaviour: Exclude<PbxAnswer, "rings">, at: number): void }>();
  let pace = 1;
  const behaviourOf = (digits: string): PbxAnswer =>
    scripted.get(digits) ?? (isKnown(digits) ? "answers" : "unreachable");

  return {
    setPace: (value) => (pace = value),
    script(number, behaviour) {
      const digits = digitsOf(number);
      scripted.set(digits, behaviour);
      if (behaviour === "rings") return;
      for (const ring of [...rings]) if (ring.digits === digits) ring.end(behaviour, now());
    },
    ring(number, at, ended) {
      const digits = digitsOf(number);
      const ring = {
        digits,
        end(behaviour: Exclude<PbxAnswer, "rings">, time: number) {
          if (rings.delete(ring)) ended(STATUS[behaviour], time);
        },
      };
      rings.add(ring);
      agenda.at(at + (scripted.has(digits) ? 0 : PICK_UP_MS * pace), (time) => {
        const behaviour = behaviourOf(digits);
        if (behaviour !== "rings") ring.end(behaviour, time);
      });
      agenda.at(at + RINGING_TIMEOUT_MS, (time) => ring.end("no_answer", time));
    },
  };
}

/** Extensions, queues and everybody outside exist; other short numbers do not. */
function isKnown(digits: string): boolean {
  return (
    digits.length > 5 ||
    PBX_STAFF.some(({ extension }) => extension === digits) ||
    PBX_QUEUES.some(({ number }) => number === digits)
  );
}
