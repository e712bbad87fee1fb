import { describe, expect, test } from "vitest";
import type { SessionReference } from "../../../src/providers/provider.js";
import { sendJson } from "../../support/scripted-server.js";
import { startEvo } from "./evo-server.js";

const CHAT: SessionReference = {
  providerId: "s1",
  startedAt: null,
  endedAt: null,
  fields: { fromAddress: "+18145550193", toAddress: "+15035550111" },
  channel: "CHAT",
  direction: "INBOUND",
  phase: "LIVE",
  state: "IN_PROGRESS",
};
const VOICE: SessionReference = { ...CHAT, channel: "VOICE" };

describe("recordings", () => {
  const files = [
    {
      id: "f1",
      type: "CallRecording",
      fileName: "call.bin",
      uri: "https://files.example/f1?sig=secret",
      contentType: "audio/mpeg",
      contentLength: 5_000_000_000,
      recordingDuration: 75,
      dateCreated: "2026-03-01T10:16:00Z",
    },
    { id: "f2", type: "VoiceMessage", fileName: "message.WAV", recordingDuration: "long" },
    { id: "f3", type: "Attachment", uri: "/files/raw/f3.png", contentType: "image/png" },
    { id: "f4", type: "LiveAnswerRecording", uri: "javascript:alert(1)" },
  ];

  test("are the files of the session, of every type, and the voices among them", async () => {
    await using evo = await startEvo({ files, maxPerPage: 3 });
    const outcome = await evo.connection.readSection(VOICE, "recordings");
    if (outcome.kind !== "found") throw new Error("expected files");
    const { snapshot } = outcome;
    expect(
      snapshot.recordings?.map(({ key, format, durationSeconds }) => [key, format, durationSeconds]),
    ).toEqual([
      ["f1", "mp3", 75],
      ["f2", "wav", null],
      ["f4", null, null],
    ]);
    expect(snapshot.fields.files).toMatchObject([
      { id: "f1", contentLength: 5_000_000_000, dateCreated: Date.parse("2026-03-01T10:16:00Z") },
      { id: "f2", recordingDuration: null },
      { id: "f3", uri: "/files/raw/f3.png" },
      { id: "f4" },
    ]);
    expect(snapshot.problems.map(({ path, field }) => [path, field])).toEqual([
      ["files[1].recordingDuration", "recordingDuration"],
      ["files[1].recordingDuration", "durationSeconds"],
    ]);
    expect(snapshot.sections).toEqual(["recordings"]);
    expect(snapshot.facts).toMatchObject({ phase: "LIVE", state: "IN_PROGRESS", channel: "VOICE" });
    expect(evo.to("/files")).toHaveLength(2);
    expect(evo.to("/files")[0]?.query.get("sessionId")).toBe("s1");
  });

  test("are kept without their addresses, which are fetched when asked for", async () => {
    await using evo = await startEvo({ files });
    const outcome = await evo.connection.readSection(VOICE, "recordings");
    expect(JSON.stringify(outcome)).not.toContain("sig=secret");
    const url = (fileId: string) => evo.connection.recordingUrl(VOICE, { fileId });
    expect(await url("f1")).toBe("https://files.example/f1?sig=secret");
    expect(await url("f1")).toBe("https://files.example/f1?sig=secret");
    expect(evo.to("/files/f1")).toHaveLength(2);
    expect(await url("f3")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/files\/raw\/f3\.png$/);
    expect([await url("f2"), await url("f4"), await url("gone"), await url("..")]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test("that the login may not see fail alone", async () => {
    await using evo = await startEvo();
    evo.world.intercept = ({ path }, response) => {
      if (path !== "/files") return false;
      sendJson(response, { responseStatus: { errorCode: "Forbidden" } }, 403);
      return true;
    };
    const outcome = await evo.connection.readSection(VOICE, "recordings");
    expect(outcome).toMatchObject({ kind: "failed", error: { code: "PROVIDER_AUTH_FAILED", status: 403 } });
    expect((await evo.connection.readSessions(["s1"]))[0]).toEqual({ kind: "absent" });
  });
});

describe("the transcript", () => {
  const messages = [
    { date: "2026-03-01T10:15:20Z", from: "user:end-2", body: "Hello Ada" },
    { date: "2026-03-01T10:15:10Z", from: "(814) 555-0193", body: "Hi" },
    {
      date: "2026-03-01T10:15:30Z",
      from: "+15035550111",
      mediaUri: "https://m.example/1",
      mediaContentType: "image/png",
    },
    { date: "2026-03-01T10:15:40Z", from: "+12025550100", body: "me too" },
  ];

  test("of a chat is its messages, oldest first, each with its side", async () => {
    await using evo = await startEvo({ transcripts: { s1: messages } });
    const outcome = await evo.connection.readSection(CHAT, "transcript");
    if (outcome.kind !== "found") throw new Error("expected a transcript");
    expect(outcome.snapshot.transcript?.map(({ index, source, text }) => [index, source, text])).toEqual([
      [0, "USER", "Hi"],
      [1, "AGENT", "Hello Ada"],
      [2, "AGENT", ""],
      [3, "UNKNOWN", "me too"],
    ]);
    expect(outcome.snapshot.transcript?.[2]?.fields).toMatchObject({ mediaUri: "https://m.example/1" });
  });

  test("of a call is empty without a request", async () => {
    await using evo = await startEvo();
    const outcome = await evo.connection.readSection(VOICE, "transcript");
    expect(outcome).toMatchObject({ kind: "found", snapshot: { transcript: [], sections: ["transcript"] } });
    expect(evo.to("/sessions/s1/transcript")).toEqual([]);
  });

  test("of an archived chat can no longer be had, which does not make the session absent", async () => {
    await using evo = await startEvo();
    const outcome = await evo.connection.readSection(CHAT, "transcript");
    expect(outcome).toMatchObject({ kind: "found", snapshot: { transcript: [] } });
    expect(evo.to("/sessions/s1/transcript")).toHaveLength(1);
  });
});
