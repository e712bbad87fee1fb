/**
 * Cursors of the change feed. A cursor says up to which place in the change log everything is known, and while a snapshot
 * goes on, of which sessions. Read by a client these numbers would tell how much happens that it may not see, so they are
 * sealed, under a key that the gateways on one database share.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { BadUserInputError } from "../errors/index.js";

/** What is known, and of which sessions. */
export interface Frontier {
  /** Changes up to this number are known. */
  position: number;
  /** Of sessions up to this key; `Infinity` once the snapshot is through. */
  key: number;
  /** And of those above this one, which have come since the snapshot began; `Infinity` before it does. */
  until: number;
}

/** Whether a session has been shown, or come since, so that it is known up to the frontier's position. */
export function isKnown({ key, until }: Frontier, sessionKey: number): boolean {
  return sessionKey <= key || sessionKey > until;
}

/** All changes up to a number are known, of every session. */
export function knownUpTo(position: number): Frontier {
  return { position, key: Infinity, until: Infinity };
}

export interface Cursors {
  /** The cursor behind a change that its reader may see: the same for everybody who is told it. */
  seal(sequence: number): string;
  /**
   * The cursor of a place that other things decide as well, such as how far the log is or which session is the newest: no
   * two are equal, since equal ones would tell that nothing has happened anywhere in between.
   */
  veil(frontier: Frontier): string;
  /** Throws `BadUserInputError` for anything that was not sealed here. */
  open(cursor: string): Frontier;
}

/** Whoever has no key cannot make a block that ends in these bytes but by chance. */
const MARK = 0x5357_42;
/** Which numbers are in a block. */
const PLACE = 1;
const UNTIL = 2;
const NONE = 2 ** 48 - 1;
const BLOCK = 16;
/** The first block is random where no two shall be equal, and every block depends on the one before it. */
const ALGORITHM = "aes-128-cbc";
const START = Buffer.alloc(BLOCK);

/** Builds the sealing with the key of a database. */
export function createCursors(secret: Uint8Array): Cursors {
  const block = (kind: number, one: number, two: number): Buffer => {
    const bytes = Buffer.alloc(BLOCK);
    bytes.writeUInt8(kind, 0);
    bytes.writeUIntBE(one === Infinity ? NONE : one, 1, 6);
    bytes.writeUIntBE(two === Infinity ? NONE : two, 7, 6);
    bytes.writeUIntBE(MARK, 13, 3);
    return bytes;
  };
  const read = (bytes: Buffer, kind: number): [one: number, two: number] => {
    if (bytes.readUInt8(0) !== kind || bytes.readUIntBE(13, 3) !== MARK) throw notOurs();
    const number = (at: number) => (bytes.readUIntBE(at, 6) === NONE ? Infinity : bytes.readUIntBE(at, 6));
    return [number(1), number(7)];
  };
  const write = (...blocks: Buffer[]) =>
    createCipheriv(ALGORITHM, secret, START)
      .setAutoPadding(false)
      .update(Buffer.concat(blocks))
      .toString("base64url");
  return {
    seal: (sequence) => write(block(PLACE, sequence, Infinity)),
    veil: ({ position, key, until }) =>
      write(randomBytes(BLOCK), block(PLACE, position, key), block(UNTIL, until, position)),
    open(cursor) {
      const sealed = Buffer.from(cursor, "base64url");
      const isVeiled = sealed.length === 3 * BLOCK;
      if ((!isVeiled && sealed.length !== BLOCK) || sealed.toString("base64url") !== cursor) throw notOurs();
      const bytes = createDecipheriv(ALGORITHM, secret, START).setAutoPadding(false).update(sealed);
      const at = isVeiled ? BLOCK : 0;
      const [position, key] = read(bytes.subarray(at, at + BLOCK), PLACE);
      if (!isVeiled) return knownUpTo(position);
      // The last block belongs to the one before it: it repeats its place.
      const [until, again] = read(bytes.subarray(at + BLOCK), UNTIL);
      if (again !== position) throw notOurs();
      return { position, key, until };
    },
  };
}

function notOurs(): BadUserInputError {
  return new BadUserInputError(
    "after: expected the cursor of a change that this graph told. Subscribe without `after` to start from a snapshot.",
    ["after"],
  );
}

/** What somebody is told whose place the log has never reached: the database is an older one than it was. */
export function tooNew(): BadUserInputError {
  return new BadUserInputError(
    "after: the cursor is of a change that the database does not have, which happens when it was restored from a backup. Subscribe without `after` to start from a snapshot.",
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
