/** From something that people do at a provider to a frame at a `graphql-ws` client, by every path there is. */
import { afterEach, describe, expect, it } from "vitest";
import type { Person, StepKind, TransferScript } from "../../src/sandbox/conversation.js";
import { ask, createPushedClock } from "../support/ask.js";
import {
  numberOf,
  startPathWorld,
  type PathOptions,
  type PathWorld,
  type SessionChange,
} from "../support/path-world.js";

let world: PathWorld;
afterEach(() => world[Symbol.asyncDispose]());

/** One test of one path; what is done in it is printed with what it took. */
function by(options: PathOptions, run: () => Promise<void>): void {
  it(`by ${options.name}`, async () => {
    world = await startPathWorld(options);
    await run();
  }, 240_000);
}

const COLLEAGUE: Person = { name: "Marcus", number: "+13125550102", extension: "1002", email: null };
const transfer = (kind: TransferScript["kind"]): StepKind => ({
  do: "transfer",
  transfer: {
    kind,
    by: "to",
    destinations: [{ to: COLLEAGUE, outcome: "answered", afterMs: 0 }],
    screeningPrompt: null,
    summary: null,
    fallback: null,
  },
});
const RING = { do: "ring", party: "to" } as const;
const ANSWER = { do: "answer", party: "to" } as const;
const HANG_UP = { do: "end", reason: "caller-hung-up" } as const;
const say = (who: "user" | "agent", text: string): StepKind => ({ do: "say", who, text, lastsMs: 0 });
const ADA = numberOf(1);

interface Transfer {
  status: string;
  session: { from: { address: string } | null };
}
const TRANSFERS = `subscription { transfers { status session { from { address } } } }`;
const watchTransfers = () => world.client.subscribe<Transfer>(TRANSFERS);
const watchTurns = (id: string) =>
  world.client.subscribe<{ text: string }>(
    `subscription ($id: ID!) { transcript(sessionId: $id) { index text } }`,
    { id },
  );
const watchTimeline = (id: string) =>
  world.client.subscribe<{ type: string; source: string }>(
    `subscription ($id: ID!) { timeline(sessionId: $id) { type source } }`,
    { id },
  );
const isAnything = () => true;
const isEnd = ({ type }: { type: string }) => /end/i.test(type);

describe("PortSIP", () => {
  const traits = { trunk: "AtlanticVoice" };

  /** A transfer shows in who is on the call at once, and as a transfer when the call log tells of it. */
  const call = async () => {
    const transfers = await watchTransfers();
    let step: (kind: StepKind) => void = () => undefined;
    const rings = () => (step = world.begin({ traits }))(RING);
    const { session } = await world.becomes("a call rings", rings, ADA, "RINGING");
    await world.becomes("it is answered", () => step(ANSWER), ADA, "IN_PROGRESS");
    const isMoved = ({ changed }: SessionChange) => changed.includes("calls");
    await world.measure("it is sent to another phone", () => step(transfer("blind")), world.changes, isMoved);
    const timeline = await watchTimeline(session.id);
    await world.measure("it ends, on the timeline", () => step(HANG_UP), timeline, isEnd);
    await transfers.until(({ data }) => data.status === "COMPLETED");
  };

  by({ provider: "portsip", path: "push", name: "WSI" }, call);
  by({ provider: "portsip", path: "webhook", name: "webhook" }, call);
  by({ provider: "portsip", path: "polling", name: "polling, WSI off" }, call);
});

describe("Speko", () => {
  const traits = { agentIndex: 0, metadata: { from: ADA } };

  by({ provider: "speko", path: "push", name: "stream" }, async () => {
    const transfers = await watchTransfers();
    const step = world.begin({ traits });
    // Only lists and webhooks tell of a call that nobody follows yet.
    await world.gateway.running.sync.look(["speko"], 0, 20_000);
    const { data } = await world.changes.until((frame) => frame.data.session.from?.address === ADA);
    await expect.poll(() => world.server.pushes.length, { timeout: 20_000 }).toBeGreaterThan(0);
    const turns = await watchTurns(data.session.id);
    const timeline = await watchTimeline(data.session.id);
    await world.measure(
      "it is answered, as an event",
      () => step(ANSWER),
      timeline,
      ({ type }) => /participant_joined/.test(type),
    );
    await world.measure(
      "a turn",
      () => step(say("user", "A table for two")),
      turns,
      ({ text }) => /table for two/.test(text),
    );
    await world.measure("it is transferred", () => step(transfer("warm")), transfers, isAnything);
    await world.becomes("it ends", () => step(HANG_UP), ADA, "COMPLETED");
  });

  by({ provider: "speko", path: "webhook", name: "webhook" }, async () => {
    let step: (kind: StepKind) => void = () => undefined;
    const begins = () => (step = world.begin({ traits }))(ANSWER);
    await world.becomes("a call begins", begins, ADA, "IN_PROGRESS");
    await world.becomes("it ends", () => step(HANG_UP), ADA, "COMPLETED");
    const report = { do: "report", analysis: "completed", summary: "A table.", outcome: "booked" } as const;
    const hasReport = ({ changed }: SessionChange) => changed.includes("report");
    await world.measure("its report is written", () => step(report), world.changes, hasReport);
  });

  by({ provider: "speko", path: "polling", name: "polling, streams off" }, async () => {
    const transfers = await watchTransfers();
    let step: (kind: StepKind) => void = () => undefined;
    const begins = () => (step = world.begin({ traits }))(ANSWER);
    const { session } = await world.becomes("a call begins", begins, ADA, "IN_PROGRESS");
    const turns = await watchTurns(session.id);
    await world.measure(
      "a turn",
      () => step(say("user", "At eight please")),
      turns,
      ({ text }) => /At eight/.test(text),
    );
    await world.measure("it is transferred", () => step(transfer("blind")), transfers, isAnything);
    await world.becomes("it ends", () => step(HANG_UP), ADA, "COMPLETED");
  });
});

describe("Plivo", () => {
  const CREATE = `mutation ($input: CreatePlivoSessionInput!) {
    createPlivoSession(input: $input) { userErrors { message } session { providerId } }
  }`;

  /** Makes a session through the gateway; answers its id at Plivo, which the gateway has told where to call back. */
  async function create(input: object): Promise<string> {
    const { createPlivoSession } = await ask<{
      createPlivoSession: { userErrors: unknown[]; session: { providerId: string } | null };
    }>(world.gateway, CREATE, {
      input: { firstParty: "+12025550150", secondParty: "+12125550160", ...input },
    });
    expect(createPlivoSession.userErrors).toEqual([]);
    const id = createPlivoSession.session?.providerId ?? "";
    await world.changes.until((frame) => frame.data.session.providerId === id);
    return id;
  }

  async function call(input: object = {}) {
    const id = await create(input);
    const step = (kind: StepKind) => () => world.plivo.happen(id, kind);
    await world.becomes("somebody is rung", step(RING), id, "IN_PROGRESS");
    await world.becomes("the call is over", step({ do: "hangup", by: "from" }), id, "OPEN");
    return id;
  }

  const clock = createPushedClock();
  by({ provider: "plivo", path: "webhook", name: "callback, V3", now: clock.now }, async () => {
    const id = await call();
    const runOut = () => {
      clock.push(3_600_000);
      // The sandbox notices the time when it is asked something.
      world.plivo.records();
    };
    await world.becomes("its time runs out", runOut, id, "EXPIRED");
  });
  by({ provider: "plivo", path: "webhook", name: "callback, V3, GET" }, async () => {
    await call({ callbackMethod: "GET" });
  });
  by(
    {
      provider: "plivo",
      path: "webhook",
      name: "callback, V2",
      environment: { PLIVO_CALLBACK_SIGNATURES: "v2" },
    },
    async () => {
      world.plivo.setModes({ signatures: "v2" });
      await call();
    },
  );
  by({ provider: "plivo", path: "polling", name: "polling" }, async () => {
    await call();
  });
});

describe("Evo Voice", () => {
  const voice = async () => {
    let step: (kind: StepKind) => void = () => undefined;
    const rings = () => (step = world.begin({ traits: { accountIndex: 0 } }))(RING);
    await world.becomes("a call rings", rings, ADA, "RINGING");
    await world.becomes("it is answered", () => step(ANSWER), ADA, "IN_PROGRESS");
    await world.becomes("it is held", () => step({ do: "hold", by: "to", reason: "none" }), ADA, "ON_HOLD");
    await world.becomes("it is resumed", () => step({ do: "resume", by: "to" }), ADA, "IN_PROGRESS");
    await world.becomes("it ends", () => step(HANG_UP), ADA, "COMPLETED");
  };

  const chat = async () => {
    let step: (kind: StepKind) => void = () => undefined;
    const begins = () =>
      (step = world.begin({
        channel: "chat",
        traits: { accountIndex: 0 },
        from: { name: "Ada", number: ADA, extension: null, email: null },
      }))(RING);
    const { session } = await world.becomes("a chat begins", begins, ADA, /RINGING|IN_PROGRESS/);
    const turns = await watchTurns(session.id);
    // As a query would, at once, and then by the clock.
    const reads = () => world.server.requests.filter(({ url }) => /transcript/.test(url)).length;
    await expect.poll(reads, { timeout: 20_000 }).toBeGreaterThan(2);
    for (const [who, text] of [
      ["user", "Is the power out?"],
      ["agent", "Until noon."],
    ] as const)
      await world.measure(
        `a message of the ${who}`,
        () => step(say(who, text)),
        turns,
        (turn) => turn.text === text,
      );
    await world.becomes("it ends", () => step(HANG_UP), ADA, /COMPLETED|MISSED/);
  };

  by({ provider: "evo", path: "polling", name: "polling" }, async () => {
    await voice();
  });
  by({ provider: "evo", path: "polling", name: "polling a chat" }, chat);
  by(
    { provider: "evo", path: "polling", name: "polling, XML", environment: { EVO_VOICE_FORMAT: "xml" } },
    chat,
  );
});
