import { isProviderError, type ProviderErrorSource } from "../../errors/index.js";
import { Agent } from "undici";
import { createHttpClient } from "../../http/create-http-client.js";
import type { HttpClient, HttpClientStats } from "../../http/http-client.js";
import {
  isJsonObject,
  type EpochMs,
  type EventRecord,
  type FieldProblem,
  type JsonObject,
  type Section,
} from "../../model/index.js";
import type { ProviderCommands } from "../commands.js";
import type {
  ConnectionDependencies,
  Inspection,
  ListWindow,
  ProviderConnection,
  ProviderModule,
  PushChannel,
  PushListener,
  ReadOptions,
  ReadOutcome,
  SessionReference,
  WebhookProbe,
  WebhookReceiver,
} from "../provider.js";
import { readEach } from "../read-each.js";
import { SpekoClient } from "./speko.client.js";
import { createSpekoCommands } from "./speko.commands.js";
import { toSpekoConfig, type SpekoConfig } from "./speko.config.js";
import { unexpectedShape } from "./speko.errors.js";
import { parseEvents } from "./speko.events.js";
import { parseBaseUrl } from "../../http/request-url.js";
import { SpekoStream } from "./speko.live.js";
import { inspectSpeko } from "./speko.inspect.js";
import { listRecent, listWindow, type SpekoLists } from "./speko.list.js";
import { toEventsSnapshot } from "./speko.parts.js";
import { READ_SECTIONS, toCallSnapshot } from "./speko.snapshot.js";
import { isAmbiguous } from "./speko.state.js";
import { createSpekoProbe, createSpekoReceiver } from "./speko.webhooks.js";
import { parseCall } from "./speko.wire.js";

/** Calls read at once: each is a request of its own. */
const READ_CONCURRENCY = 6;

/** Commands at once whose answers wait for people. Each holds a connection for minutes, none does any work. */
const PATIENT_CONCURRENCY = 64;

/** One Speko organization. */
export class SpekoConnection implements ProviderConnection {
  readonly name: string;
  readonly module: ProviderModule;
  /** Nothing published says how long calls are kept. */
  readonly historyMs = null;
  readonly listing: "ordered" | "whole";
  readonly listSections: readonly Section[] = [];
  readonly readSections = READ_SECTIONS;
  readonly extraSections: readonly Section[] = ["events"];
  readonly commands: ProviderCommands;
  readonly webhooks: WebhookReceiver | undefined;

  readonly #http: HttpClient;
  /** For what waits for people, so that reads and other commands do not wait with it. */
  readonly #patientHttp: HttpClient;
  /** For streams: each has a connection of its own, for as long as its call goes on. */
  readonly #streams = new Agent({ allowH2: false });
  readonly #config: SpekoConfig;
  readonly #client: SpekoClient;
  readonly #source: ProviderErrorSource;
  readonly #lists: SpekoLists;
  readonly #dependencies: ConnectionDependencies;

  constructor(module: ProviderModule, dependencies: ConnectionDependencies) {
    const { name, config, log, attemptTimeoutMs, defaultRegion, now } = dependencies;
    this.#config = toSpekoConfig(config);
    const { apiKey, agentIds, baseUrl } = this.#config;
    this.name = name;
    this.module = module;
    // Agents are listed one after the other, each from its newest call on.
    this.listing = agentIds.length === 0 ? "ordered" : "whole";
    this.#dependencies = dependencies;
    this.#source = { provider: module.provider, connection: name };
    const http = { ...this.#source, baseUrl, attemptTimeoutMs, log, now };
    this.#http = createHttpClient(http);
    this.#patientHttp = createHttpClient({ ...http, maxConcurrency: PATIENT_CONCURRENCY });
    this.#client = new SpekoClient(this.#http, apiKey, this.#source);
    this.#lists = { client: this.#client, source: this.#source, agentIds, defaultRegion, now };
    const { webhookSecrets: secrets } = this.#config;
    if (secrets.length > 0)
      this.webhooks = createSpekoReceiver({ secrets, isProviderId: (id) => module.isProviderId(id), now });
    this.commands = createSpekoCommands({
      client: this.#client,
      patientClient: new SpekoClient(this.#patientHttp, apiKey, this.#source),
      source: this.#source,
    });
  }

  get stats(): HttpClientStats {
    const { stats } = this.#http;
    const requestsPerMinute = stats.requestsPerMinute + this.#patientHttp.stats.requestsPerMinute;
    return { ...stats, requestsPerMinute };
  }

  readSessions(ids: readonly string[], options?: ReadOptions): Promise<ReadOutcome[]> {
    return readEach(ids, READ_CONCURRENCY, (id) => this.#readCall(id, options));
  }

  listSessions(window: ListWindow, options?: ReadOptions) {
    return listWindow(this.#lists, window, options);
  }

  listLive(options?: ReadOptions) {
    return listRecent(this.#lists, options);
  }

  /** Only `events` is read on its own. */
  async readSection(
    { providerId }: SessionReference,
    section: Section,
    options?: ReadOptions,
  ): Promise<ReadOutcome> {
    if (section !== "events") return this.#readOne(providerId, options);
    const [outcome] = await readEach([providerId], 1, async (id) => {
      const answer = await this.#client.callEvents(id, options);
      if (answer === null) return { kind: "absent" };
      const problems: FieldProblem[] = [];
      const events = parseEvents(answer.json, problems);
      if (events === null) throw unexpectedShape("a list of events", this.#source);
      return {
        kind: "found",
        snapshot: toEventsSnapshot(id, events, this.#context(answer.sentAt, problems)),
      };
    });
    return outcome ?? { kind: "absent" };
  }

  /** Asks only for a recording that is ready: before that there is no URL to be had (Speko reference §10). */
  async recordingUrl(
    session: SessionReference,
    locator: JsonObject,
    options?: ReadOptions,
  ): Promise<string | null> {
    // A list row tells the session of it after the recording was last read: the session's word is never the older one.
    const status = session.fields["recordingStatus"] ?? locator["status"];
    if (typeof status !== "string" || status.trim().toLowerCase() !== "ready") return null;
    const answer = await this.#client.callRecording(session.providerId, options);
    if (answer === null) return null;
    const url = isJsonObject(answer.json) ? answer.json["url"] : undefined;
    if (typeof url !== "string" || !/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
      throw unexpectedShape("a recording's URL", this.#source);
    return url;
  }

  streamSession({ providerId }: { providerId: string }, listener: PushListener): PushChannel {
    const { log, now, attemptTimeoutMs } = this.#dependencies;
    const { apiKey, baseUrl } = this.#config;
    const { origin, prefix } = parseBaseUrl(baseUrl);
    const dispatcher = this.#streams;
    const context = { dispatcher, origin, prefix, apiKey, source: this.#source, log, now };
    return new SpekoStream(providerId, { ...context, headersTimeoutMs: attemptTimeoutMs }, listener);
  }

  inspect(options?: ReadOptions): Promise<Inspection[]> {
    const { agentIds, webhookSecrets } = this.#config;
    return inspectSpeko(
      { client: this.#client, name: this.name, agentIds, expectsWebhooks: webhookSecrets.length > 0 },
      options,
    );
  }

  /** Signed with the first secret. The signature does not cover the address. */
  webhookProbe(_url: string): WebhookProbe | null {
    const [secret] = this.#config.webhookSecrets;
    return secret === undefined ? null : createSpekoProbe(secret, this.#dependencies.now());
  }

  probe(options?: ReadOptions): Promise<void> {
    return this.#client.probe(options);
  }

  async close(): Promise<void> {
    await Promise.all([this.#http.close(), this.#patientHttp.close(), this.#streams.destroy()]);
  }

  async #readOne(id: string, options?: ReadOptions): Promise<ReadOutcome> {
    const [outcome] = await this.readSessions([id], options);
    return outcome ?? { kind: "absent" };
  }

  async #readCall(id: string, options?: ReadOptions): Promise<ReadOutcome> {
    const answer = await this.#client.call(id, options);
    if (answer === null) return { kind: "absent" };
    const problems: FieldProblem[] = [];
    const call = parseCall(answer.json, problems);
    if (call === null) throw unexpectedShape("a call with an id", this.#source);
    const events = isAmbiguous(call.status, call.endedAt)
      ? await this.#eventsOf(id, problems, options)
      : null;
    const context = this.#context(answer.sentAt, problems);
    return { kind: "found", snapshot: toCallSnapshot(call, answer.json, events, context) };
  }

  /** The events that decide an ambiguous call. Without them it counts as still up, and the next read asks again. */
  async #eventsOf(
    id: string,
    problems: FieldProblem[],
    options?: ReadOptions,
  ): Promise<EventRecord[] | null> {
    try {
      const answer = await this.#client.callEvents(id, options);
      return answer === null ? null : parseEvents(answer.json, problems);
    } catch (error) {
      if (!isProviderError(error)) throw error;
      this.#dependencies.log.warn({ err: error }, "events of an ambiguous call could not be read");
      return null;
    }
  }

  #context(observedAt: EpochMs, problems: readonly FieldProblem[]) {
    const { now, defaultRegion } = this.#dependencies;
    return { observedAt, now: now(), defaultRegion, problems };
  }
}
