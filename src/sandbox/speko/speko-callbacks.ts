/** Callbacks that agents promised (Speko reference §5.8, §7). */
import type { Random } from "../kit/random.js";
import type { SpekoBook } from "./speko-book.js";
import { conflict } from "./speko-errors.js";
import { SPEKO_AGENTS } from "./speko-organization.js";
import { placeCall } from "./speko-outbound.js";
import type { Call, Callback } from "./speko-records.js";

/** How long dialling a callback takes, milliseconds. */
const DISPATCH_MS = 1_000;

export function makeCallback(
  source: Call,
  { afterMs, reason }: { afterMs: number; reason: string },
  at: number,
  random: Random,
): Callback {
  return {
    id: `cb_${random.hex(20)}`,
    source,
    createdSessionId: null,
    toNumber: source.humanNumber ?? "+12025550100",
    scheduledAt: at + afterMs,
    status: "scheduled",
    reason,
    instructions: null,
    summary: null,
    failureCause: null,
    attemptedAt: null,
    dispatchedAt: null,
    cancelledAt: null,
    createdAt: at,
    updatedAt: at,
  };
}

/** @throws SpekoRefusal 409 once it is being dialled, was dialled or was cancelled */
export function cancelCallback(callback: Callback, reason: string | null, at: number): void {
  requireScheduled(callback);
  callback.status = "cancelled";
  callback.reason = reason ?? callback.reason;
  callback.cancelledAt = at;
  callback.updatedAt = at;
}

/** Dials now instead of at its time; the call it makes is a session like any other. @throws SpekoRefusal 409 */
export function dispatchCallback(book: SpekoBook, callback: Callback): void {
  requireScheduled(callback);
  callback.status = "dispatching";
  callback.attemptedAt = book.now();
  callback.updatedAt = book.now();
  book.agenda.at(book.now() + book.dialling.takes(DISPATCH_MS), (at) => {
    const { agent } = callback.source;
    const traits = {
      agentIndex: agent === null ? null : SPEKO_AGENTS.indexOf(agent),
      metadata: { callback_id: callback.id },
    };
    const dialled = { id: `${callback.id}/call`, from: agent?.number ?? null, to: callback.toNumber, traits };
    callback.createdSessionId = placeCall(book, dialled, at).id;
    callback.status = "dispatched";
    callback.dispatchedAt = at;
    callback.updatedAt = at;
  });
}

function requireScheduled({ status }: Callback): void {
  if (status !== "scheduled") throw conflict(`The callback is ${status}`);
}
