/**
 * Cursors of the change feed. A cursor says up to which place in the change log everything is known, and while a snapshot
 * goes on, of which sessions. Read by a client these numbers would tell how much happens that it may not see, so they are
 * sealed, under a key that the gateways on one database share.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
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

/** All changes up to a number are known, of every session. */
export function knownUpTo(position: number): Frontier {
  return { position, key: Infinity, until: Infinity };
}

export interface Cursors {
  seal(frontier: Frontier): string;
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
const ALGORITHM = "aes-128-ecb";

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
  return {
    seal({ position, key, until }) {
      const place = block(PLACE, position, key);
      // Nearly every cursor is behind its snapshot, and short.
      const blocks = key === Infinity ? place : Buffer.concat([place, block(UNTIL, until, position)]);
      return createCipheriv(ALGORITHM, secret, null)
        .setAutoPadding(false)
        .update(blocks)
        .toString("base64url");
    },
    open(cursor) {
      const sealed = Buffer.from(cursor, "base64url");
      const isWhole = sealed.length === BLOCK || sealed.length === 2 * BLOCK;
      if (!isWhole || sealed.toString("base64url") !== cursor) throw notOurs();
      const bytes = createDecipheriv(ALGORITHM, secret, null).setAutoPadding(false).update(sealed);
      const [position, key] = read(bytes.subarray(0, BLOCK), PLACE);
      if ((key === Infinity) !== (sealed.length === BLOCK)) throw notOurs();
      if (key === Infinity) return knownUpTo(position);
      // The second block belongs to the first: it repeats its place.
      const [until, again] = read(bytes.subarray(BLOCK), UNTIL);
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

/** What somebody is told whose place is no longer in the log. */
export function tooOld(): BadUserInputError {
  return new BadUserInputError(
    "after: the cursor is older than the changes that are kept, so what was missed cannot be told. Subscribe without `after` to start from a snapshot.",
    ["after"],
  );
}
