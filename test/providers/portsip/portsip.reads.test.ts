/** Reads by id, lists and their windows, the detail (PortSIP reference §3.1, §4, §5). */
import { describe, expect, test } from "vitest";
import type { SessionReference } from "../../../src/providers/provider.js";
import { sendJson } from "../../support/scripted-server.js";
import { callLog, collect, listOf, MINUTE_MS, NOW, session, startPbx, worldOf, type Log } from "./pbx.js";

const ID = "812345678901234567";
const DAY_MS = 24 * 60 * MINUTE_MS;
const at = (minutesAgo: number) => new Date(NOW - minutesAgo * MINUTE_MS).toISOString();

function reference(given: Partial<SessionReference> = {}): SessionReference {
  return { providerId: ID, startedAt: null, endedAt: null, fields: {}, ...given };
}

describe("reading by id", () => {
  test("answers each id for itself: up, logged, gone, broken", async () => {
    const known = worldOf([session({ id: "8001" })], [callLog({ session_id: "8002" })]);
    await using pbx = await startPbx((request, response) => {
      if (request.path === "/api/sessions/8004") response.end("<html>");
      else return known(request, response);
      return true;
    });
    const outcomes = await pbx.connection.readSessions(["8001", "8002", "8003", "8004"]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["found", "found", "absent", "failed"]);
    expect(pbx.logins()).toHaveLength(1);
    const [seen] = pbx.asked();
    expect(seen?.headers).toMatchObject({ authorization: "Bearer token-1", accept: "application/json" });
  });

  test("takes from a PBX that ignores the filter only what was asked for", async () => {
    await using pbx = await startPbx(({ path }, response) => {
      if (path !== "/api/calllogs") return false;
      sendJson(response, listOf([callLog({ session_id: "9009" }), callLog()]));
      return true;
    });
    const outcomes = await pbx.connection.readSessions([ID, "8002"]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["found", "absent"]);
  });

  test("quotes what it asks for", async () => {
    await using pbx = await startPbx(worldOf([]));
    await pbx.connection.readSessions(["it's"]);
    const filters = pbx.asked().flatMap(({ query }) => query.get("filter") ?? []);
    expect(filters).toEqual(["session_id eq 'it''s'"]);
  });
});

describe("the live list", () => {
  test.each([200, 201])("comes with status %i, unpaged", async (status) => {
    await using pbx = await startPbx((_, response) => {
      sendJson(response, listOf([session(), "odd", { calls: [] }]), status);
      return true;
    });
    const [page] = await collect(pbx.connection.listLive());
    expect([page?.snapshots.length, page?.rejected.length]).toEqual([1, 2]);
    expect(pbx.asked().map(({ url }) => url)).toEqual(["/api/sessions"]);
  });

  test.each([{ count: 0, items: null }, { count: 0, items: "" }, { items: [] }])(
    "may be empty as %j",
    async (body) => {
      await using pbx = await startPbx((_, response) => (sendJson(response, body), true));
      expect(await collect(pbx.connection.listLive())).toEqual([{ snapshots: [], rejected: [] }]);
    },
  );

  test("that is no list is a bad answer", async () => {
    await using pbx = await startPbx((_, response) => (sendJson(response, { sessions: [] }), true));
    await expect(collect(pbx.connection.listLive())).rejects.toMatchObject({ code: "PROVIDER_BAD_RESPONSE" });
  });

  test("that the role may not read says which right is missing", async () => {
    await using pbx = await startPbx((_, response) => (response.writeHead(403).end(), true));
    await expect(collect(pbx.connection.listLive())).rejects.toMatchObject({
      code: "PROVIDER_AUTH_FAILED",
      message: expect.stringContaining("Company Call Sessions: View Only"),
    });
  });
});

describe("the call log", () => {
  const list = (logs: readonly Log[], sinceMs: number, sessions: { id: string }[] = []) => ({
    run: async () => {
      await using pbx = await startPbx(worldOf(sessions, logs));
      const pages = await collect(pbx.connection.listSessions({ since: NOW - sinceMs, until: NOW }));
      return { pages, logged: pages.slice(1).flatMap(({ snapshots }) => snapshots), asked: pbx.asked() };
    },
  });

  test("is paged by 100 to the end, and each row taken once although new ones arrive", async () => {
    const rows = Array.from({ length: 250 }, (_, index) =>
      callLog({ id: `l-${index}`, session_id: `s-${index}` }),
    );
    await using pbx = await startPbx(({ path, query }, response) => {
      if (path === "/api/sessions") sendJson(response, listOf([]));
      else {
        // Three rows arrive after the first page.
        const shifted = query.get("skip") === "0" ? rows : [...rows.slice(0, 3), ...rows];
        const skip = Number(query.get("skip"));
        sendJson(response, listOf(shifted.slice(skip, skip + Number(query.get("top"))), shifted.length));
      }
      return true;
    });
    const pages = await collect(pbx.connection.listSessions({ since: NOW - DAY_MS, until: NOW }));
    const ids = pages.flatMap(({ snapshots }) => snapshots.map(({ providerId }) => providerId));
    expect(ids).toHaveLength(250);
    expect(new Set(ids).size).toBe(250);
    const queries = pbx.asked().slice(1);
    expect(queries.map(({ query }) => [query.get("top"), query.get("skip")])).toEqual([
      ["100", "0"],
      ["100", "100"],
      ["100", "200"],
    ]);
    expect(queries[0]?.query.get("orderby")).toBe("started_at desc");
  });

  test("ends where a PBX ignores the page asked for", async () => {
    const rows = Array.from({ length: 100 }, (_, index) => callLog({ session_id: `s-${index}` }));
    await using pbx = await startPbx(({ path }, response) => {
      sendJson(response, path === "/api/sessions" ? listOf([]) : listOf(rows, 5_000));
      return true;
    });
    const pages = await collect(pbx.connection.listSessions({ since: NOW - DAY_MS, until: NOW }));
    expect(pages.flatMap(({ snapshots }) => snapshots)).toHaveLength(100);
    expect(pbx.asked()).toHaveLength(3);
  });

  test("is walked in weeks that leave no gap", async () => {
    const { asked } = await list([], 20 * DAY_MS).run();
    const windows = asked.slice(1).map(({ query }) => {
      const [, from = "", to = ""] =
        /^started_at ge '(.*)' and started_at lt '(.*)'$/.exec(query.get("filter") ?? "") ?? [];
      return [Date.parse(from), Date.parse(to)] as const;
    });
    expect(windows).toHaveLength(3);
    expect(windows[0]?.[1]).toBe(NOW);
    for (const [index, [from]] of windows.entries())
      expect(from).toBeLessThanOrEqual(windows[index + 1]?.[1] ?? NOW - 20 * DAY_MS);
  });

  test("keeps the rest of a page when a row cannot be read", async () => {
    const bad = [callLog({ session_id: "0" }), callLog({ session_id: null })];
    const { pages } = await list([callLog(), ...bad], DAY_MS).run();
    expect([pages[1]?.snapshots.length, pages[1]?.rejected.length]).toEqual([1, 2]);
  });

  test("notes what cannot be read with the session that it is about", async () => {
    const { logged } = await list(
      [callLog({ status_code: "odd" }), callLog({ session_id: "9" })],
      DAY_MS,
    ).run();
    const problems = logged.map(({ providerId, problems: own }) => [providerId, own.length]);
    expect(problems).toEqual([
      [ID, 1],
      ["9", 0],
    ]);
  });

  test("tells a session whole whose first steps are before the window", async () => {
    const logs = [
      callLog({ id: "1", started_at: at(70), ended_at: at(50), end_reason: "BLIND_TRANSFER_COMPLETED" }),
      callLog({ id: "2", callee: "1003", started_at: at(50), ended_at: at(40) }),
      callLog({ id: "3", session_id: "9001", started_at: at(80), ended_at: at(75) }),
    ];
    const { logged } = await list(logs, 60 * MINUTE_MS).run();
    expect(logged.map(({ providerId }) => providerId)).toEqual([ID]);
    expect(logged[0]?.facts).toMatchObject({ to: { address: "1002" }, startedAt: Date.parse(at(70)) });
    expect(logged[0]?.transfers).toMatchObject([{ key: "to:1003" }]);
  });

  test("tells a session across two weeks once, and whole", async () => {
    const border = 7 * 24 * 60;
    const logs = [
      callLog({ id: "1", started_at: at(border + 5), ended_at: at(border - 5) }),
      callLog({ id: "2", callee: "1003", started_at: at(border - 5), ended_at: at(border - 9) }),
    ];
    const { logged } = await list(logs, 10 * DAY_MS).run();
    expect(logged).toHaveLength(1);
    expect(logged[0]?.interactions).toHaveLength(2);
  });

  const open = { ended_at: "", end_reason: "" };

  test.each<[string, Log, { id: string }[], string]>([
    ["handed on and no longer up", { end_reason: "REFERRED" }, [], "ENDED"],
    ["without an end and no longer up", open, [], "ENDED"],
    ["over, though the session is up", {}, [session()], "UNKNOWN"],
    ["handed on, and up", { end_reason: "REFERRED" }, [session()], "UNKNOWN"],
    ["without an end, and up", open, [session()], "LIVE"],
  ])("a step that is %s: the session is %s", async (_, given, sessions, phase) => {
    const { logged } = await list([callLog(given)], DAY_MS, sessions).run();
    expect(logged.map(({ facts }) => facts.phase)).toEqual([phase]);
  });

  test("does not end a session that began while the live list was read", async () => {
    const row = callLog({ started_at: at(1), rang_at: at(1), answered_at: at(1), ...open });
    const { logged } = await list([row], DAY_MS).run();
    expect(logged[0]?.facts).toMatchObject({ phase: "LIVE", state: "IN_PROGRESS" });
  });

  test("does not end with a step after which it goes on in another", async () => {
    const row = callLog({ started_at: at(2), ended_at: at(1), end_reason: "REFERRED" });
    const { logged } = await list([row], DAY_MS).run();
    expect(logged[0]?.facts).toMatchObject({ phase: "UNKNOWN", endedAt: null });
    const over = callLog({ started_at: at(2), ended_at: at(1) });
    expect((await list([over], DAY_MS).run()).logged[0]?.facts.phase).toBe("ENDED");
  });

  test("does not end what a row that cannot be read may be", async () => {
    const { logged } = await list([callLog(open)], DAY_MS, [{} as { id: string }]).run();
    expect(logged[0]?.facts.phase).toBe("LIVE");
  });
});

describe("the detail", () => {
  test("adds what only the entry's own page tells", async () => {
    const rows = [callLog({ id: "7001" }), callLog({ id: "7002", started_at: "2026-03-01T10:05:00Z" })];
    const known = worldOf([], rows);
    await using pbx = await startPbx((request, response) => {
      if (request.path !== "/api/calllogs/7002") return known(request, response);
      response.end(JSON.stringify({ ...rows[1], cost: 0.1, billed_account: "acc-1" }));
      return true;
    });
    const outcome = await pbx.connection.readSection(reference({ phase: "ENDED" }), "detail");
    expect(outcome).toMatchObject({
      snapshot: {
        facts: { phase: "ENDED" },
        fields: { callLog: { id: "7002", cost: "0.1", billedAccount: "acc-1" } },
      },
    });
    expect(pbx.asked().map(({ path }) => path)).toEqual(["/api/calllogs", "/api/calllogs/7002"]);
  });

  test("does not end a call that is up with the steps that are over", async () => {
    await using pbx = await startPbx(worldOf([session()], [callLog()]));
    const outcome = await pbx.connection.readSection(reference({ phase: "LIVE" }), "detail");
    expect(outcome).toMatchObject({
      kind: "found",
      snapshot: { facts: { phase: "UNKNOWN", endedAt: null } },
    });
  });

  test("stands without that page", async () => {
    await using pbx = await startPbx(worldOf([], [callLog()]));
    const outcome = await pbx.connection.readSection(reference(), "detail");
    expect(outcome).toMatchObject({ kind: "found", snapshot: { fields: { callLog: { cost: null } } } });
  });

  test("of a call that the log does not have yet is empty, and read", async () => {
    await using pbx = await startPbx(worldOf([session()], []));
    expect(await pbx.connection.readSection(reference(), "detail")).toMatchObject({
      kind: "found",
      snapshot: { sections: ["detail"], facts: { phase: "UNKNOWN" } },
    });
  });
});
