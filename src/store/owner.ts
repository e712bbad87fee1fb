/** This process among those that share a database: what it has in hand is found by its number when it has died. */
import { randomInt } from "node:crypto";
import type { Database } from "./sql.js";

export interface Owner {
  readonly number: number;
  /** Resolves when others can tell that this process lives. Tries again when called again after a failure. */
  announce(): Promise<void>;
}

/** One for each open database. */
export function createOwner(database: Database): Owner {
  const number = randomInt(1, 2 ** 31 - 1);
  let announced: Promise<void> | undefined;
  return {
    number,
    announce: () =>
      (announced ??= database.announce(number).catch((error: unknown) => {
        announced = undefined;
        throw error;
      })),
  };
}
