/** PortSIP's WSI: a WebSocket that tells of every call of the tenant (PortSIP reference §6). */
import { WebSocket, type RawData } from "ws";
import {
  ProviderAuthFailedError,
  ProviderUnavailableError,
  type ProviderError,
  type ProviderErrorSource,
} from "../../errors/index.js";
import type { Logger } from "../../http/http-client.js";
import { parseJson } from "../../http/parse-json.js";
import { isJsonObject, type EpochMs, type JsonObject, type JsonValue } from "../../model/index.js";
import type { PushChannel, PushListener } from "../provider.js";
import type { PortsipConfig } from "./portsip.config.js";
import { isEnd, parseEvent, toEventSnapshot, type PortsipEvent } from "./portsip.events.js";
import { toPortsipKey } from "./portsip.id.js";

export interface PortsipLiveContext {
  config: PortsipConfig;
  source: ProviderErrorSource;
  log: Logger;
  now: () => EpochMs;
  /** How REST spells a session that it has shown; undefined for one that it has not. */
  idOf(key: string): string | undefined;
  handshakeTimeoutMs: number;
  /** Between two pings; a socket that is silent for two of them is dead. @default 15 s */
  pingMs?: number;
}

const TOPICS = ["cdr_events"];
const PING_MS = 15_000;
/** Acknowledgements of a subscription are not documented: after so long it counts as taken, milliseconds. */
const ACKNOWLEDGED_MS = 1_000;
/** Lists that are read for the sake of one message: the first may have been on its way before the call was. */
const MAX_LOOKS = 2;
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** A socket that worked for so long is no reason to come back more slowly, milliseconds. */
const LASTING_MS = 30_000;
/** Pauses between tries: doubled from the first to the longest; after a refusal, the last. Milliseconds. */
const BACKOFF_MS = { first: 500, longest: 30_000, refused: 60_000 };

/** One socket at a time, made again for as long as the channel is open. */
export class PortsipLive implements PushChannel {
  readonly #context: PortsipLiveContext;
  readonly #listener: PushListener;
  #socket: WebSocket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #tries = 0;
  #closed = false;
  /** Of calls that REST has not shown yet. */
  #waiting: { event: PortsipEvent; looks: number }[] = [];

  constructor(context: PortsipLiveContext, listener: PushListener) {
    this.#context = context;
    this.#listener = listener;
    this.#connect();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      socket.once("close", () => resolve());
      if (socket.readyState === WebSocket.OPEN) socket.close(1000);
      else socket.terminate();
      // A PBX that does not answer the farewell is not waited for.
      setTimeout(() => socket.terminate(), 1_000).unref();
    });
  }

  #connect(): void {
    const { config, source, handshakeTimeoutMs, pingMs = PING_MS } = this.#context;
    const socket = new WebSocket(config.wsiUrl, {
      handshakeTimeout: handshakeTimeoutMs,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let failure: ProviderError | null = null;
    let heardAt = performance.now();
    let openedAt: number | null = null;
    let acknowledgement: NodeJS.Timeout | undefined;
    let deadline: NodeJS.Timeout | undefined;
    const alive = setInterval(() => {
      if (performance.now() - heardAt > 2 * pingMs) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, pingMs);
    alive.unref();
    const opened = () => {
      clearTimeout(acknowledgement);
      if (openedAt !== null || this.#closed) return;
      openedAt = performance.now();
      this.#listener.opened();
    };
    const refused = (message: string) => {
      failure = new ProviderAuthFailedError(message, source);
      socket.close(1000);
    };

    socket.on("open", () => {
      socket.send(JSON.stringify(authentication(config)));
      deadline = setTimeout(() => {
        failure = new ProviderUnavailableError("PortSIP's WSI does not answer the login.", source);
        socket.terminate();
      }, handshakeTimeoutMs);
    });
    socket.on("pong", () => (heardAt = performance.now()));
    socket.on("message", (data) => {
      heardAt = performance.now();
      const message = read(data);
      if (message === null || this.#closed) return;
      if (message["command"] === undefined) return this.#hear(message);
      const isRefused = Number(message["status"] ?? 0) < 0;
      if (message["command"] === "auth") {
        clearTimeout(deadline);
        if (isRefused) return refused("PortSIP's WSI does not accept the user name, password or domain.");
        socket.send(JSON.stringify({ command: "subscribe", topics: TOPICS }));
        acknowledgement = setTimeout(opened, ACKNOWLEDGED_MS);
      } else if (message["command"] === "subscribe") {
        if (isRefused)
          return refused(
            "PortSIP's WSI does not tell this user of calls: it needs the permission Analytics: View Only.",
          );
        opened();
      }
    });
    socket.on("error", (cause) => {
      failure ??= new ProviderUnavailableError("PortSIP's WSI cannot be reached.", source, { cause });
    });
    socket.on("close", () => {
      clearInterval(alive);
      clearTimeout(acknowledgement);
      clearTimeout(deadline);
      if (this.#closed) return;
      if (openedAt !== null && performance.now() - openedAt > LASTING_MS) this.#tries = 0;
      const error =
        failure ?? new ProviderUnavailableError("PortSIP's WSI has closed the connection.", source);
      this.#listener.lost(error);
      this.#timer = setTimeout(() => this.#connect(), this.#pauseAfter(error));
      this.#timer.unref();
    });
  }

  /** Doubled each time, with jitter: a PBX that restarts is not met by all its clients at once. */
  #pauseAfter(error: ProviderError): number {
    if (error instanceof ProviderAuthFailedError) return BACKOFF_MS.refused;
    const most = Math.min(BACKOFF_MS.first * 2 ** Math.min(this.#tries, 8), BACKOFF_MS.longest);
    this.#tries += 1;
    return most / 2 + (Math.random() * most) / 2;
  }

  #hear(message: JsonObject): void {
    const event = parseEvent(message);
    if (event === null) return;
    const id = this.#context.idOf(toPortsipKey(event.sessionId));
    if (id !== undefined) return this.#take(event, id);
    // Under which id REST knows it, only REST can tell (§10 Q1).
    this.#wait(event, MAX_LOOKS);
  }

  #wait(event: PortsipEvent, looks: number): void {
    this.#waiting.push({ event, looks });
    if (this.#waiting.length > 1) return;
    void this.#listener.look(true).then(() => {
      if (this.#closed) return;
      for (const { event, looks } of this.#waiting.splice(0)) {
        const shown = this.#context.idOf(toPortsipKey(event.sessionId));
        if (shown !== undefined) this.#take(event, shown);
        // Over before it was ever shown: the call log has it.
        else if (event.type === "call_cdr") this.#listener.changed([{ providerId: event.sessionId }]);
        else if (looks > 1) this.#wait(event, looks - 1);
      }
    });
  }

  #take(event: PortsipEvent, providerId: string): void {
    if (this.#closed) return;
    const snapshot = toEventSnapshot(event, providerId, this.#context.now());
    if (event.type === "call_cdr") {
      // How it went is in the call log, exactly; the message serves where that is not written yet.
      this.#listener.changed([isEnd(event) ? { providerId, otherwise: snapshot } : { providerId }]);
      return;
    }
    this.#listener.told([snapshot]).catch((error: unknown) => {
      this.#context.log.warn({ err: error }, "what was pushed could not be stored");
    });
    // Who is on the call now, the list tells.
    void this.#listener.look(false);
  }
}

function authentication({ username, password, domain }: PortsipConfig): JsonObject {
  return { command: "auth", username, password, ...(domain === undefined ? {} : { domain }) };
}

function read(data: RawData): JsonObject | null {
  try {
    const json: JsonValue = parseJson((data as Buffer).toString("utf8"));
    return isJsonObject(json) ? json : null;
  } catch {
    return null;
  }
}
