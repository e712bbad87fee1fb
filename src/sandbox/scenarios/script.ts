import type { EndReason, Person, Step, StepKind, TransferScript } from "../conversation.js";
import type { Random } from "../kit/random.js";
import { fillBlanks, speakingTimeMs, type Blanks, type Dialogue } from "../world/dialogues/index.js";

type Party = "from" | "to";
type Recording = Extract<StepKind, { do: "recording" }>["outcome"];

/** Writes the steps of one conversation from first to last; every method moves the clock on as far as its step takes. */
export interface Script {
  readonly steps: readonly Step[];
  /** Ms since the conversation began. */
  readonly at: number;
  wait(fromMs: number, toMs?: number): Script;
  /** Waits until `ms` after the beginning, if that is still to come. */
  waitUntil(ms: number): Script;
  queue(name: string): Script;
  /** Rings for a few seconds. */
  ring(party: Party): Script;
  /** The call is taken, by the party itself unless `by` names somebody. */
  answer(party: Party, by?: Person): Script;
  /** Rings, and the call is taken. */
  connect(party: Party, by?: Person): Script;
  /** Speaks turns of a dialogue; `part` is how much of it. @default all of it */
  talk(dialogue: Dialogue, blanks: Blanks, part?: { from?: number; to?: number }): Script;
  say(who: "user" | "agent" | "system", text: string): Script;
  hold(by: Party, forMs: number, reason?: "none" | "transferring"): Script;
  mute(party: Party, forMs: number): Script;
  transfer(transfer: TransferScript): Script;
  faxPages(count: number): Script;
  hangUp(by: Party): Script;
  end(reason: EndReason): Script;
  /** Everything a recording goes through up to `outcome`. */
  recording(outcome: Recording): Script;
  report(analysis: "heuristic" | "completed" | "failed", summary: string, outcome: string): Script;
}

export function createScript(random: Random): Script {
  const steps: Step[] = [];
  let at = 0;
  const add = (step: StepKind): Script => {
    steps.push({ at, ...step });
    return script;
  };

  const script: Script = {
    steps,
    get at() {
      return at;
    },
    wait(fromMs, toMs = fromMs) {
      at += random.int(fromMs, toMs);
      return script;
    },
    waitUntil(ms) {
      at = Math.max(at, ms);
      return script;
    },
    queue: (queue) => add({ do: "queue", queue }),
    ring: (party) => add({ do: "ring", party }).wait(2_500, 9_000),
    answer: (party, by) => add({ do: "answer", party, ...(by && { by }) }).wait(300, 1_200),
    connect: (party, by) => script.ring(party).answer(party, by),
    talk(dialogue, blanks, part = {}) {
      for (const turn of dialogue.turns.slice(part.from, part.to)) {
        script.say(turn.who, fillBlanks(turn.text, blanks));
      }
      return script;
    },
    say(who, text) {
      const lastsMs = speakingTimeMs(text);
      return add({ do: "say", who, text, lastsMs }).wait(lastsMs + 200, lastsMs + 900);
    },
    hold(by, forMs, reason = "none") {
      add({ do: "hold", by, reason }).wait(forMs);
      return add({ do: "resume", by }).wait(400);
    },
    mute(party, forMs) {
      add({ do: "mute", party }).wait(forMs);
      return add({ do: "unmute", party }).wait(300);
    },
    transfer(transfer) {
      const tookMs = transfer.destinations.reduce((sum, { afterMs }) => sum + afterMs, 0);
      return add({ do: "transfer", transfer }).wait(tookMs + 500);
    },
    faxPages(count) {
      for (let page = 1; page <= count; page += 1) add({ do: "fax-page", page }).wait(2_500, 6_000);
      return script;
    },
    hangUp: (by) => add({ do: "hangup", by }).wait(500),
    end: (reason) => add({ do: "end", reason }).wait(900),
    recording(outcome) {
      for (const stage of RECORDING_STAGES[outcome])
        add({ do: "recording", outcome: stage }).wait(1_500, 4_000);
      return script;
    },
    report: (analysis, summary, outcome) =>
      add({ do: "report", analysis, summary, outcome }).wait(3_000, 8_000),
  };
  return script;
}

const RECORDING_STAGES: Readonly<Record<Recording, readonly Recording[]>> = {
  pending: ["pending"],
  uploading: ["pending", "uploading"],
  ready: ["pending", "uploading", "ready"],
  failed: ["pending", "failed"],
  suppressed: ["suppressed"],
};
