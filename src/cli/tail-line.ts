/** A change as one line for people. Pure. */
import { styleText } from "node:util";

/** What `switchboard tail` selects of a change. */
export interface TailChange {
  cursor: string;
  kind: "SNAPSHOT" | "CREATED" | "UPDATED" | "ENDED" | "LEFT";
  at: string;
  changed: string[];
  previousState: string | null;
  session: {
    id: string;
    provider: string;
    providerId: string;
    channel: string;
    direction: string;
    phase: string;
    state: string;
    title: string | null;
    startedAt: string | null;
    durationSeconds: number | null;
    connection: { name: string };
    from: { address: string | null; displayName: string | null } | null;
    to: { address: string | null; displayName: string | null } | null;
  };
}

const KIND_STYLES = {
  SNAPSHOT: "gray",
  CREATED: "green",
  UPDATED: "cyan",
  ENDED: "yellow",
  LEFT: "gray",
} as const;

/** Columns of a line, widest value that is usual. */
const WIDTHS = { connection: 10, state: 26, parties: 44 };

/** @param hasColours styles kinds and times for a terminal */
export function toTailLine(change: TailChange, hasColours: boolean): string {
  const { kind, at, changed, previousState, session } = change;
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    hasColours ? styleText(format, text, { validateStream: false }) : text;
  const state = previousState === null ? session.state : `${previousState} → ${session.state}`;
  const parties = `${party(session.from)} → ${party(session.to)}`;
  const columns = [
    style("gray", at.slice(11, 23)),
    style(KIND_STYLES[kind], kind.padEnd(8)),
    pad(session.connection.name, WIDTHS.connection),
    pad(state, WIDTHS.state),
    pad(parties, WIDTHS.parties),
    // What a new session has is no news of it.
    kind === "UPDATED" || kind === "ENDED" ? style("gray", changed.join(" ")) : plain(session.title ?? ""),
  ];
  return `${columns.join("  ").trimEnd()}\n`;
}

function party(party: TailChange["session"]["from"]): string {
  return party?.displayName ?? party?.address ?? "?";
}

/** Providers choose names and titles: none of them may move the cursor or break the line. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ");
}

function pad(text: string, width: number): string {
  const shown = [...plain(text)];
  return shown.length > width ? `${shown.slice(0, width - 1).join("")}…` : shown.join("").padEnd(width);
}
