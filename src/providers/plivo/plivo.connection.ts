import type { ProviderError, ProviderErrorSource } from "../../errors/index.js";
import { createHttpClient } from "../../http/create-http-client.js";
import type { HttpClient, HttpClientStats } from "../../http/http-client.js";
import { shareOf } from "../../http/rate-limiter.js";
import {
  isJsonObject, type EpochMs, type FieldProblem, type JsonObject, type JsonValue, type Section,
  type SessionSnapshot,
} from "../../model/index.js"; // prettier-ignore
import type { ProviderCommands } from "../commands.js";
import type {
  ConnectionDependencies, Inspection, ListWindow, ProviderConnection, ProviderModule, ReadOptions, ReadOutcome,
  SessionPage, SessionReference, WebhookProbe, WebhookReceiver,
} from "../provider.js"; // prettier-ignore
import { readEach } from "../read-each.js";
import { PlivoClient, type PlivoWindow } from "./plivo.client.js";
import { createPlivoCommands } from "./plivo.commands.js";
import { toPlivoConfig, type PlivoConfig } from "./plivo.config.js";
import { unexpectedShape } from "./plivo.errors.js";
import { inspectPlivo } from "./plivo.inspect.js";
import { PLIVO_SECTIONS, toSnapshot } from "./plivo.snapshot.js";
import { createPlivoProbe, createPlivoReceiver } from "./plivo.webhooks.js";
import { parseSession } from "./plivo.wire.js";

const DAY_MS = 24 * 60 * 60 * 1000;
/** The list keeps 90 days (Plivo reference §11). */
const HISTORY_MS = 90 * DAY_MS;
/** A window may span 30 days; a little less keeps clear of rounding on either side. */
const SLICE_MS = 29 * DAY_MS;
/** Sessions that expired this recently are still looked at with the open ones, so that their end is noticed. */
const JUST_EXPIRED_MS = 60 * 60 * 1000;
/** Sessions read at once: each is a request of its own. */
const READ_CONCURRENCY = 6;
/** 300 requests in 5 s for the whole account, which this gateway shares with everything else that uses it (§11). */
const RATE_LIMIT = { requests: 150, perMs: 5_000 };

/** One Plivo account or subaccount. */
export class PlivoConnection implements ProviderConnection {
  readonly name: string;
  readonly module: ProviderModule;
  readonly historyMs = HISTORY_MS;
  readonly listSections = PLIVO_SECTIONS;
  readonly readSections = PLIVO_SECTIONS;
  readonly extraSections: readonly Section[] = [];
  readonly commands: ProviderCommands;
  readonly webhooks: WebhookReceiver;

  readonly #http: HttpClient;
  readonly #client: PlivoClient;
  readonly #config: PlivoConfig;
  readonly #source: ProviderErrorSource;
  readonly #dependencies: ConnectionDependencies;

  constructor(module: ProviderModule, dependencies: ConnectionDependencies) {
    const { name, config, log, attemptTimeoutMs, now } = dependencies;
    this.name = name;
    this.module = module;
    this.#dependencies = dependencies;
    this.#config = toPlivoConfig(config);
    this.#source = { provider: module.provider, connection: name };
    const { baseUrl } = this.#config;
    this.#http = createHttpClient({
      ...this.#source,
      baseUrl,
      attemptTimeoutMs,
      log,
      now,
      rateLimit: shareOf(RATE_LIMIT, dependencies.rateShare),
    });
    this.#client = new PlivoClient(this.#http, this.#config, this.#source);
    this.webhooks = createPlivoReceiver(this.#config);
    this.commands = createPlivoCommands({
      client: this.#client,
      source: this.#source,
      subaccount: this.#config.subaccount,
      callbackUrl: dependencies.webhookUrl ?? null,
      toSnapshot: (json, observedAt) => this.#toSnapshot(json, observedAt, "COMMAND"),
    });
  }

  get stats(): HttpClientStats {
    return this.#http.stats;
  }

  readSessions(ids: readonly string[], options?: ReadOptions): Promise<ReadOutcome[]> {
    return readEach(ids, READ_CONCURRENCY, async (id) => {
      const answer = await this.#client.session(id, options);
      if (answer === null) return { kind: "absent" };
      const snapshot = this.#toSnapshot(answer.json, answer.sentAt, "READ");
      if (snapshot === null) throw unexpectedShape("a session with an id", this.#source);
      return { kind: "found", snapshot };
    });
  }

  /** In slices of at most 30 days, newest first, each paged to its end. */
  async *listSessions({ since, until }: ListWindow, options?: ReadOptions): AsyncGenerator<SessionPage> {
    const now = this.#dependencies.now();
    const end = until ?? now + DAY_MS;
    const start = Math.max(since, now - HISTORY_MS);
    for (let to = end; to > start; to -= SLICE_MS) {
      yield* this.#walk({ by: "created_time", from: Math.max(start, to - SLICE_MS), to }, options);
    }
  }

  /** Whatever expires from just now on: all that is open or in progress, and what has ended a moment ago. */
  listLive(options?: ReadOptions): AsyncIterable<SessionPage> {
    const now = this.#dependencies.now();
    return this.#walk(
      { by: "expiry_time", from: now - JUST_EXPIRED_MS, to: now - JUST_EXPIRED_MS + SLICE_MS },
      options,
    );
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
    _session: SessionReference,
    locator: JsonObject,
    options?: ReadOptions,
  ): Promise<string | null> {
    const id = locator["id"];
    if (typeof id !== "string") return null;
    const recording = await this.#client.recording(id, options);
    if (recording === null) return null;
    if (!isJsonObject(recording)) throw unexpectedShape("a recording", this.#source);
    const url = recording["recording_url"];
    return typeof url === "string" && /^https?:/i.test(url) && URL.canParse(url) ? url : null;
  }

  inspect(options?: ReadOptions): Promise<Inspection[]> {
    return inspectPlivo(this.#client, this.#config.subaccount, options);
  }

  /** Callbacks are signed with the Auth Token, so there is always something to sign with (§13.1). */
  webhookProbe(url: string): WebhookProbe {
    return createPlivoProbe(url, this.#config.authToken, this.#dependencies.now());
  }

  probe(options?: ReadOptions): Promise<void> {
    return this.#client.probe(options);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** Offset paging: rows that arrive meanwhile push others to the next page, so each is taken once by its id. */
  async *#walk(window: PlivoWindow, options?: ReadOptions): AsyncGenerator<SessionPage> {
    const seen = new Set<string>();
    for (let offset = 0; ;) {
      const page = await this.#client.sessions(window, offset, options);
      const snapshots: SessionSnapshot[] = [];
      const rejected: ProviderError[] = [];
      for (const row of page.rows) {
        const snapshot = this.#toSnapshot(row, page.sentAt, "LIST");
        if (snapshot === null) rejected.push(unexpectedShape("a list row with a session_uuid", this.#source));
        else if (!seen.has(snapshot.providerKey)) snapshots.push(snapshot);
      }
      for (const { providerKey } of snapshots) seen.add(providerKey);
      yield { snapshots, rejected, ...(page.total === null ? {} : { total: page.total }) };
      if (!page.hasMore) return;
      // A row that comes twice within a page is no other row further on.
      offset += new Set(page.rows.map((row) => JSON.stringify(row))).size;
    }
  }

  #toSnapshot(
    json: JsonValue,
    observedAt: EpochMs,
    source: SessionSnapshot["source"],
  ): SessionSnapshot | null {
    const problems: FieldProblem[] = [];
    const wire = parseSession(json, problems);
    if (wire === null) return null;
    const { defaultRegion } = this.#dependencies;
    return toSnapshot(wire, json, {
      observedAt,
      defaultRegion,
      currency: this.#config.currency,
      source,
      problems,
    });
  }
}
