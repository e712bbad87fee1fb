/**
 * Whatever happens between the lines: clients that come, go and resume at random while sessions change are told exactly
 * what the change log says, once, in order. A failure prints the seed; `SWITCHBOARD_SEEDS=500` looks harder.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChangeRow } from "../../src/store/store.js";
import { DATABASES } from "../support/databases.js";
import { openLiveGateway, type LiveGateway, type Told } from "../support/live-gateway.js";
import { createRandom } from "../support/random.js";
import { facts, snapshot } from "../support/snapshots.js";

const SEEDS = Number(process.env["SWITCHBOARD_SEEDS"] ?? 20);
const SESSIONS = 130;
const STEPS = 60;
const STATES = ["RINGING", "IN_PROGRESS", "ON_HOLD"] as const;

interface Change {
  cursor: string;
  kind: string;
  at: string;
  changed: string[];
  session: { providerId: string; title: string | null };
}
const CHANGES = `subscription ($filter: SessionFilter, $after: String) {
  sessionChanges(filter: $filter, after: $after) { cursor kind at changed session { providerId title } }
}`;

describe.each(DATABASES)("any interleaving on $name", (kind) => {
  let gateways: LiveGateway[];
  let drop: () => Promise<void>;
  // Each change has a time of its own, by which it is known again.
  let clock = 1_000_000;

  beforeAll(async () => {
    const created = await kind.create();
    drop = created.drop;
    gateways = [
      await openLiveGateway(created.url, () => (clock += 1)),
      await openLiveGateway(created.url, () => (clock += 1)),
    ];
  });

  afterAll(async () => {
    for (const gateway of gateways) await gateway[Symbol.asyncDispose]();
    await drop();
  });

  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    "seed %i",
    async (seed) => {
      const random = createRandom(seed);
      const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
      const [first] = gateways as [LiveGateway];
      const from = await first.store.changes.last();
      const name = (index: number) => `${seed}-${index}`;
      // By what a session is called it is known after which change it was looked at.
      const sequenceOf = new Map<string | null, number>();
      const change = async (index: number) => {
        const title = String((clock += 1));
        const given = facts({ state: pick(STATES), title });
        const look = snapshot(name(index), { observedAt: (clock += 1), facts: given });
        const [result] = await pick(gateways).ingest.ingest("speko", [look]);
        sequenceOf.set(title, result?.change?.sequence ?? 0);
      };
      // More than a page of the snapshot, so that resuming falls into the middle of it.
      for (let index = 0; index < SESSIONS; index += 40)
        await first.ingest.ingest(
          "speko",
          Array.from({ length: 40 }, (_, offset) =>
            snapshot(name(index + offset), { facts: facts({ title: "0" }) }),
          ),
        );

      const [newest] = await first.store.changes.after((await first.store.changes.last()) - 1, 1, "all");
      const newestAtFirst = newest?.sessionKey ?? 0;
      const filter = random() < 0.5 ? null : { states: [pick(STATES)] };
      const parts: Told<Change>[] = [];
      const frames = () => parts.flatMap((part) => part.frames);
      const subscribe = async () => {
        const after = frames().at(-1)?.cursor;
        parts.push(
          await pick(gateways).watch<Change>("sessionChanges", CHANGES, { filter, ...(after && { after }) }),
        );
      };
      await subscribe();
      for (let step = 0; step < STEPS; step += 1) {
        const chance = random();
        if (chance < 0.12) {
          const part = parts.at(-1);
          part?.stop();
          // Whatever was under way when the connection broke has not arrived: it goes on anywhere, the snapshot included.
          if (part && random() < 0.7) part.frames.length = Math.floor(random() * (part.frames.length + 1));
          await subscribe();
        } else if (chance < 0.4) {
          await new Promise((resolve) => setTimeout(resolve, Math.floor(random() * 4)));
        } else {
          const work = change(Math.floor(random() * (SESSIONS + 40)));
          if (random() < 0.7) await work;
        }
      }
      // One that every filter knows of, to know when everything has been told.
      const last = `last-${seed}`;
      await new Promise((resolve) => setTimeout(resolve, 20));
      await first.ingest.ingest("speko", [
        snapshot(last, { observedAt: (clock += 1), facts: facts({ state: filter?.states[0] ?? "RINGING" }) }),
      ]);
      await parts.at(-1)?.until(() => frames().at(-1)?.session.providerId === last);
      parts.at(-1)?.stop();

      const log = (await readLog(first, from)).filter(isTold(filter?.states[0]));
      const rows = await first.store.sessions.byKeys([...new Set(log.map((row) => row.sessionKey))], "all");
      const idOf = new Map(rows.map((row) => [row?.key, row?.providerId]));
      const told = frames().filter((frame) => frame.session.providerId.split("-").includes(String(seed)));
      const timeOf = (row: ChangeRow) => new Date(row.at).toISOString();
      const byTime = new Map(log.map((row) => [timeOf(row), row]));
      const toldRows = told.flatMap((frame) =>
        frame.kind === "SNAPSHOT" ? [] : (byTime.get(frame.at) ?? []),
      );
      expect(told.map(({ session }) => session.providerId)).toEqual(
        expect.arrayContaining([...new Set(toldRows.map((row) => idOf.get(row.sessionKey)))]),
      );
      for (const [key, steps] of Map.groupBy(log, (row) => row.sessionKey)) {
        const own = told.filter((frame) => frame.session.providerId === idOf.get(key));
        // A snapshot stands for what was before it; from then on, everything, once.
        const isInSnapshot = own[0]?.kind === "SNAPSHOT";
        const shown = isInSnapshot ? own.slice(1) : own;
        const since = sequenceOf.get(own[0]?.session.title ?? null) ?? 0;
        const expected = isInSnapshot
          ? steps.filter((row) => row.sequence > since && row.before !== null)
          : steps.slice(steps.length - shown.length);
        expect(shown.map(({ at }) => at)).toEqual(expected.map(timeOf));
        // Not in the snapshot: it did not match when that came by, and what is told of it begins with its matching. Once
        // a later session has been told of, the snapshot had come by.
        if (isInSnapshot) continue;
        const first = expected[0];
        if (first?.before) expect(filter?.states).not.toContain(first.before.state);
        const passed =
          toldRows.find((row) => row.sessionKey >= key && row.sessionKey <= newestAtFirst)?.sequence ??
          Infinity;
        expect(steps.filter((row) => row.sequence > passed && !expected.includes(row))).toEqual([]);
      }
      // What was not in the snapshot is told in the order of the log.
      const order = log.map(timeOf);
      const places = told.filter(({ kind: what }) => what !== "SNAPSHOT").map(({ at }) => order.indexOf(at));
      expect(places).toEqual([...places].sort((a, b) => a - b));
    },
    60_000,
  );
});

async function readLog({ store }: LiveGateway, from: number): Promise<ChangeRow[]> {
  const log: ChangeRow[] = [];
  for (let after = from; ;) {
    const rows = await store.changes.after(after, 1_000, "all");
    log.push(...rows);
    if (rows.length < 1_000) return log;
    after = rows.at(-1)?.sequence ?? after;
  }
}

function isTold(state: string | undefined): (row: ChangeRow) => boolean {
  return ({ before, after }) => state === undefined || before?.state === state || after.state === state;
}
