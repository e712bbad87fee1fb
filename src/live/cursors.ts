/**
 * Cursors of the change feed. A cursor says two numbers: everything up to a place in the change log is known, of the
 * sessions with a key up to another number; beyond that, the snapshot goes on. Read by a client they would tell how much
 * happens that it may not see, so they are sealed: one block, under a key that the gateways on one database share.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { BadUserInputError } from "../errors/index.js";

/** What is known, and of which sessions. */
export interface Frontier {
  /** Changes up to this number are known. */
  position: number;
  /** Of sessions up to this key; `Infinity` once the snapshot is through. */
  key: number;
}

export interface Cursors {
  seal(frontier: Frontier): string;
  /** Throws `BadUserInputError` for anything that was not sealed here. */
  open(cursor: string): Frontier;
}

/** The whole block is one number to whoever has no key, so a few known bytes tell a forged one. */
const MARK = 0x5357_42;
const VERSION = 1;
const NO_KEY = 2 ** 48 - 1;
const ALGORITHM = "aes-128-ecb";

/** Builds the sealing with the key of a database. */
export function createCursors(secret: Uint8Array): Cursors {
  return {
    seal({ position, key }) {
      const block = Buffer.alloc(16);
      block.writeUInt8(VERSION, 0);
      block.writeUIntBE(position, 1, 6);
      block.writeUIntBE(key === Infinity ? NO_KEY : key, 7, 6);
      block.writeUIntBE(MARK, 13, 3);
      const cipher = createCipheriv(ALGORITHM, secret, null).setAutoPadding(false);
      return cipher.update(block).toString("base64url");
    },
    open(cursor) {
      const sealed = Buffer.from(cursor, "base64url");
      if (sealed.length !== 16 || sealed.toString("base64url") !== cursor) throw notOurs();
      const block = createDecipheriv(ALGORITHM, secret, null).setAutoPadding(false).update(sealed);
      if (block.readUInt8(0) !== VERSION || block.readUIntBE(13, 3) !== MARK) throw notOurs();
      const key = block.readUIntBE(7, 6);
      return { position: block.readUIntBE(1, 6), key: key === NO_KEY ? Infinity : key };
    },
  };
}

function notOurs(): BadUserInputError {
  return new BadUserInputError(
    "after: expected the cursor of a change that this graph told. Subscribe without `after` to start from a snapshot.",
    ["after"],
  );
}

/** What somebody is told whose place is no longer in the log. */
export function tooOld(): BadUserInputError {
  return new BadUserInputError(
    "after: the cursor is older than the changes that are kept, so what was missed cannot be told. Subscribe without `after` to start from a snapshot.",
    ["after"],
  );
}
