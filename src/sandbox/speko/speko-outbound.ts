/** Calls that the organization makes itself. */
import type { Conversation, Step, Traits } from "../conversation.js";
import type { SpekoBook } from "./speko-book.js";
import type { SpekoAnswer } from "./speko-dialling.js";
import type { Call } from "./speko-records.js";

/** How long a phone rings that nobody touches, milliseconds. */
const RINGS_MS = 30_000;

export interface OutboundCall {
  /** Of the conversation that the call is told as. */
  id: string;
  from: string | null;
  to: string;
  traits: Traits;
  /** What the agent says once somebody has picked up. */
  firstMessage?: string | undefined;
}

/** Dials a number: the call is there at once, and what the person called does follows. */
export function placeCall(
  book: SpekoBook,
  { id, from, to, traits, firstMessage }: OutboundCall,
  at: number,
): Call {
  const conversation: Conversation = {
    id,
    provider: "speko",
    channel: "voice",
    direction: "outbound",
    from: person(from),
    to: person(to),
    startedAt: at,
    steps: [],
    traits,
    links: [],
  };
  const call = book.begin(conversation);
  const { behaviour, afterMs } = book.dialling.expect(to);
  book.apply(conversation, { at: 0, do: "ring", party: "to" }, at);
  book.agenda.at(at + (behaviour === "rings" ? RINGS_MS : afterMs), (time) => {
    const step = firstStep(behaviour);
    book.apply(conversation, step, time);
    if (step.do === "answer" && firstMessage !== undefined)
      book.apply(conversation, { at: 0, do: "say", who: "agent", text: firstMessage, lastsMs: 0 }, time);
  });
  return call;
}

function firstStep(behaviour: SpekoAnswer): Step {
  switch (behaviour) {
    case "answers":
    case "voicemail":
      return { at: 0, do: "answer", party: "to" };
    case "busy":
      return { at: 0, do: "end", reason: "busy" };
    case "rings":
    case "no_answer":
      return { at: 0, do: "end", reason: "no-answer" };
    case "refuses":
    case "hangs_up":
      return { at: 0, do: "end", reason: "cancelled" };
    case "fails":
      return { at: 0, do: "end", reason: "failed" };
  }
}

function person(number: string | null): Conversation["from"] {
  return { name: "", number, extension: null, email: null };
}
