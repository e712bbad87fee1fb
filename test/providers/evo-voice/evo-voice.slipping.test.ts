/** Rows that are deleted while a list is read: others slip to pages that were read already, and must not be missed. */
import { expect, test } from "vitest";
import { endedRow, type Row } from "./bodies.js";
import { NOW, startEvo } from "./evo-server.js";

const HOUR_MS = 3_600_000;

/** Newest first, a minute apart. */
function rows(count: number): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const time = new Date(NOW - HOUR_MS - index * 60_000).toISOString();
    return endedRow({ id: `e${index}`, dateCreated: time, dateCompleted: time, dateLastModified: time });
  });
}

test.each([1, 5, 8, 10])(
  "a window lacks nothing when %i rows before the third page are deleted",
  async (count) => {
    const live = rows(25);
    await using evo = await startEvo({ live, maxPerPage: 5 });
    evo.world.intercept = ({ query }) => {
      if (query.get("page") === "2") evo.world.live = live.slice(count);
      return false;
    };
    const listed = new Set<string>();
    for await (const page of evo.connection.listSessions({ since: NOW - 24 * HOUR_MS }))
      for (const { providerId } of page.snapshots) listed.add(providerId);
    expect(listed).toEqual(new Set(live.map(({ id }) => id)));
  },
);

test("a window lacks nothing when one is deleted and one arrives before it is looked for", async () => {
  const live = rows(11);
  await using evo = await startEvo({ live, maxPerPage: 5 });
  const pages: string[] = [];
  evo.world.intercept = ({ query }) => {
    if (query.get("searchArchive") === null && query.has("page")) pages.push(query.get("page") ?? "");
    if (pages.join() === "0,1,2") evo.world.live = live.slice(1);
    if (pages.join() === "0,1,2,1") {
      const dateCreated = new Date(NOW - 1000).toISOString();
      evo.world.live = [endedRow({ id: "new", dateCreated }), ...live.slice(1)];
    }
    return false;
  };
  const listed = new Set<string>();
  for await (const page of evo.connection.listSessions({ since: NOW - 24 * HOUR_MS }))
    for (const { providerId } of page.snapshots) listed.add(providerId);
  expect(live.map(({ id }) => String(id)).filter((id) => !listed.has(id))).toEqual([]);
});

test("a list that never stops shrinking where it is read is given up, for another time", async () => {
  const live = rows(100);
  await using evo = await startEvo({ live, maxPerPage: 5 });
  let requests = 0;
  evo.world.intercept = ({ query }) => {
    if (query.has("page")) evo.world.live = live.slice((requests += 1));
    return false;
  };
  const walk = async () => {
    for await (const _ of evo.connection.listSessions({ since: NOW - 24 * HOUR_MS }));
  };
  await expect(walk()).rejects.toMatchObject({ code: "PROVIDER_BAD_RESPONSE" });
  expect(requests).toBeLessThan(20);
});

test("a session that slipped is not called absent when many are read by id", async () => {
  const live = rows(12);
  await using evo = await startEvo({ live, maxPerPage: 5 });
  evo.world.intercept = ({ query }) => {
    if (query.get("page") === "1") evo.world.live = live.slice(1);
    return false;
  };
  const outcomes = await evo.connection.readSessions(live.map(({ id }) => String(id)));
  expect(outcomes.map(({ kind }) => kind)).toEqual(live.map(() => "found"));
});
