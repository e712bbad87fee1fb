/**
 * Equal reads of one turn of the event loop are one read, across operations: a hundred clients that ask for the same
 * page at once cost one statement and one decoding. The answer is shared, so nobody may change it.
 */
export function coalesce<Args extends readonly unknown[], Answer>(
  read: (...args: Args) => Promise<Answer>,
  keyOf: (...args: Args) => string,
): (...args: Args) => Promise<Answer> {
  const waiting = new Map<string, Promise<Answer>>();
  return (...args) => {
    const key = keyOf(...args);
    const known = waiting.get(key);
    if (known !== undefined) return known;
    // After all sockets that are ready now have been read: whatever they ask joins in.
    const answer = new Promise<void>((resolve) => void setImmediate(resolve)).then(() => {
      waiting.delete(key);
      return read(...args);
    });
    waiting.set(key, answer);
    return answer;
  };
}
