/** Four providers at which something happens all the time, at a pace and in an order that a seed draws. */
import type { Conversation, Step } from "../../../src/sandbox/conversation.js";
import type { Random } from "../../../src/sandbox/kit/random.js";
import { startSandbox, type Sandbox } from "../../../src/sandbox/sandbox.js";
import { SCENARIOS } from "../../../src/sandbox/scenarios/catalogue.js";
import { createWorld } from "../../../src/sandbox/world/world.js";

/** Conversations that are over before the first gateway starts: more than one page of a snapshot. */
const HISTORY = 110;
/** Conversations that go on at a time. */
const AT_A_TIME = 10;
/** Between two steps, milliseconds: faster than gateways poll, so that changes come in heaps as well. */
const PACE_MS = [5, 60] as const;

export interface BusyWorld {
  readonly sandbox: Sandbox;
  /** Steps that have happened so far. */
  readonly steps: number;
  /** Goes on, as a seed has it, until `rest`. */
  run(seed: number, random: Random): void;
  rest(): void;
  /** Something new that everybody is told of. */
  callOut(): void;
  close(): Promise<void>;
}

/** Starts the providers, with a history of the same seed each time. */
export async function startWorld(): Promise<BusyWorld> {
  const sandbox = await startSandbox({ traffic: null, days: 0 });
  const going: { conversation: Conversation; rest: Step[] }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let steps = 0;
  let draw: { seed: number; random: Random } | null = null;
  let begun = 0;

  function begin(seed: number, random: Random): void {
    const own = random.fork(`conversation ${(begun += 1)}`);
    for (const one of own.pick(SCENARIOS).write({ world: createWorld(seed), random: own })) {
      const conversation = { ...one, startedAt: Date.now() };
      sandbox.begin(conversation);
      going.push({ conversation, rest: [...one.steps] });
    }
  }
  function goOn(one: (typeof going)[number]): void {
    const step = one.rest.shift();
    const { conversation } = one;
    const at = Date.now();
    if (step) sandbox.apply(conversation, { ...step, at: at - conversation.startedAt }, at);
    if (one.rest.length === 0) going.splice(going.indexOf(one), 1);
    steps += 1;
  }
  function tick(): void {
    if (draw === null) return;
    const { seed, random } = draw;
    if (going.length < AT_A_TIME) begin(seed, random);
    else goOn(random.pick(going));
    timer = setTimeout(tick, random.int(...PACE_MS));
  }
  function rest(): void {
    clearTimeout(timer);
    draw = null;
  }

  const first = createWorld(0).random("history");
  while (sandbox.conversations.length < HISTORY) begin(0, first);
  while (going.length > AT_A_TIME) goOn(first.pick(going));
  return {
    sandbox,
    get steps() {
      return steps;
    },
    run(seed, random) {
      draw = { seed, random };
      tick();
    },
    rest,
    callOut() {
      const random = createWorld(begun).random("call");
      begin(begun, random);
    },
    async close() {
      rest();
      await sandbox.close();
    },
  };
}
