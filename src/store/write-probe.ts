/**
 * Whether writes work. A disk that is full lets small writes through, into room that the file has already, so after a
 * write has failed for want of room only one of some size shows that there is room again.
 */
import { randomBytes } from "node:crypto";
import { DatabaseUnavailableError } from "../errors/index.js";
import type { SqlRequest } from "./sql.js";

/** Bytes of the trial, as text: about what a batch of sessions writes. */
const TRIAL_BYTES = 256 * 1024;

export interface WriteProbe {
  /** Takes note of what went wrong with a write; answers it. */
  noteFailure(error: Error): Error;
  /** The statement that a readiness probe must get through; null while no write has failed for want of room. */
  trial(): SqlRequest | null;
  /** The trial went through. */
  noteSuccess(): void;
}

/** Builds the memory of one open database. */
export function createWriteProbe(): WriteProbe {
  let failing = false;
  return {
    noteFailure(error) {
      const trouble = error instanceof DatabaseUnavailableError ? error.trouble : null;
      if (trouble !== null && trouble !== "BUSY" && trouble !== "UNREACHABLE") failing = true;
      return error;
    },
    trial() {
      if (!failing) return null;
      const filling = randomBytes(TRIAL_BYTES / 2).toString("hex");
      return {
        sql: "INSERT INTO write_probe (id, filling) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET filling = excluded.filling",
        values: [filling],
      };
    },
    noteSuccess() {
      failing = false;
    },
  };
}
