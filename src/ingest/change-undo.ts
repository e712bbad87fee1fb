/** How a session was before a change, of what filters look at and the log's other columns do not say. Pure. */
import { PARTS, toFieldMark, type ChangeUndo, type PartKind, type PartTexts } from "../store/change-undo.js";
import { eventTexts, memberTexts, reportTexts, sessionTexts } from "./search-index.js";
import type { SessionState } from "./session-state.js";

/** @param changed names of the fields whose values differ, the provider's own among them */
export function changeUndo(
  before: SessionState,
  after: SessionState,
  changed: readonly string[],
): ChangeUndo {
  const addresses = newAddresses(before, after);
  const names = changed.filter((name) => Object.hasOwn(after.row.fields, name));
  const fields = names.map((name) => [name, toFieldMark(before.row.fields[name])] as const);
  const { texts, noneOf } = alteredTexts(before, after);
  return {
    ...(addresses.length > 0 && { addresses }),
    ...(fields.length > 0 && { fields: Object.fromEntries(fields) }),
    ...(texts.size > 0 && { texts: Object.fromEntries(texts) }),
    ...(noneOf.length > 0 && { noneOf }),
  };
}

/** Addresses that came with a look: none ever goes. */
export function newAddresses(before: SessionState, after: SessionState): string[] {
  if (before.addresses.size === after.addresses.size) return [];
  return [...after.addresses].filter((address) => !before.addresses.has(address));
}

function alteredTexts(before: SessionState, after: SessionState) {
  const texts = new Map<string, PartTexts | null>();
  const noneOf: PartKind[] = [];

  function note(part: string, was: PartTexts | undefined, is: PartTexts | undefined): void {
    if (isSameTexts(was, is)) return;
    texts.set(part, was?.some(Boolean) ? was : null);
  }
  /** Rows that were told again are the very objects that they were, so only what is new or altered is looked into. */
  function noteRows<Row>(
    kind: PartKind,
    [known, rows]: readonly [ReadonlyMap<string, Row>, ReadonlyMap<string, Row>],
    textsOf: (row: Row) => PartTexts,
  ): void {
    if (known === rows || rows.size === 0) return;
    if (known.size === 0) return void noneOf.push(kind);
    for (const [key, row] of rows) {
      const was = known.get(key);
      if (was !== row) note(`${kind}${key}`, was && textsOf(was), textsOf(row));
    }
  }

  note(
    PARTS.session,
    sessionTexts(before.row).get(PARTS.session),
    sessionTexts(after.row).get(PARTS.session),
  );
  if (before.report !== after.report)
    note(
      PARTS.report,
      reportTexts(before.report).get(PARTS.report),
      reportTexts(after.report).get(PARTS.report),
    );
  const { members, events, transcript } = before.rows;
  const firstOf = (all: ReadonlyMap<string, PartTexts>) => [...all.values()][0] ?? [];
  noteRows("member:", [members, after.rows.members], (row) => firstOf(memberTexts([row])));
  noteRows("event:", [events, after.rows.events], (row) => firstOf(eventTexts([row])));
  noteRows("turn:", [transcript, after.rows.transcript], (row) => [row.text]);
  return { texts, noneOf };
}

function isSameTexts(was: PartTexts = [], is: PartTexts = []): boolean {
  const length = Math.max(was.length, is.length);
  for (let index = 0; index < length; index += 1) if ((was[index] ?? "") !== (is[index] ?? "")) return false;
  return true;
}
