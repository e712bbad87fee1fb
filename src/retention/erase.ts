/** Erases one person's data by number or address: every session that has it anywhere, whole. */
import type { AddressSpelling, EpochMs } from "../model/index.js";
import type { ErasureRepository, RowCounts } from "../store/removal.js";

/** Sessions in one transaction. */
const BATCH = 25;
/** Looks at most: a session that begins while the first one runs is found by the second. */
const ROUNDS = 3;

export interface EraseReport {
  sessions: number;
  /** Rows that went, or would go, by table. */
  rows: RowCounts;
  /** Rows that still have the address, by table; empty when nothing of it is left. */
  left: RowCounts;
}

/** Says what an erasure would remove; changes nothing. */
export async function planErasure(
  erasure: ErasureRepository,
  address: AddressSpelling,
): Promise<EraseReport> {
  const keys = await erasure.find(address);
  const rows: RowCounts = new Map();
  for (const batch of inBatches(keys)) add(rows, await erasure.count(batch));
  add(rows, await erasure.countOthers(address));
  return { sessions: keys.length, rows, left: new Map() };
}

/**
 * Erases, and looks again until nothing is found. Safe beside running gateways: they are kept from bringing it back
 * before the first row goes. Rejects with `DatabaseUnavailableError` when the database does not let it; what was erased
 * until then stays erased, and another run does the rest.
 */
export async function erase(
  erasure: ErasureRepository,
  address: AddressSpelling,
  now: () => EpochMs,
): Promise<EraseReport> {
  const rows: RowCounts = new Map();
  let sessions = 0;
  let keys: number[] = [];
  await erasure.note(address, now());
  for (let round = 1; round <= ROUNDS; round += 1) {
    keys = await erasure.find(address);
    if (keys.length === 0) break;
    for (const batch of inBatches(keys)) add(rows, await erasure.remove(batch, now()));
    sessions += keys.length;
  }
  add(rows, await erasure.removeOthers(address));
  await erasure.scrub();
  const left = await erasure.countOthers(address);
  const unfound = await erasure.find(address);
  if (unfound.length > 0) left.set("sessions", unfound.length);
  return { sessions, rows, left };
}

function* inBatches(keys: readonly number[]): Generator<readonly number[]> {
  for (let start = 0; start < keys.length; start += BATCH) yield keys.slice(start, start + BATCH);
}

function add(sum: RowCounts, counts: RowCounts): void {
  for (const [table, count] of counts) sum.set(table, (sum.get(table) ?? 0) + count);
}
