import { Deadline } from "../http/deadline.js";

/**
 * Does `work` for `timeoutMs` at most. Rejects with a `DeadlineError` after that, with the signal's reason once that
 * fires, and with what `work` rejects with. Work that does not listen to its signal goes on unheard, until its
 * connection is closed.
 */
export async function withinTime<T>(
  timeoutMs: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using deadline = new Deadline(timeoutMs, signal);
  deadline.signal.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  deadline.signal.addEventListener("abort", () => stopped.reject(deadline.signal.reason), { once: true });
  return await Promise.race([work(deadline.signal), stopped.promise]);
}
