/** Walking all sessions with cursors while new ones arrive: none skipped, none twice. */
import { expect, it } from "vitest";
import { createIngest } from "../../src/ingest/create-ingest.js";
import { openDatabase } from "../../src/store/open-database.js";
import { startTestWorld, type TestGateway } from "../support/gateway.js";
import { facts, snapshot } from "../support/snapshots.js";

interface Page {
  sessions: {
    nodes: { id: string }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
  };
}
const PAGE = `query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: SessionOrder) {
  sessions(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
    nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

async function walk(
  gateway: TestGateway,
  forward: boolean,
  orderBy: object,
  between: () => Promise<void>,
): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const place = forward ? { first: 37, after: cursor } : { last: 37, before: cursor };
    const { data, errors } = await gateway.query<Page>(PAGE, { ...place, orderBy });
    expect(errors).toEqual([]);
    const { nodes, pageInfo } = (data as Page).sessions;
    seen.push(...(forward ? nodes : nodes.toReversed()).map(({ id }) => id));
    if (!(forward ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return seen;
    cursor = forward ? pageInfo.endCursor : pageInfo.startCursor;
    await between();
  }
}

it.each([
  [true, { field: "STARTED_AT", direction: "DESC" }],
  [false, { field: "STARTED_AT", direction: "DESC" }],
  [true, { field: "ENDED_AT", direction: "ASC" }],
  [false, { field: "DURATION", direction: "ASC" }],
])(
  "forward %s by %o: every session that was there is met once while others arrive",
  async (forward, orderBy) => {
    await using world = await startTestWorld({ sandbox: { days: 20 } });
    const { gateway } = world;
    const before = await walk(gateway, true, orderBy, () => Promise.resolve());
    const ingest = createIngest(await openDatabase(gateway.databaseUrl), { now: Date.now });
    let arrived = 0;
    const arrive = async () => {
      // New ones at the front of the order, and some in the middle of it, as a late list page brings them.
      const news = [0, 1].map((kind) => {
        const startedAt = Date.now() - kind * 5 * 86_400_000;
        const given = {
          startedAt,
          phase: "ENDED" as const,
          state: "COMPLETED" as const,
          endedAt: startedAt + 9,
          durationSeconds: arrived,
        };
        return snapshot(`late-${(arrived += 1)}`, { facts: facts(given) });
      });
      await ingest.ingest("speko", news);
    };
    const seen = await walk(gateway, forward, orderBy, arrive);
    expect(new Set(seen).size).toBe(seen.length);
    const met = new Set(seen);
    expect(before.filter((id) => !met.has(id))).toEqual([]);
    const known = new Set(before);
    const order = seen.filter((id) => known.has(id));
    expect(order).toEqual(forward ? before : before.toReversed());
    expect(arrived).toBeGreaterThan(0);
  },
  60_000,
);
