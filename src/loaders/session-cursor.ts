/** Cursors of session lists: a place in one order, opaque to clients, checked when they come back. Pure. */
import { BadUserInputError } from "../errors/index.js";
import type { SessionOrder, SessionPosition } from "../store/store.js";

const EXPECTED = "expected a cursor that this field returned for the same orderBy";

/** The cursor of a place in an order. */
export function toSessionCursor(order: SessionOrder, position: SessionPosition): string {
  const parts = [order.field, order.direction, position.value, position.tie];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** Reads a cursor back. Throws `BadUserInputError` for anything else, a cursor of another order included. */
export function parseSessionCursor(cursor: string, order: SessionOrder, argument: string): SessionPosition {
  const parts = decode(cursor);
  if (!Array.isArray(parts) || parts.length !== 4)
    throw new BadUserInputError(`${argument}: ${EXPECTED}.`, [argument]);
  const [field, direction, value, tie] = parts as unknown[];
  if (field !== order.field || direction !== order.direction) {
    throw new BadUserInputError(`${argument}: the cursor belongs to another orderBy; ${EXPECTED}.`, [
      argument,
    ]);
  }
  const validValue = value === null || (typeof value === "number" && Number.isFinite(value));
  if (!validValue || typeof tie !== "string" || !/^[0-9a-f]{1,32}$/.test(tie)) {
    throw new BadUserInputError(`${argument}: ${EXPECTED}.`, [argument]);
  }
  return { value: value, tie };
}

function decode(cursor: string): unknown {
  if (cursor.length > 512 || !/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    // Not JSON: not one of ours. The caller says so by the argument's name.
    return null;
  }
}
