/** What a row of the change log keeps as text, short since there are many of them. Pure. */
import type { ChangedParts, FilteredFacts } from "./change-log.js";

type FactsTuple = [
  FilteredFacts["phase"],
  FilteredFacts["state"],
  FilteredFacts["channel"],
  FilteredFacts["direction"],
  number | null,
  number | null,
  number | null,
  0 | 1,
  0 | 1,
];

/** The facts of a session that filters look at, as one text. */
export function fromFilteredFacts(facts: FilteredFacts): string {
  const { phase, state, channel, direction, startedAt, updatedAt, durationSeconds } = facts;
  const tuple: FactsTuple = [
    ...([phase, state, channel, direction, startedAt, updatedAt, durationSeconds] as const),
    ...([facts.hasTransfer ? 1 : 0, facts.hasTranscript ? 1 : 0] as const),
  ];
  return JSON.stringify(tuple);
}

/** Reads them back. */
export function toFilteredFacts(text: string): FilteredFacts {
  const [phase, state, channel, direction, startedAt, updatedAt, durationSeconds, transfer, transcript] =
    JSON.parse(text) as FactsTuple;
  return {
    ...{ phase, state, channel, direction, startedAt, updatedAt, durationSeconds },
    hasTransfer: transfer === 1,
    hasTranscript: transcript === 1,
  };
}

interface PartsText {
  x?: readonly number[];
  e?: readonly string[];
  t?: readonly [key: string, isNew: 0 | 1, isSettled: 0 | 1][];
}

/** Null where there is nothing to say. */
export function fromChangedParts({ transcript, events, transfers }: ChangedParts): string | null {
  const text: PartsText = {
    ...(transcript && { x: transcript }),
    ...(events && { e: events }),
    ...(transfers && {
      t: transfers.map(({ key, isNew, isSettled }) => [key, isNew ? 1 : 0, isSettled ? 1 : 0]),
    }),
  };
  return transcript || events || transfers ? JSON.stringify(text) : null;
}

/** Reads them back. */
export function toChangedParts(text: string | null): ChangedParts {
  if (text === null) return {};
  const { x, e, t } = JSON.parse(text) as PartsText;
  return {
    ...(x && { transcript: x }),
    ...(e && { events: e }),
    ...(t && {
      transfers: t.map(([key, isNew, isSettled]) => ({
        key,
        isNew: isNew === 1,
        isSettled: isSettled === 1,
      })),
    }),
  };
}
