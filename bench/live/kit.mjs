/** What the processes of this bench share. */

/** Milliseconds of a clock that all processes of a machine read alike. */
export const now = () => performance.timeOrigin + performance.now();

/** One JSON line to whoever started this process. */
export const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

/** Runs `work` so many times at an even pace, and then waits a second for what it set going. */
export async function steadily(times, perSecond, work) {
  const startedAt = performance.now();
  for (let done = 0; done < times; done += 1) {
    const wait = startedAt + (done * 1_000) / perSecond - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await work(done);
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}

export function quantile(values, part) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}
