/**
 * Waits for work that belongs to everybody who waits for it, so that one caller's cancellation ends that caller's wait
 * only. Rejects with the work's own error, or with the signal's reason when that comes first; when it has come already,
 * the work is not even begun: nobody would hear of its failure.
 */
export async function untilAborted<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work(), promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
