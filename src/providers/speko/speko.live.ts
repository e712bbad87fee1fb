/** Speko's stream of one call while it goes on: turns, events, and that something has changed (Speko reference §8). */
import { setTimeout as sleep } from "node:timers/promises";
import { errors, type Dispatcher } from "undici";
import {
  ProviderAuthFailedError,
  ProviderBadResponseError,
  ProviderRateLimitedError,
  ProviderUnavailableError,
  type ProviderError,
  type ProviderErrorSource,
} from "../../errors/index.js";
import { readEvents, type StreamedEvent } from "../../http/event-stream.js";
import type { Logger } from "../../http/http-client.js";
import { parseJson } from "../../http/parse-json.js";
import { pathSegment } from "../../http/path-segment.js";
import { parseRetryAfter } from "../../http/retry-timing.js";
import type {
  EpochMs,
  EventRecord,
  FieldProblem,
  JsonValue,
  TranscriptEntryRecord,
} from "../../model/index.js";
import type { PushChannel, PushListener } from "../provider.js";
import { readObject } from "../wire/index.js";
import { parseEvents } from "./speko.events.js";
import { toStreamSnapshot } from "./speko.parts.js";
import { toTranscriptEntry } from "./speko.transcript.js";

export interface SpekoStreamContext {
  dispatcher: Dispatcher;
  /** The base URL in its two parts. */
  origin: string;
  prefix: string;
  apiKey: string;
  source: ProviderErrorSource;
  log: Logger;
  now: () => EpochMs;
  /** Until the stream's head must be there, milliseconds. */
  headersTimeoutMs: number;
  /** A stream that says nothing for so long is opened anew where it was: it may be dead. @default 2 min */
  silenceMs?: number;
}

const SILENCE_MS = 120_000;
/** Above the server's rotation of about ten minutes, milliseconds. */
const LONGEST_STREAM_MS = 15 * 60_000;
/** Between tries: this times the streams in a row that came to nothing, up to the longest. Milliseconds. */
const BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 5_000;
/** Streams in a row without any frame after which it is given up. */
const MAX_FAILURES = 10;
/** A stream that lasts so long has not come to nothing, whatever it told, milliseconds. */
const LASTING_MS = 10_000;
/** The longest wish to be left alone that is heeded, milliseconds. */
const MAX_RETRY_AFTER_MS = 15 * 60_000;
/** Events are told again for about two seconds after a reconnect; ids are remembered for so long, by event time. */
const REMEMBERED_MS = 10_000;

/** How one stream ended. `ROTATED`: as announced, the next goes on where it was. */
type End = "OVER" | "ROTATED" | ProviderError;

/** One call, followed over as many streams as it takes. */
export class SpekoStream implements PushChannel {
  readonly #id: string;
  readonly #context: SpekoStreamContext;
  readonly #listener: PushListener;
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;
  /** The cursor: the last turn, and the time of the last event. */
  #lastTurn = -1;
  #lastEventAt = 0;
  readonly #seen = new Map<string, EpochMs>();
  /** What `status` last said. */
  #status = "";
  #frames = 0;

  constructor(id: string, context: SpekoStreamContext, listener: PushListener) {
    this.#id = id;
    this.#context = context;
    this.#listener = listener;
    this.#done = this.#run().catch((error: unknown) => {
      if (!this.#closing.signal.aborted) context.log.error({ err: error }, "a stream could not be followed");
    });
  }

  close(): Promise<void> {
    this.#closing.abort();
    return this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0, futile = 0; !signal.aborted;) {
      const [cursor, frames, startedAt] = [this.#cursor, this.#frames, performance.now()];
      const end = await this.#follow();
      if (signal.aborted) return;
      if (end === "OVER") return this.#listener.ended();
      const isFutile = this.#cursor === cursor && performance.now() - startedAt < LASTING_MS;
      futile = isFutile ? futile + 1 : 0;
      // Each begins with a frame, also where the next breaks it: those alone are no reason to go on at this pace.
      let pauseMs = Math.min(BACKOFF_MS * futile, MAX_BACKOFF_MS);
      if (end === "ROTATED") failures = 0;
      else {
        failures = this.#frames > frames ? 1 : failures + 1;
        const isFinal = failures >= MAX_FAILURES || isRefusal(end);
        this.#listener.lost(end, isFinal);
        if (isFinal) return;
        const wishedMs = Math.min((end.retryAfterSeconds ?? 0) * 1000, MAX_RETRY_AFTER_MS);
        pauseMs = Math.max(pauseMs, BACKOFF_MS, wishedMs);
      }
      await sleep(pauseMs, undefined, { signal, ref: false });
    }
  }

  get #cursor(): string {
    return `${this.#lastTurn}:${this.#lastEventAt}`;
  }

  /** One stream, to its end. */
  async #follow(): Promise<End> {
    const { dispatcher, origin, prefix, apiKey, source, headersTimeoutMs } = this.#context;
    const { silenceMs = SILENCE_MS, now } = this.#context;
    const rotation = AbortSignal.timeout(LONGEST_STREAM_MS);
    try {
      const { statusCode, headers, body } = await dispatcher.request({
        origin,
        method: "GET",
        path: `${prefix}/v1/sessions/${pathSegment(this.#id)}/stream?cursor=${encodeURIComponent(this.#cursor)}`,
        headers: { authorization: `Bearer ${apiKey}`, accept: "text/event-stream" },
        headersTimeout: headersTimeoutMs,
        bodyTimeout: silenceMs,
        signal: AbortSignal.any([this.#closing.signal, rotation]),
      });
      if (statusCode !== 200) {
        await body.dump({ limit: 64 * 1024 }).catch(() => undefined);
        const wish = headers["retry-after"];
        return toError(statusCode, parseRetryAfter(Array.isArray(wish) ? wish[0] : wish, now()), source);
      }
      this.#listener.opened();
      for await (const events of readEvents(body)) {
        const end = await this.#take(events);
        if (end !== null) return end;
      }
      return new ProviderUnavailableError("Speko's stream broke off.", source);
    } catch (cause) {
      if (rotation.aborted || cause instanceof errors.BodyTimeoutError) return "ROTATED";
      // What could not be stored is asked for again as well: the cursor stands where it stood.
      return new ProviderUnavailableError("Speko's stream cannot be followed.", source, { cause });
    }
  }

  /** What came together is stored together; answers how the stream ended, if it did. */
  async #take(events: readonly StreamedEvent[]): Promise<End | null> {
    const turns = new Map<number, TranscriptEntryRecord>();
    const happened: EventRecord[] = [];
    const problems: FieldProblem[] = [];
    let end: End | null = null;
    let isChanged = false;
    for (const { name, data } of events) {
      this.#frames += 1;
      const json = parse(data);
      if (name === "transcript") {
        const wire = readObject(json, problems);
        const turn = wire === null ? null : toTranscriptEntry(wire);
        if (turn !== null) turns.set(turn.index, turn);
      } else if (name === "event") {
        const fresh = this.#onlyFresh(parseEvents({ events: [json] }, problems) ?? []);
        happened.push(...fresh);
        // Transfers and the end show in the call itself: an event is word that there may be something to see.
        isChanged ||= fresh.length > 0;
      } else if (name === "status") {
        isChanged ||= data !== this.#status;
        this.#status = data;
      } else if (name === "end") {
        end = readObject(json, [])?.string("reason") === "session_ended" ? "OVER" : "ROTATED";
      } else if (name === "error") {
        end = new ProviderUnavailableError("Speko ended the stream with an error.", this.#context.source);
      }
      if (end !== null) break;
    }
    if (turns.size > 0 || happened.length > 0) {
      const told = {
        ...(turns.size === 0 ? {} : { transcript: [...turns.values()] }),
        ...(happened.length === 0 ? {} : { events: happened }),
      };
      const look = { observedAt: this.#context.now(), problems };
      await this.#listener.told([toStreamSnapshot(this.#id, told, look)]);
      // Only now: what was not stored is asked for again.
      this.#lastTurn = Math.max(this.#lastTurn, ...turns.keys());
      this.#remember(happened);
    }
    if (isChanged || end === "OVER") this.#listener.changed([{ providerId: this.#id }]);
    return end;
  }

  #onlyFresh(events: readonly EventRecord[]): EventRecord[] {
    return events.filter(({ key }) => !this.#seen.has(key));
  }

  #remember(events: readonly EventRecord[]): void {
    for (const { key, createdAt, at } of events) {
      this.#seen.set(key, createdAt ?? at);
      this.#lastEventAt = Math.max(this.#lastEventAt, createdAt ?? 0);
    }
    for (const [key, at] of this.#seen) if (at < this.#lastEventAt - REMEMBERED_MS) this.#seen.delete(key);
  }
}

function parse(data: string): JsonValue {
  try {
    return parseJson(data);
  } catch {
    return null;
  }
}

/** A 4xx is final (§8), but for the one that only asks for patience. */
function isRefusal({ status }: ProviderError): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 429;
}

function toError(status: number, retryAfterMs: number | null, source: ProviderErrorSource): ProviderError {
  const options = { status };
  if (status === 401 || status === 402 || status === 403)
    return new ProviderAuthFailedError("Speko does not let this key follow a call.", source, options);
  const wish = retryAfterMs === null ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) };
  if (status === 429)
    return new ProviderRateLimitedError("Speko asks for fewer streams.", source, { status, ...wish });
  if (status >= 400 && status < 500)
    return new ProviderBadResponseError("Speko has no stream for this call.", source, options);
  return new ProviderUnavailableError("Speko cannot stream this call now.", source, { status, ...wish });
}
