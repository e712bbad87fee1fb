/**
 * graphql-ws wants results from an iterator and serialises each itself. Ours go past it, as text that was serialised once;
 * what it iterates over is empty, and only says how the operation ends.
 */

export interface Ending {
  /** Never yields. */
  readonly iterator: AsyncGenerator<never, void, void>;
  /** The operation is complete. */
  end(): void;
  /** The operation ends with an error. */
  fail(error: Error): void;
}

type Last = IteratorReturnResult<void>;

/** Builds an ending. `onReturn` is called when the library ends the operation: the client completed it, or left. */
export function createEnding(onReturn: () => void): Ending {
  const { promise, resolve, reject } = Promise.withResolvers<Last>();
  // An ending may come before anybody iterates.
  promise.catch(() => undefined);
  const last: Last = { done: true, value: undefined };
  const finish = () => {
    onReturn();
    resolve(last);
    return Promise.resolve(last);
  };
  const iterator: AsyncGenerator<never, void, void> = {
    next: () => promise,
    return: finish,
    throw: finish,
    [Symbol.asyncIterator]: () => iterator,
    async [Symbol.asyncDispose]() {
      await finish();
    },
  };
  return { iterator, end: () => resolve(last), fail: reject };
}
