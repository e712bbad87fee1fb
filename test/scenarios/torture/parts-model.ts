/**
 * What a subscriber of `transcript`, `timeline` or `transfers` should have been told in one connection: what there was when
 * it began, then what each change brought, in the order of the log.
 */
import { toGlobalId } from "../../../src/model/index.js";
import type { Client, Part } from "./clients.js";
import { concernOf, type Filter } from "./concerns.js";
import type { LogView } from "./changes-model.js";
import type { Happened } from "./truth.js";

/** How one of these fields names what it tells. */
interface Naming {
  rows: readonly Happened[];
  /** What there was behind a row. */
  present(row: Happened): string[];
  /** What a row brought. */
  brought(row: Happened): string[];
  nameOf(told: Record<string, unknown>): string;
}

/** What is wrong with what a client was told, in words; empty when nothing is. */
export function checkParts(client: Client, view: LogView): string[] {
  return client.parts.flatMap((part, index) => {
    const naming = namingOf(client, part, view);
    const names = part.told.map((told) => naming.nameOf(told));
    const isWhole = index === client.parts.length - 1 && part.over === null;
    // Where it began is not said: some place behind which everything is as it should be.
    const places = [part.behind, ...naming.rows.map(({ sequence }) => sequence)];
    const fits = places
      .filter((place) => place >= part.behind)
      .some((place) => isTold(names, place, naming, part, isWhole));
    const brought = naming.rows.map((row) => `${row.sequence}: ${naming.brought(row).join(" ")}`);
    return fits
      ? []
      : [`connection ${index} from ${part.behind} told ${names.join(" ")} of ${brought.join(", ")}`];
  });
}

function isTold(
  names: readonly string[],
  place: number,
  { rows, present, brought }: Naming,
  { behind }: Part,
  isWhole: boolean,
): boolean {
  const first = rows.findLast(({ sequence }) => sequence <= place);
  const groups = [
    ...(first ? [present(first)] : []),
    ...rows.filter(({ sequence }) => sequence > place).map((row) => brought(row)),
  ];
  // Told again, since it was changed once more while the beginning was being put together.
  const again = new Set(
    rows.filter(({ sequence }) => sequence > behind && sequence <= place).flatMap((row) => brought(row)),
  );
  let at = 0;
  for (const [index, group] of groups.entries()) {
    const told = names.slice(at, at + group.length);
    if (!isWhole && at + group.length > names.length) return told.every((name) => group.includes(name));
    if ([...told].sort().join("\n") !== [...group].sort().join("\n")) return false;
    at += group.length;
    if (index > 0) continue;
    while (at < names.length && again.has(names[at] ?? "") && !groups[1]?.includes(names[at] ?? "")) at += 1;
  }
  return at === names.length;
}

function namingOf(client: Client, part: Part, { log, history }: LogView): Naming {
  const { field, variables } = client.wish;
  if (field === "transfers") return transfers(variables["filter"] ?? {});
  const rows = log.filter(({ id }) => id === variables["sessionId"]);
  return field === "transcript" ? transcript(rows) : timeline(rows);

  function transcript(rows: readonly Happened[]): Naming {
    const beginning = (part.variables["afterIndex"] as number | undefined) ?? -1;
    return {
      rows: rows.filter(({ changed }) => changed.includes("transcript")),
      present: ({ seen }) => seen.turns.filter((index) => index > beginning).map(String),
      brought: ({ parts, seen }) => (parts.transcript ?? seen.turns).map(String),
      nameOf: ({ index }) => String(index),
    };
  }

  function timeline(rows: readonly Happened[]): Naming {
    const milestones = ({ seen }: Happened) => [
      ...(seen.isStarted ? ["~0-started"] : []),
      ...(seen.isAnswered ? ["~1-answered"] : []),
      ...(seen.phase === "ENDED" && seen.endedAt !== null ? ["~3-ended"] : []),
    ];
    const present = (row: Happened) => [...milestones(row), ...row.seen.steps, ...row.seen.events];
    const idOf = new Map(
      rows.flatMap((row) => present(row).map((key) => [idIn(row, key), key] as [string, string])),
    );
    return {
      rows,
      present,
      brought(row) {
        const before = history.get(row.sessionKey)?.findLast(({ sequence }) => sequence < row.sequence);
        const isNewEnd =
          row.after.phase === "ENDED" && (row.before?.phase !== "ENDED" || row.changed.includes("endedAt"));
        const keys = new Set([
          ...(row.changed.includes("startedAt") ? ["~0-started"] : []),
          ...(row.changed.includes("answeredAt") ? ["~1-answered"] : []),
          ...(isNewEnd ? ["~3-ended"] : []),
          ...(row.parts.transfers ?? []).flatMap(({ key, isNew, isSettled }) => [
            ...(isNew ? [`~2-${key}-requested`] : []),
            ...(isSettled ? [`~2-${key}-settled`] : []),
          ]),
          ...(row.parts.events ?? (before ? [] : row.seen.events)),
        ]);
        return present(row).filter((key) => keys.has(key));
      },
      nameOf: ({ id }) => idOf.get(id as string) ?? `unknown ${String(id)}`,
    };
  }

  function transfers(filter: Filter): Naming {
    const about = log.filter(({ changed }) => changed.includes("transfers"));
    return {
      rows: about.filter((row) => concernOf(filter, row, history) === "MATCHES"),
      present: () => [],
      brought: (row) =>
        (row.parts.transfers?.map(({ key }) => key) ?? row.seen.transfers).map((key) =>
          toGlobalId("transfer", row.connection, row.providerId, key),
        ),
      nameOf: ({ id }) => id as string,
    };
  }
}

const idIn = ({ connection, providerId }: Happened, key: string) =>
  toGlobalId("event", connection, providerId, key);
