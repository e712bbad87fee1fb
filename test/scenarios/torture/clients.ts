/** Clients as a careful author would write one: whatever happens, they come back with their last cursor, to any gateway. */
import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../../src/sandbox/kit/random.js";
import { openSocketWire, openStreamWire, type Over, type Payload, type Wire } from "./wires.js";

/** A subscription field of the graph. */
export type Field = "sessionChanges" | "session" | "transcript" | "timeline" | "transfers";

/** What a client wants to know. */
export interface Wish {
  field: Field;
  variables: Record<string, unknown>;
  /** For reports of failures. */
  name: string;
  /** Sends a great deal with each change. */
  isHeavy?: boolean;
}

/** A connection's worth of what a client was told. */
export interface Part {
  variables: Record<string, unknown>;
  /** The log reached at least this far before it began. */
  behind: number;
  told: Record<string, unknown>[];
  over: Over | null;
}

const SESSION = "id state phase title transfers { id } transcript { entryCount } timeline { nodes { id } }";
const CHANGE = `cursor kind at changed previousState`;
const FILTER = "$filter: SessionFilter";
const QUERIES: Record<Field, (session: string) => string> = {
  sessionChanges: (session) =>
    `subscription (${FILTER}, $after: String, $snapshot: Boolean = true) {
      sessionChanges(filter: $filter, after: $after, snapshot: $snapshot) { ${CHANGE} session { ${session} } } }`,
  session: (session) =>
    `subscription ($id: ID!, $after: String) { session(id: $id, after: $after) { ${CHANGE} session { ${session} } } }`,
  transcript: () => `subscription ($sessionId: ID!, $afterIndex: Int = -1) {
      transcript(sessionId: $sessionId, afterIndex: $afterIndex) { index text } }`,
  timeline: () => "subscription ($sessionId: ID!) { timeline(sessionId: $sessionId) { id type } }",
  transfers: () => `subscription (${FILTER}) { transfers(filter: $filter) { id status session { id } } }`,
};

/** Close codes after which a client comes back: draining, a broken connection, too slow, and no connection at all. */
const COME_BACK = new Set([0, 1001, 1006, 4429]);
/** What a gateway says whose database is away; anything else is a failure. */
const AWAY = /^The gateway's database (?:cannot be reached|is busy)/;
/** Before it tries again where it was told nothing, milliseconds. */
const AGAIN_AFTER_MS = [50, 400] as const;

export interface ClientOptions {
  random: Random;
  urls: readonly string[];
  /** The number of the last change that is known of. */
  last(): Promise<number>;
}

export class Client {
  readonly parts: Part[] = [];
  /** What no client should ever be told. */
  readonly failures: string[] = [];
  /** How its connections ended, and how often. */
  readonly endings = new Map<string, number>();
  isComplete = false;
  isGone = false;
  readonly #options: ClientOptions;
  #wire: Wire | null = null;
  #away: PromiseWithResolvers<void> | null = null;
  #cutBy: (() => void) | null = null;

  /** @param shared the first connection, where it is one with others */
  constructor(
    readonly wish: Wish,
    readonly isStream: boolean,
    options: ClientOptions,
    shared?: Wire,
  ) {
    this.#options = options;
    void this.#live(shared);
  }

  /** Its connection breaks. What was still on its way, the last few of what it was told, has not arrived. */
  cut(lost: number): void {
    const part = this.parts.at(-1);
    // What has ended has ended with all of it.
    if (part === undefined || part.over !== null) return;
    this.#cutBy?.();
    part.told.splice(Math.max(0, part.told.length - lost));
  }

  /** From now on it stays away, once its connection has ended, until `comeBack`. */
  stayAway(): void {
    this.#away ??= Promise.withResolvers();
  }

  comeBack(): void {
    this.#away?.resolve();
    this.#away = null;
  }

  /** It leaves for good. */
  leave(): void {
    this.isGone = true;
    this.comeBack();
    this.#cutBy?.();
  }

  async #live(shared: Wire | undefined): Promise<void> {
    const { random, urls, last } = this.#options;
    for (
      let wire = shared;
      !this.isGone && !this.isComplete && this.failures.length === 0;
      wire = undefined
    ) {
      if (this.#away) await this.#away.promise;
      const behind = await last();
      if (this.isGone) return;
      const url = random.pick(urls);
      this.#wire = wire ?? (this.isStream ? openStreamWire(url) : openSocketWire(url));
      const part: Part = { variables: this.#variables(), behind, told: [], over: null };
      this.parts.push(part);
      const over = await this.#listen(this.#wire, part);
      part.over = over;
      if (wire === undefined) this.#wire.cut();
      this.#note(over);
      if (part.told.length === 0) await pause(random.int(...AGAIN_AFTER_MS));
    }
  }

  #listen(wire: Wire, part: Part): Promise<Over> {
    const { field, isHeavy = false } = this.wish;
    return new Promise((resolve) => {
      let isOver = false;
      const end = (over: Over) => {
        isOver = true;
        resolve(over);
      };
      this.#cutBy = () => {
        end({ how: "closed", code: 1006 });
        wire.cut();
      };
      const query = QUERIES[field](isHeavy ? `${SESSION} raw` : SESSION);
      wire.subscribe(
        { query, variables: part.variables },
        { next: (payload) => void (isOver || this.#hear(payload, part)), over: end },
      );
    });
  }

  #hear({ data, errors }: Payload, part: Part): void {
    const told = data?.[this.wish.field];
    if (errors) this.failures.push(`was told of an error: ${JSON.stringify(errors)}`);
    if (told == null) this.failures.push("was told of nothing");
    else part.told.push(told as Record<string, unknown>);
  }

  #note(over: Over): void {
    const name = over.how === "closed" ? String(over.code) : over.how;
    this.endings.set(name, (this.endings.get(name) ?? 0) + 1);
    if (over.how === "complete") this.isComplete = true;
    if (over.how === "closed" && !COME_BACK.has(over.code))
      this.failures.push(`was closed with ${over.code}`);
    if (over.how === "error" && !over.errors.every(({ message }) => AWAY.test(message)))
      this.failures.push(`was refused: ${JSON.stringify(over.errors)}`);
  }

  /** Where it goes on. */
  #variables(): Record<string, unknown> {
    const { field, variables } = this.wish;
    const told = this.parts.flatMap((part) => part.told);
    if (field === "transcript") {
      const heard = told.map(({ index }) => index as number);
      return heard.length === 0 ? variables : { ...variables, afterIndex: Math.max(...heard) };
    }
    const after = told.at(-1)?.["cursor"];
    return after === undefined ? variables : { ...variables, after };
  }
}
