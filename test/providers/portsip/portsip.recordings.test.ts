/** Recordings (PortSIP reference §5.3). */
import { describe, expect, test } from "vitest";
import type { SessionReference } from "../../../src/providers/provider.js";
import { sendJson } from "../../support/scripted-server.js";
import { callLog, listOf, startPbx, worldOf } from "./pbx.js";

const ID = "812345678901234567";

function reference(given: Partial<SessionReference> = {}): SessionReference {
  return { providerId: ID, startedAt: null, endedAt: null, fields: {}, ...given };
}

describe("recordings", () => {
  const file = (name: string) => ({
    caller: "1001",
    callee: "1002",
    started_at: "2026-03-01T10:00:05Z",
    ended_at: "2026-03-01T10:00:40Z",
    duration: 35,
    file_name: name,
    file_size: 0,
    file_url: "/api/blobs/abcdef",
  });

  const recordings: Record<string, string> = {
    "r-own": `1-${ID}-3-20260301.wav`,
    "r-step": "1-812345678901234560-3-20260301.mp3",
    "r-other": "1-899999999999999999-3-20260301.wav",
    "r-before": `1-9${ID}-3-20260301.wav`,
    "r-longer": `1-${ID}9-3-20260301.wav`,
  };

  async function startRecorder(count = Object.keys(recordings).length) {
    const known = worldOf([], [callLog()]);
    return startPbx((request, response) => {
      const name = /^\/api\/recordings\/(.+)$/.exec(request.path)?.[1];
      const ids = Object.keys(recordings);
      const { caller, callee } = file("");
      if (request.path === "/api/recordings") {
        const skip = Number(request.query.get("skip"));
        const rows = Array.from({ length: count }, (_, index) =>
          index >= count - ids.length
            ? { id: ids[index - count + ids.length], caller, callee }
            : { id: `r-${index}`, caller: "2001", callee: "2002" },
        );
        sendJson(response, listOf(rows.slice(skip, skip + 100), count));
      } else if (name !== undefined) sendJson(response, { items: [file(recordings[name] ?? "")] });
      else return known(request, response);
      return true;
    });
  }

  test("are those whose file names the call or one of its steps", async () => {
    await using pbx = await startRecorder();
    const outcome = await pbx.connection.readSection(reference({ phase: "ENDED" }), "recordings");
    if (outcome.kind !== "found") throw new Error("expected the recordings");
    expect(outcome.snapshot.sections).toContain("recordings");
    expect(outcome.snapshot.recordings).toMatchObject([
      { key: "r-own", format: "wav", durationSeconds: 35, locator: { id: "r-own" } },
      { key: "r-step", format: "mp3" },
    ]);
    expect(outcome.snapshot.recordings).toHaveLength(2);
    // Whoever has the address has the file (Q15): it is not kept.
    expect(JSON.stringify(outcome)).not.toContain("blobs");
  });

  test("are looked for beyond the first page", async () => {
    await using pbx = await startRecorder(150);
    const outcome = await pbx.connection.readSection(reference({ phase: "ENDED" }), "recordings");
    expect(outcome).toMatchObject({ snapshot: { recordings: [{ key: "r-own" }, { key: "r-step" }] } });
  });

  test("have their address fetched anew, from the host's root", async () => {
    await using pbx = await startRecorder();
    const locator = { id: "r-own", file: recordings["r-own"] ?? "" };
    for (let time = 0; time < 2; time += 1)
      expect(await pbx.connection.recordingUrl(reference(), locator)).toBe(
        `${pbx.server.url}/api/blobs/abcdef`,
      );
    expect(pbx.asked()).toHaveLength(2);
    expect(JSON.stringify(pbx.lines)).not.toContain("blobs");
  });

  test("that are gone, or whose address is none, have none", async () => {
    await using pbx = await startPbx(({ path }, response) => {
      if (path !== "/api/recordings/odd") return false;
      sendJson(response, { items: [{ ...file("a.wav"), file_url: "javascript:alert(1)" }] });
      return true;
    });
    expect(await pbx.connection.recordingUrl(reference(), { id: "gone" })).toBeNull();
    expect(await pbx.connection.recordingUrl(reference(), { id: "odd" })).toBeNull();
    expect(await pbx.connection.recordingUrl(reference(), {})).toBeNull();
  });
});
