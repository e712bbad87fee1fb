/** Queries whose answer has to be whole, and a clock that tests push. */
import type { TestGateway } from "./gateway.js";

/** The data of one operation; throws on any error in it. */
export async function ask<Data>(gateway: TestGateway, query: string, variables: object = {}): Promise<Data> {
  const { data, errors } = await gateway.query<Data>(query, variables);
  if (data === null || errors.length > 0) throw new Error(JSON.stringify(errors));
  return data;
}

/** A clock that goes as the real one does, and ahead of it by as much as it was pushed. */
export interface PushedClock {
  readonly now: () => number;
  /** Milliseconds that are over at once. */
  push(ms: number): void;
}

/** For the sandbox and the gateway alike: both have to be at the same time. */
export function createPushedClock(): PushedClock {
  let aheadMs = 0;
  return { now: () => Date.now() + aheadMs, push: (ms) => void (aheadMs += ms) };
}
