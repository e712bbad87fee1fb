import type { Faults } from "../conversation.js";
import type { PathRoute } from "../kit/path-routes.js";
import type { PushLog } from "../kit/push-log.js";
import type { SpekoBook } from "./speko-book.js";
import { conflict, notFound, SpekoRefusal, unknownSession } from "./speko-errors.js";
import { SPEKO_AGENTS } from "./speko-organization.js";
import type { Agent, Call, Callback, Transfer } from "./speko-records.js";

/** What every group of routes is built with. */
export interface SpekoDesk {
  book: SpekoBook;
  /** What streams tell. */
  pushes: PushLog;
  /** Of this server, for links to files. */
  origin(): string;
  faultsFor(path: string): Faults;
  /** Aborted when the server closes: nobody is kept waiting. */
  closing: AbortSignal;
}

export function get(pattern: string, answer: PathRoute["answer"]): PathRoute {
  return { method: "GET", pattern, answer };
}

export function post(pattern: string, answer: PathRoute["answer"]): PathRoute {
  return { method: "POST", pattern, answer };
}

/** @throws SpekoRefusal 404 */
export function callOf({ book }: SpekoDesk, id = ""): Call {
  const call = book.find(id);
  if (!call) throw unknownSession();
  return call;
}

/** @throws SpekoRefusal 404, and 409 once the call is over or about to be */
export function liveCallOf(desk: SpekoDesk, id = ""): Call {
  const call = callOf(desk, id);
  if (call.endedAt !== null || call.isEnding) throw conflict("The call is not live any more");
  return call;
}

/** @throws SpekoRefusal 404 for one of another call too */
export function transferOf(call: Call, id = ""): Transfer {
  const transfer = call.transfers.find((candidate) => candidate.id === id);
  if (!transfer) throw notFound("Transfer");
  return transfer;
}

/** @throws SpekoRefusal 404 */
export function callbackOf({ book }: SpekoDesk, id = ""): Callback {
  const callback = book.callbacks().find((candidate) => candidate.id === id);
  if (!callback) throw notFound("Callback");
  return callback;
}

/** @throws SpekoRefusal 404 */
export function agentOf(id = ""): Agent {
  const agent = SPEKO_AGENTS.find((candidate) => candidate.id === id);
  if (!agent) throw new SpekoRefusal(404, "AGENT_NOT_FOUND", "Agent not found");
  return agent;
}
