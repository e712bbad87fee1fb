import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { untilAborted } from "../../src/http/until-aborted.js";

/** Rejections that nobody handled, which end a process. */
function watchRejections(): unknown[] {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  return unhandled;
}

it("begins nothing for somebody who has gone already", async () => {
  const unhandled = watchRejections();
  let begun = 0;
  const work = () => {
    begun += 1;
    return Promise.reject(new Error("nobody hears this"));
  };
  await expect(untilAborted(work, AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  await nextTurn();
  expect({ begun, unhandled }).toEqual({ begun: 0, unhandled: [] });
});

it("ends the wait of somebody who goes, whatever becomes of the work", async () => {
  const unhandled = watchRejections();
  const leaving = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const wait = untilAborted(() => promise, leaving.signal);
  leaving.abort(new Error("gone"));
  await expect(wait).rejects.toThrow("gone");
  reject(new Error("later"));
  await nextTurn();
  expect(unhandled).toEqual([]);
});

it("passes on what the work comes to", async () => {
  const { signal } = new AbortController();
  await expect(untilAborted(() => Promise.resolve(7), signal)).resolves.toBe(7);
  await expect(untilAborted(() => Promise.reject(new Error("failed")), signal)).rejects.toThrow("failed");
});
