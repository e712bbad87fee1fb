import { describe, expect, test } from "vitest";
import type { SessionSnapshot } from "../../../src/model/index.js";
import type { SessionPage } from "../../../src/providers/provider.js";
import { sendJson } from "../../support/scripted-server.js";
import { endedRow, sessionRow, type Row } from "./bodies.js";
import { NOW, startEvo } from "./evo-server.js";

const HOUR = 3_600_000;
const at = (ms: number) => new Date(ms).toISOString();

/** `count` ended sessions, newest first, a minute apart. */
function manyEnded(count: number, newest = NOW - HOUR): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const time = at(newest - index * 60_000);
    return endedRow({ id: `e${index}`, dateCreated: time, dateCompleted: time, dateLastModified: time });
  });
}

async function collect(pages: AsyncIterable<SessionPage>): Promise<SessionPage[]> {
  const all: SessionPage[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

const idsOf = (pages: readonly SessionPage[]) =>
  pages.flatMap(({ snapshots }) => snapshots.map(({ providerId }) => providerId));

describe("reading by id", () => {
  test("asks once for many live ids, always for the connection's accounts", async () => {
    const live = manyEnded(60);
    await using evo = await startEvo({ live });
    const ids = live.map(({ id }) => String(id));
    const outcomes = await evo.connection.readSessions([...ids, "e0"]);

    expect(outcomes.every(({ kind }) => kind === "found")).toBe(true);
    expect(evo.to("/sessions")).toHaveLength(1);
    const query = Object.fromEntries(evo.to("/sessions")[0]?.query ?? []);
    expect(query).toMatchObject({
      accountIds: "acc-1,acc-2",
      specificIds: ids.join(","),
      countPerPage: "60",
      simplifiedPaging: "true",
    });
  });

  test("looks in the archive for what is missing, and calls absent what neither has", async () => {
    await using evo = await startEvo({ live: [sessionRow()], archive: [endedRow({ id: "old" })] });
    const outcomes = await evo.connection.readSessions(["old", "s1", "never"]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["found", "found", "absent"]);
    expect(
      evo.to("/sessions").map(({ query }) => [query.get("searchArchive"), query.get("specificIds")]),
    ).toEqual([
      [null, "old,s1,never"],
      ["true", "old,never"],
    ]);
  });

  test("keeps every URL below 6 kB, whatever the number of ids and accounts", async () => {
    const accountIds = Array.from({ length: 150 }, (_, index) => `acc-${String(index).padStart(20, "0")}`);
    const live = Array.from({ length: 400 }, (_, index) =>
      sessionRow({ id: String(index).padStart(24, "0"), accountId: accountIds[index % 150] }),
    );
    await using evo = await startEvo({ live, accountIds });
    const outcomes = await evo.connection.readSessions(live.map(({ id }) => String(id)));
    expect(outcomes.every(({ kind }) => kind === "found")).toBe(true);
    for (const { url } of evo.to("/sessions")) expect(url.length).toBeLessThan(6_000);
  });

  test("follows the pages of a server that gives fewer rows than asked for", async () => {
    const live = manyEnded(30);
    await using evo = await startEvo({ live, maxPerPage: 10 });
    const outcomes = await evo.connection.readSessions(live.map(({ id }) => String(id)));
    expect(outcomes.every(({ kind }) => kind === "found")).toBe(true);
    expect(evo.to("/sessions")).toHaveLength(3);
  });

  test("sends nothing for ids that cannot be any", async () => {
    await using evo = await startEvo();
    expect(await evo.connection.readSessions(["a,b", ""])).toEqual([{ kind: "absent" }, { kind: "absent" }]);
    expect(evo.to("/sessions")).toEqual([]);
  });

  test("keeps what the live list gave when the archive fails", async () => {
    await using evo = await startEvo({ live: [sessionRow()] });
    evo.world.intercept = ({ query }, response) => {
      if (query.get("searchArchive") !== "true") return false;
      sendJson(response, { ResponseStatus: { ErrorCode: "ArgumentException", Message: "secret" } }, 400);
      return true;
    };
    const [found, failed] = await evo.connection.readSessions(["s1", "old"]);
    expect(found?.kind).toBe("found");
    expect(failed).toMatchObject({ kind: "failed", error: { code: "PROVIDER_BAD_RESPONSE", status: 400 } });
    expect(failed?.kind === "failed" && failed.error.message).toContain("ArgumentException");
    expect(failed?.kind === "failed" && failed.error.message).not.toContain("secret");
  });

  test("does not call absent what an unreadable row may have been", async () => {
    await using evo = await startEvo({ live: [null, sessionRow()] });
    const [found, unclear] = await evo.connection.readSessions(["s1", "s2"]);
    expect(found?.kind).toBe("found");
    expect(unclear).toMatchObject({ kind: "failed", error: { code: "PROVIDER_BAD_RESPONSE" } });
  });
});

describe("a window of history", () => {
  test("is read to the end of the live and of the archived list, each session once", async () => {
    const rows = manyEnded(25);
    await using evo = await startEvo({ live: rows.slice(0, 15), archive: rows.slice(12), maxPerPage: 5 });
    const pages = await collect(evo.connection.listSessions({ since: NOW - 24 * HOUR }));

    expect(idsOf(pages)).toEqual(rows.map(({ id }) => id));
    expect(evo.to("/sessions")).toHaveLength(3 + 3);
    expect(pages.at(-1)?.total).toBe(28);
    expect(Object.fromEntries(evo.to("/sessions")[0]?.query ?? [])).toEqual({
      accountIds: "acc-1,acc-2",
      startDate: "2026-02-27",
      endDate: "2026-03-02",
      countPerPage: "100",
      sortField: "dateCreated",
      sortOrder: "Descend",
      page: "0",
    });
  });

  test("holds only what was created in it, to the millisecond", async () => {
    const since = NOW - HOUR;
    const live = [
      sessionRow({ id: "after", dateCreated: at(NOW) }),
      sessionRow({ id: "last", dateCreated: at(NOW - 1) }),
      sessionRow({ id: "first", dateCreated: at(since) }),
      sessionRow({ id: "before", dateCreated: at(since - 1) }),
      sessionRow({ id: "undated", dateCreated: "?" }),
    ];
    await using evo = await startEvo({ live });
    const pages = await collect(evo.connection.listSessions({ since, until: NOW }));
    expect(idsOf(pages)).toEqual(["last", "first", "undated"]);
  });

  test("survives rows that cannot be read", async () => {
    await using evo = await startEvo({ live: [7, sessionRow(), { fromName: "nobody" }] });
    const pages = await collect(evo.connection.listSessions({ since: NOW - 24 * HOUR }));
    expect(idsOf(pages)).toEqual(["s1"]);
    expect(pages[0]?.rejected.map(({ code }) => code)).toEqual([
      "PROVIDER_BAD_RESPONSE",
      "PROVIDER_BAD_RESPONSE",
    ]);
  });

  test("is not read for ever from a server that ignores the page", async () => {
    await using evo = await startEvo();
    evo.world.intercept = ({ path }, response) => {
      if (path !== "/sessions") return false;
      sendJson(response, { items: [sessionRow()], totalPages: 1_000_000 });
      return true;
    };
    await expect(collect(evo.connection.listSessions({ since: 0 }))).rejects.toMatchObject({
      code: "PROVIDER_BAD_RESPONSE",
    });
    expect(evo.to("/sessions")).toHaveLength(2);
  });
});

describe("the live list", () => {
  test("ends behind the rows that are live or have just ended", async () => {
    const live = [sessionRow({ dateLastModified: at(NOW) }), ...manyEnded(400, NOW - 60_000)];
    await using evo = await startEvo({ live });
    const pages = await collect(evo.connection.listLive());
    expect(evo.to("/sessions")).toHaveLength(1);
    expect(idsOf(pages)).toContain("e0");
    expect(Object.fromEntries(evo.to("/sessions")[0]?.query ?? [])).toMatchObject({
      simplifiedPaging: "true",
      sortField: "dateLastModified",
      sortOrder: "Descend",
    });
  });

  test("goes on past old rows while some of them are live", async () => {
    const quiet = sessionRow({ id: "quiet", dateLastModified: at(NOW - HOUR) });
    const live = [quiet, ...manyEnded(400, NOW - 2 * HOUR)];
    await using evo = await startEvo({ live });
    expect(idsOf(await collect(evo.connection.listLive()))).toContain("quiet");
    expect(evo.to("/sessions")).toHaveLength(2);
  });

  test("is read to its end when the server does not sort it", async () => {
    const live = [...manyEnded(210, NOW - 2 * HOUR).toReversed(), sessionRow({ id: "last" })];
    await using evo = await startEvo({ live });
    expect(idsOf(await collect(evo.connection.listLive()))).toContain("last");
    expect(evo.to("/sessions")).toHaveLength(3);
  });

  test("ends early without another request when its reader does", async () => {
    await using evo = await startEvo({
      live: Array.from({ length: 300 }, (_, i) => sessionRow({ id: `l${i}` })),
    });
    for await (const page of evo.connection.listLive()) {
      expect(page.snapshots).toHaveLength(100);
      break;
    }
    expect(evo.to("/sessions")).toHaveLength(1);
  });
});

describe("the formats", () => {
  test("give the same records", async () => {
    const world = {
      live: [sessionRow(), sessionRow({ id: "s3", log: [], members: [], ended: "maybe", dateCreated: "?" })],
      archive: [endedRow({ id: "old" })],
      files: [{ id: "f1", type: "CallRecording", contentLength: 5_000_000_000, recordingDuration: 12 }],
      transcripts: { s1: [{ date: "2026-03-01T10:15:00Z", from: "+18145550193", body: "<hello> & more" }] },
    };
    const read = async (format: "json" | "xml"): Promise<Partial<SessionSnapshot>[]> => {
      await using evo = await startEvo(world, { format });
      const reference = { providerId: "s1", startedAt: null, endedAt: null, fields: {} };
      const outcomes = [
        ...(await evo.connection.readSessions(["s1", "s3", "old"])),
        await evo.connection.readSection(reference, "recordings"),
        await evo.connection.readSection({ ...reference, channel: "CHAT" }, "transcript"),
      ];
      expect(new Set(evo.to("/sessions").map(({ headers }) => headers.accept))).toEqual(
        new Set([`application/${format}`]),
      );
      return outcomes.map((outcome) => {
        if (outcome.kind !== "found") throw new Error("expected a session");
        return { ...outcome.snapshot, observedAt: 0 };
      });
    };
    const [json, xml] = await Promise.all([read("json"), read("xml")]);
    expect(xml).toEqual(json);
    expect(json.map(({ problems }) => problems?.length)).toEqual([0, 3, 0, 0, 0]);
  });

  test("an answer in the other format is understood all the same", async () => {
    await using evo = await startEvo({}, { format: "xml" });
    evo.world.intercept = ({ path }, response) => {
      if (path !== "/sessions") return false;
      sendJson(response, { items: [sessionRow()], hasMorePages: false });
      return true;
    };
    expect((await evo.connection.readSessions(["s1"]))[0]?.kind).toBe("found");
  });
});

describe("failures", () => {
  test.each([
    ["an HTML body with 200", 200, "<html>Sign in</html>", "PROVIDER_BAD_RESPONSE", "JSON"],
    ["an HTML body with 400", 400, "<html>nope</html>", "PROVIDER_BAD_RESPONSE", "400"],
    ["a 403", 403, '{"responseStatus":{"errorCode":"Forbidden"}}', "PROVIDER_AUTH_FAILED", "Forbidden"],
    ["an error with 200", 200, '{"responseStatus":{"errorCode":"Oops"}}', "PROVIDER_BAD_RESPONSE", "Oops"],
    [
      "a strange error with 200",
      200,
      '{"responseStatus":{"errorCode":"x y!"}}',
      "PROVIDER_BAD_RESPONSE",
      "unreadable code",
    ],
    ["a list that is none", 200, '{"items":"all"}', "PROVIDER_BAD_RESPONSE", "a list"],
    ["a list that is a number", 200, "5", "PROVIDER_BAD_RESPONSE", "a list"],
  ])("%s", async (_, status, body, code, text) => {
    await using evo = await startEvo();
    evo.world.intercept = ({ path }, response) => {
      if (path !== "/sessions") return false;
      response.writeHead(status, { "content-type": "text/html" }).end(body);
      return true;
    };
    const [outcome] = await evo.connection.readSessions(["s1"]);
    expect(outcome).toMatchObject({ kind: "failed", error: { code } });
    expect(outcome?.kind === "failed" && outcome.error.message).toContain(text);
  });

  test("a route that is missing is replaced by the operation's own, from then on", async () => {
    await using evo = await startEvo({ live: [sessionRow()] });
    evo.world.intercept = ({ path }, response) => {
      if (path !== "/sessions") return false;
      response.writeHead(405).end();
      return true;
    };
    await evo.connection.readSessions(["s1"]);
    await evo.connection.readSessions(["s1"]);
    expect(evo.to("/sessions")).toHaveLength(1);
    expect(evo.to("/json/reply/ListSessions")).toHaveLength(2);
  });

  test("the caller's cancellation ends the read with its reason", async () => {
    await using evo = await startEvo({ live: [sessionRow()] });
    const reason = new Error("no longer wanted");
    await expect(evo.connection.readSessions(["s1"], { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});
