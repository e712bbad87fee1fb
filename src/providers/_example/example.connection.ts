import type { ProviderErrorSource } from "../../errors/index.js";
import { isProviderError, ProviderBadResponseError, type ProviderError } from "../../errors/index.js";
import { createHttpClient } from "../../http/create-http-client.js";
import type { HttpClient, HttpClientStats } from "../../http/http-client.js";
import { shareOf } from "../../http/rate-limiter.js";
import type {
  EpochMs, FieldProblem, JsonValue, Section, SessionSnapshot, SnapshotSource,
} from "../../model/index.js"; // prettier-ignore
import type { ProviderCommands } from "../commands.js";
import type {
  ConnectionDependencies, Inspection, ListWindow, ProviderConnection, ProviderModule, ReadOptions, ReadOutcome,
  SessionPage, SessionReference,
} from "../provider.js"; // prettier-ignore
import { readEach } from "../read-each.js";
import { readObject } from "../wire/index.js";
import { ExampleClient } from "./example.client.js";
import { createExampleCommands } from "./example.commands.js";
import { toExampleConfig } from "./example.config.js";
import { unexpectedShape } from "./example.errors.js";
import { EXAMPLE_SECTIONS, toSnapshot } from "./example.snapshot.js";
import { parseCall } from "./example.wire.js";

/** Calls that ended this recently are listed with the live ones, so that their end is noticed. */
const LIVE_WINDOW_MS = 24 * 60 * 60 * 1000;
/** Each read by id is a request of its own. */
const READ_CONCURRENCY = 6;
/** Half of what the provider allows: it is not the only program with this key. */
const RATE_LIMIT = { requests: 50, perMs: 10_000 };

/** One account. What a read costs and covers is said here; the rest of the gateway acts on it. */
export class ExampleConnection implements ProviderConnection {
  readonly name: string;
  readonly module: ProviderModule;
  readonly historyMs = null;
  /** A row of the list is a whole call: nothing more is ever read for these sections. */
  readonly listSections = EXAMPLE_SECTIONS;
  readonly readSections = EXAMPLE_SECTIONS;
  readonly extraSections: readonly Section[] = [];
  readonly commands: ProviderCommands;

  readonly #http: HttpClient;
  readonly #client: ExampleClient;
  readonly #source: ProviderErrorSource;
  readonly #dependencies: ConnectionDependencies;

  constructor(module: ProviderModule, dependencies: ConnectionDependencies) {
    const { name, config, log, attemptTimeoutMs, now } = dependencies;
    const { apiKey, baseUrl } = toExampleConfig(config);
    this.name = name;
    this.module = module;
    this.#dependencies = dependencies;
    this.#source = { provider: module.provider, connection: name };
    // Deadlines, retries of reads, rate limit, circuit, redaction: all of that is the client's.
    this.#http = createHttpClient({
      ...this.#source,
      baseUrl,
      attemptTimeoutMs,
      log,
      now,
      rateLimit: shareOf(RATE_LIMIT, dependencies.rateShare),
    });
    this.#client = new ExampleClient(this.#http, apiKey, this.#source);
    this.commands = createExampleCommands({
      client: this.#client,
      source: this.#source,
      toSnapshot: (json, observedAt) => this.#toSnapshot(json, observedAt, "COMMAND"),
    });
  }

  get stats(): HttpClientStats {
    return this.#http.stats;
  }

  readSessions(ids: readonly string[], options?: ReadOptions): Promise<ReadOutcome[]> {
    return readEach(ids, READ_CONCURRENCY, async (id) => {
      const answer = await this.#client.call(id, options);
      if (answer === null) return { kind: "absent" };
      const snapshot = this.#toSnapshot(answer.json, answer.sentAt, "READ");
      if (snapshot === null) throw unexpectedShape("a call with an id", this.#source);
      return { kind: "found", snapshot };
    });
  }

  listSessions(window: ListWindow, options?: ReadOptions): AsyncIterable<SessionPage> {
    return this.#walk(window, options);
  }

  listLive(options?: ReadOptions): AsyncIterable<SessionPage> {
    return this.#walk({ since: this.#dependencies.now() - LIVE_WINDOW_MS }, options);
  }

  async readSection(
    { providerId }: SessionReference,
    _section: Section,
    options?: ReadOptions,
  ): Promise<ReadOutcome> {
    const [outcome] = await this.readSessions([providerId], options);
    return outcome ?? { kind: "absent" };
  }

  async recordingUrl(
    { providerId }: SessionReference,
    _locator: object,
    options?: ReadOptions,
  ): Promise<string | null> {
    const answer = await this.#client.recording(providerId, options);
    return answer === null ? null : (readObject(answer.json, [])?.string("url") ?? null);
  }

  async inspect(options?: ReadOptions): Promise<Inspection[]> {
    const what = "rights of the key";
    try {
      const rights = readObject(await this.#client.account(options), [])?.strings("rights") ?? null;
      if (rights === null) return [{ what, ok: null, message: "Example does not say what the key may do." }];
      const missing = ["read", "write"].filter((right) => !rights.includes(right));
      return missing.length === 0
        ? [{ what, ok: true, message: "The key may read and write." }]
        : [
            {
              what,
              ok: false,
              message: `The key lacks: ${missing.join(", ")}. Grant it in the account's settings.`,
            },
          ];
    } catch (error) {
      if (!isProviderError(error)) throw error;
      return [{ what, ok: false, message: error.message }];
    }
  }

  /** It has no webhooks. */
  webhookProbe(): null {
    return null;
  }

  async probe(options?: ReadOptions): Promise<void> {
    await this.#client.account(options);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** Page by page to the end. A row that cannot be read at all is rejected; the others of its page stand. */
  async *#walk(window: ListWindow, options?: ReadOptions): AsyncGenerator<SessionPage> {
    let cursor: string | null = null;
    do {
      const page = await this.#client.calls(window, cursor, options);
      const snapshots: SessionSnapshot[] = [];
      const rejected: ProviderError[] = [];
      for (const row of page.rows) {
        const snapshot = this.#toSnapshot(row, page.sentAt, "LIST");
        if (snapshot === null) rejected.push(this.#rowWithoutId());
        else snapshots.push(snapshot);
      }
      yield { snapshots, rejected };
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  #toSnapshot(json: JsonValue, observedAt: EpochMs, source: SnapshotSource): SessionSnapshot | null {
    const problems: FieldProblem[] = [];
    const call = parseCall(json, problems);
    if (call === null) return null;
    const { defaultRegion: region } = this.#dependencies;
    return toSnapshot(call, { provider: this.module.provider, source, observedAt, region, problems });
  }

  #rowWithoutId(): ProviderError {
    return new ProviderBadResponseError("A row of Example's list has no id.", this.#source);
  }
}
