/** A real server in front of a real connection: text in, snapshots out. */
import { isProviderError, type ProviderError } from "../../../src/errors/index.js";
import type { SessionSnapshot } from "../../../src/model/index.js";
import type { ProviderConnection, ReadOutcome } from "../../../src/providers/provider.js";
import { createCaptureLogger } from "../../support/capture-logger.js";
import { startScriptedServer, type ScriptedServer, type SeenRequest } from "../../support/scripted-server.js";
import type { Surface } from "./surface.js";

/** Far from any time in the payloads, so that nothing depends on being close to it. */
export const NOW = Date.UTC(2026, 2, 1, 12);

/** What one look at a body gave. */
export interface Look {
  snapshots: SessionSnapshot[];
  errors: ProviderError[];
}

/** Reads before a connection is replaced: its rate limit is for real use. */
const READS_PER_CONNECTION = 100;

export class Bench implements AsyncDisposable {
  /** The clock of the connection, and so the `observedAt` of what is read. */
  now = NOW;
  readonly #server: ScriptedServer;
  readonly #surface: Surface;
  #connection: ProviderConnection | null = null;
  #reads = 0;
  #body: Buffer | null = null;

  private constructor(server: ScriptedServer, surface: Surface) {
    this.#server = server;
    this.#surface = surface;
  }

  static async start(surface: Surface): Promise<Bench> {
    const server = await startScriptedServer((_, response) => void response.writeHead(500).end());
    const bench = new Bench(server, surface);
    server.play((request, response) => {
      const { status = 200, headers, body } = bench.#answer(request);
      response.writeHead(status, { "content-type": surface.contentType, ...headers }).end(body);
    });
    return bench;
  }

  /**
   * Reads a body. A failure that the provider's door may throw is an error of the look; any other is thrown. Whatever is
   * asked for after the body finds an empty one.
   */
  async read(body: string | Buffer, id: string): Promise<Look> {
    this.#body = Buffer.from(body as string, "utf8");
    // The server keeps every request it saw, which nobody looks at here.
    this.#server.requests.length = 0;
    const connection = await this.#connect();
    const { read } = this.#surface;
    try {
      if (read.by === "id") return toLook(await connection.readSessions([id]));
      if (read.by === "section") {
        const session = { providerId: id, startedAt: NOW, endedAt: null, fields: {} };
        return toLook([await connection.readSection(session, read.section)]);
      }
      const look: Look = { snapshots: [], errors: [] };
      for await (const page of read.pages(connection)) {
        look.snapshots.push(...page.snapshots);
        look.errors.push(...page.rejected);
      }
      return look;
    } catch (error) {
      if (isProviderError(error)) return { snapshots: [], errors: [error] };
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection?.close();
    await this.#server[Symbol.asyncDispose]();
  }

  #answer(request: SeenRequest): {
    status?: number;
    headers?: Record<string, string | string[]>;
    body?: string | Buffer;
  } {
    if (!this.#surface.serves(request)) return this.#surface.reply(request);
    const body = this.#body;
    this.#body = null;
    if (body !== null) return { body };
    return this.#surface.isSingle ? { status: 404, body: "{}" } : { body: this.#surface.toBody([], 0) };
  }

  async #connect(): Promise<ProviderConnection> {
    this.#reads += 1;
    if (this.#connection !== null && this.#reads % READS_PER_CONNECTION !== 0) return this.#connection;
    await this.#connection?.close();
    this.#connection = this.#surface.module.connect({
      name: "one",
      config: this.#surface.config(this.#server.url),
      log: createCaptureLogger().log,
      attemptTimeoutMs: 20_000,
      defaultRegion: "US",
      now: () => this.now,
    });
    return this.#connection;
  }
}

function toLook(outcomes: readonly ReadOutcome[]): Look {
  return {
    snapshots: outcomes.flatMap((outcome) => (outcome.kind === "found" ? [outcome.snapshot] : [])),
    errors: outcomes.flatMap((outcome) => (outcome.kind === "failed" ? [outcome.error] : [])),
  };
}
