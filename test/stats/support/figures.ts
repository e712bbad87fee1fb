/** Figures on sessions computed the slow and plain way, one row after another: what the graph's answers are held against. */
import { addDecimals } from "../../../src/model/index.js";
import type { Database } from "../../../src/store/sql.js";

/** A row of `sessions`, with what hangs off it that figures need. */
export interface PlainRow {
  provider: string;
  connection: string;
  phase: string;
  state: string;
  channel: string;
  direction: string;
  started_at: number | null;
  answered_at: number | null;
  updated_at: number | null;
  duration_seconds: number | null;
  cost_amount: string | null;
  cost_currency: string | null;
  outcome: string | null;
  transfers: number;
}

export interface PlainArgs {
  filter?: Record<string, unknown> | undefined;
  groupBy?: readonly string[] | undefined;
  bucket?: string | undefined;
  timeZone?: string | undefined;
}

export interface Figures {
  key: Record<string, string | null>;
  from: string | null;
  to: string | null;
  count: number;
  liveCount: number;
  answeredCount: number;
  totalDurationSeconds: number;
  averageDurationSeconds: number | null;
  p50DurationSeconds: number | null;
  p95DurationSeconds: number | null;
  cost: { amount: string; currency: string }[];
  transferCount: number;
}

/** Every row of the database, as it stands. */
export async function plainRows({ all }: Database): Promise<PlainRow[]> {
  const rows = (await all("SELECT * FROM sessions", [])) as unknown as (PlainRow & { key: number })[];
  const transfers = await all("SELECT session_key, count(*) AS n FROM transfers GROUP BY session_key", []);
  const reports = await all("SELECT session_key, data FROM reports", []);
  const countOf = new Map(transfers.map((row) => [row["session_key"], Number(row["n"])]));
  const outcomeOf = new Map(
    reports.map((row) => [
      row["session_key"],
      (JSON.parse(row["data"] as string) as { outcome: string | null }).outcome,
    ]),
  );
  return rows.map((row) => ({
    ...row,
    transfers: countOf.get(row.key) ?? 0,
    outcome: outcomeOf.get(row.key) ?? null,
  }));
}

/** What `sessionStats` should answer for them. */
export function figuresOf(rows: readonly PlainRow[], args: PlainArgs): Figures[] {
  const { filter = {}, groupBy = [], bucket, timeZone = "UTC" } = args;
  const zone = createZone(timeZone);
  const taken = rows.filter((row) => matches(row, filter));
  const groups = new Map<string, { key: (string | null)[]; from: number | null; rows: PlainRow[] }>();
  for (const row of taken) {
    const key = groupBy.map((dimension) => row[dimension.toLowerCase() as "state"]);
    const from =
      bucket === undefined || row.started_at === null ? null : zone.edge(row.started_at, bucket, -1);
    const id = JSON.stringify([key, from]);
    const group = groups.get(id) ?? { key, from, rows: [] };
    group.rows.push(row);
    groups.set(id, group);
  }
  if (groups.size === 0 && groupBy.length === 0 && bucket === undefined)
    groups.set("", { key: [], from: null, rows: [] });
  return [...groups.values()]
    .toSorted((one, other) => {
      const pairs = [one.from, ...one.key].map((value, index) => [value, [other.from, ...other.key][index]]);
      const [a, b] = pairs.find(([left, right]) => left !== right) ?? [0, 0];
      return a == null ? 1 : b == null ? -1 : a < b ? -1 : 1;
    })
    .map(({ key, from, rows: own }) => ({
      key: Object.fromEntries(groupBy.map((dimension, index) => [dimension, key[index] ?? null])),
      from: from === null ? null : new Date(from).toISOString(),
      to: from === null ? null : new Date(zone.edge(from, bucket ?? "", 1)).toISOString(),
      ...addUp(own),
    }));
}

function addUp(rows: readonly PlainRow[]): Omit<Figures, "key" | "from" | "to"> {
  const durations = rows
    .flatMap(({ duration_seconds: seconds }) =>
      seconds === null || seconds < 0 || seconds > 1e9 ? [] : [Math.floor(seconds * 1000 + 0.5)],
    )
    .toSorted((one, other) => one - other);
  const ms = durations.reduce((sum, duration) => sum + duration, 0);
  // Hundredths in whole numbers: 0.95 has no exact double.
  const rank = (hundredths: number) => {
    const found = durations[Math.floor((durations.length * hundredths + 99) / 100) - 1];
    return found === undefined ? null : found / 1000;
  };
  const priced = rows.filter((row) => row.cost_amount !== null && row.cost_currency !== null);
  const currencies = [...new Set(priced.map((row) => row.cost_currency ?? ""))].toSorted();
  return {
    count: rows.length,
    liveCount: rows.filter((row) => row.phase === "LIVE").length,
    answeredCount: rows.filter((row) => row.answered_at !== null).length,
    totalDurationSeconds: ms / 1000,
    averageDurationSeconds: durations.length === 0 ? null : ms / durations.length / 1000,
    p50DurationSeconds: rank(50),
    p95DurationSeconds: rank(95),
    cost: currencies.map((currency) => ({
      amount: addDecimals(
        priced.filter((row) => row.cost_currency === currency).map((row) => row.cost_amount ?? ""),
      ),
      currency,
    })),
    transferCount: rows.reduce((sum, row) => sum + row.transfers, 0),
  };
}

const LISTS: Readonly<Record<string, keyof PlainRow>> = {
  providers: "provider",
  connections: "connection",
  phases: "phase",
  states: "state",
  channels: "channel",
  directions: "direction",
};

function matches(row: PlainRow, filter: Record<string, unknown>): boolean {
  const reaches = (value: number | null, limit: number) => value !== null && value >= limit;
  return Object.entries(filter).every(([name, wanted]) => {
    const column = LISTS[name];
    if (column !== undefined) return (wanted as unknown[]).includes(row[column]);
    if (name === "hasTransfer") return row.transfers > 0 === wanted;
    if (name === "minDurationSeconds") return reaches(row.duration_seconds, wanted as number);
    const moment = Date.parse(wanted as string);
    if (name === "startedAfter") return reaches(row.started_at, moment);
    if (name === "updatedAfter") return reaches(row.updated_at, moment);
    if (name === "startedBefore") return row.started_at !== null && row.started_at < moment;
    throw new RangeError(`no plain way to filter by ${name}`);
  });
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A clock that is read, nothing else: a bucket's edge is where what it shows stops being of the same bucket. */
function createZone(timeZone: string) {
  const clock = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  const found = new Map<string, string>();
  const edges = new Map<string, number>();

  function label(at: number, bucket: string): string {
    const id = `${bucket} ${at}`;
    const known = found.get(id);
    if (known !== undefined) return known;
    const local = Date.parse(`${clock.format(at).replace(" ", "T")}Z`);
    const date = new Date(local).toISOString();
    const name = {
      // A clock that is put back shows an hour twice; these are two.
      HOUR: `${date.slice(0, 13)} ${local - Math.floor(at / 1000) * 1000}`,
      DAY: date.slice(0, 10),
      WEEK: String(Math.floor((local / DAY + 3) / 7)),
      MONTH: date.slice(0, 7),
    }[bucket];
    found.set(id, name ?? "");
    return name ?? "";
  }

  return {
    /** The first moment of the bucket that a moment lies in (-1), or the first one after it (1). */
    edge(at: number, bucket: string, direction: -1 | 1): number {
      const own = label(at, bucket);
      const id = `${bucket} ${own} ${direction}`;
      const known = edges.get(id);
      if (known !== undefined) return known;
      // Hours at a time, and back by the minute: no zone has moved its clocks by less.
      let place = Math.floor(at / MINUTE) * MINUTE;
      while (label(place + direction * HOUR, bucket) === own) place += direction * HOUR;
      while (label(place + direction * MINUTE, bucket) === own) place += direction * MINUTE;
      const edge = direction === 1 ? place + MINUTE : place;
      edges.set(id, edge);
      return edge;
    },
  };
}
