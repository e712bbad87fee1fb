/** Speko's stream of one call (Speko reference §8): cursor, overlap, rotation, corrections, what breaks it. */
import type { ServerResponse } from "node:http";
import { Agent } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import type { ProviderError } from "../../../src/errors/index.js";
import type { SessionSnapshot } from "../../../src/model/index.js";
import type { PushChannel, PushListener } from "../../../src/providers/provider.js";
import { SpekoStream } from "../../../src/providers/speko/speko.live.js";
import { createCaptureLogger } from "../../support/capture-logger.js";
import type { Script } from "../../support/scripted-server.js";
import { API_KEY, startSpeko, type SpekoServer } from "./speko-server.js";

let speko: SpekoServer;
let channel: PushChannel;
afterEach(async () => {
  await channel.close();
  await speko[Symbol.asyncDispose]();
});

const START = Date.parse("2026-03-01T12:00:00.000Z");
const at = (ms: number) => new Date(START + ms).toISOString();
const turn = (index: number, text: string) => ({
  ...{ id: `t${index}`, index, source: "user", text, startedAt: at(index * 1_000), endedAt: null, eouMs: 12 },
});
const happened = (id: string, ms: number) => ({
  ...{
    id,
    session_id: "call_1",
    organization_id: "org_1",
    provider: "speko",
    event_type: "worker.first_agent_audio",
  },
  ...{ occurred_at: at(ms), payload: {}, created_at: at(ms) },
});

function say(response: ServerResponse, name: string, data: unknown): void {
  response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

type Play = (response: ServerResponse) => void;

/** Follows a call at a server that plays each stream in turn; what the listener heard, in order. */
function follow(...streams: Play[]) {
  return followWith({}, ...streams);
}

async function followWith({ silenceMs }: { silenceMs?: number }, ...streams: Play[]) {
  const script: Script = (_request, response, count) => {
    const play = streams[count - 1];
    if (play === undefined) return void response.writeHead(404).end("{}");
    play(response);
  };
  speko = await startSpeko(script);
  const heard = {
    turns: [] as string[],
    events: [] as string[],
    snapshots: [] as SessionSnapshot[],
    changed: 0,
    opened: 0,
    lost: [] as { error: ProviderError; isFinal: boolean }[],
    ended: 0,
  };
  const listener: PushListener = {
    told(snapshots) {
      heard.snapshots.push(...snapshots);
      for (const { transcript = [], events = [] } of snapshots) {
        heard.turns.push(...transcript.map(({ index, text }) => `${index} ${text}`));
        heard.events.push(...events.map(({ key }) => key));
      }
      return Promise.resolve();
    },
    changed: () => (heard.changed += 1),
    look: () => Promise.resolve(),
    opened: () => (heard.opened += 1),
    lost: (error, isFinal = false) => heard.lost.push({ error, isFinal }),
    ended: () => (heard.ended += 1),
  };
  const { server, connection } = speko;
  const session = { providerId: "call_1" };
  const stream =
    silenceMs === undefined
      ? connection.streamSession?.(session, listener)
      : new SpekoStream(session.providerId, { ...contextOf(server.url), silenceMs }, listener);
  if (stream === undefined) throw new Error("Speko streams");
  channel = stream;
  return heard;
}

const contextOf = (origin: string) => ({
  ...{ dispatcher: new Agent(), origin, prefix: "", apiKey: API_KEY, now: Date.now, headersTimeoutMs: 5_000 },
  source: { provider: "SPEKO", connection: "speko" },
  log: createCaptureLogger().log,
});

const open = (response: ServerResponse) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.flushHeaders();
};
const cursors = () => speko.server.requests.map(({ query }) => query.get("cursor"));

describe("a stream", () => {
  it("begins at the beginning, goes on after a rotation where it was, and drops what it is told again", async () => {
    const heard = await follow(
      (response) => {
        open(response);
        say(response, "status", { status: "active", endedAt: null });
        say(response, "transcript", turn(0, "hello"));
        say(response, "transcript", turn(1, "I wo"));
        say(response, "event", happened("e1", 500));
        say(response, "event", happened("e2", 1_500));
        say(response, "end", { reason: "timeout" });
        response.end();
      },
      (response) => {
        open(response);
        // The overlap, a correction, a turn out of order, and news with an older time.
        say(response, "status", { status: "active", endedAt: null });
        say(response, "event", happened("e2", 1_500));
        say(response, "event", happened("e1", 500));
        say(response, "event", happened("e3", 1_400));
        say(response, "transcript", turn(3, "at eight"));
        say(response, "transcript", turn(1, "I would like a table"));
        say(response, "transcript", turn(2, "when?"));
        say(response, "status", { status: "ended", endedAt: at(9_000) });
        say(response, "end", { reason: "session_ended" });
        response.end();
      },
    );
    await expect.poll(() => heard.ended).toBe(1);
    expect(cursors()).toEqual(["-1:0", `1:${START + 1_500}`]);
    expect(speko.server.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${API_KEY}`,
      accept: "text/event-stream",
    });
    expect(heard.events).toEqual(["e1", "e2", "e3"]);
    expect(new Set(heard.turns)).toEqual(
      new Set(["0 hello", "1 I wo", "3 at eight", "1 I would like a table", "2 when?"]),
    );
    expect(heard.lost).toEqual([]);
    expect(heard.opened).toBe(2);
    for (const snapshot of heard.snapshots) {
      // It says nothing of how the call is doing: its status is not to be trusted, and is read.
      expect(snapshot).toMatchObject({ providerId: "call_1", source: "PUSH", sections: [] });
      expect(snapshot.facts).toMatchObject({ phase: "UNKNOWN", endedAt: null });
    }
    expect(heard.snapshots[0]?.transcript?.[0]?.fields["eouMs"]).toBe(12);
    expect(heard.changed).toBeGreaterThan(1);
  });

  it("that breaks off is opened again after a pause, from the last that was stored", async () => {
    const heard = await follow(
      (response) => {
        open(response);
        say(response, "transcript", turn(4, "still here"));
        setTimeout(() => response.destroy(), 50);
      },
      (response) => void response.writeHead(503).end(),
      (response) => {
        open(response);
        response.write('event: transcript\ndata: {"index": 5, "te');
        setTimeout(() => response.destroy(), 50);
      },
      (response) => {
        open(response);
        response.write("event: transcript\ndata: not JSON\n\nevent: something-new\ndata: {}\n\n");
        say(response, "transcript", turn(5, "and here"));
        say(response, "end", { reason: "session_ended" });
      },
    );
    await expect.poll(() => heard.ended, { timeout: 10_000 }).toBe(1);
    expect(cursors()).toEqual(["-1:0", "4:0", "4:0", "4:0"]);
    expect(heard.turns).toEqual(["4 still here", "5 and here"]);
    expect(heard.lost.map(({ isFinal }) => isFinal)).toEqual([false, false, false]);
  });

  it("that is rotated at once, over and over, is not asked for at that pace", async () => {
    const at: number[] = [];
    const rotate = (response: ServerResponse) => {
      at.push(performance.now());
      open(response);
      say(response, "status", { status: "active", endedAt: null });
      say(response, "end", { reason: "going away" });
      response.end();
    };
    const heard = await follow(rotate, rotate, rotate, (response) => {
      at.push(performance.now());
      open(response);
      say(response, "end", { reason: "session_ended" });
    });
    await expect.poll(() => heard.ended, { timeout: 20_000 }).toBe(1);
    // Half a second, one, one and a half: pauses are never shorter, however busy the machine is.
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(2_900);
    expect(heard.lost).toEqual([]);
  });

  it("that breaks after its first frame each time is asked for ever more rarely", async () => {
    const at: number[] = [];
    const spoil = (response: ServerResponse) => {
      at.push(performance.now());
      open(response);
      say(response, "status", { status: "active", endedAt: null });
      // Longer than any event may be.
      response.write(`event: event\ndata: "${"x".repeat(5 * 1024 * 1024)}`);
    };
    const heard = await follow(spoil, spoil, spoil, (response) => {
      at.push(performance.now());
      open(response);
      say(response, "end", { reason: "session_ended" });
    });
    await expect.poll(() => heard.ended, { timeout: 20_000 }).toBe(1);
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(2_900);
    expect(heard.lost.map(({ isFinal }) => isFinal)).toEqual([false, false, false]);
  });

  it("that is asked to wait waits as long as it was told", async () => {
    const at: number[] = [];
    const heard = await follow(
      (response) => {
        at.push(performance.now());
        response.writeHead(429, { "retry-after": "2" }).end();
      },
      (response) => {
        at.push(performance.now());
        open(response);
        say(response, "end", { reason: "session_ended" });
      },
    );
    await expect.poll(() => heard.ended, { timeout: 20_000 }).toBe(1);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThan(1_950);
    expect(heard.lost).toMatchObject([{ isFinal: false, error: { code: "PROVIDER_RATE_LIMITED" } }]);
  });

  it("that falls silent is opened anew where it was, and nobody is told of a loss", async () => {
    const heard = await followWith(
      { silenceMs: 200 },
      (response) => {
        open(response);
        say(response, "transcript", turn(0, "hello"));
      },
      (response) => {
        open(response);
        say(response, "end", { reason: "session_ended" });
      },
    );
    await expect.poll(() => heard.ended, { timeout: 20_000 }).toBe(1);
    expect(cursors()).toEqual(["-1:0", "0:0"]);
    expect(heard.lost).toEqual([]);
  });

  it.each([404, 410, 403])("that is refused with %i is not tried again", async (status) => {
    const heard = await follow((response) => void response.writeHead(status).end());
    await expect.poll(() => heard.lost.length).toBe(1);
    const code = status === 403 ? "PROVIDER_AUTH_FAILED" : "PROVIDER_BAD_RESPONSE";
    expect(heard.lost[0]).toMatchObject({ isFinal: true, error: { code } });
    expect(speko.server.requests).toHaveLength(1);
  });

  it("is over for everybody when it is closed", async () => {
    let isGone = false;
    const heard = await follow((response) => {
      open(response);
      response.on("close", () => (isGone = true));
      say(response, "transcript", turn(0, "hello"));
    });
    await expect.poll(() => heard.turns).toEqual(["0 hello"]);
    await channel.close();
    await expect.poll(() => isGone).toBe(true);
    expect(heard).toMatchObject({ lost: [], ended: 0 });
    expect(speko.server.requests).toHaveLength(1);
  });
});
