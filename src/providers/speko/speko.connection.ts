import { isProviderError, type ProviderErrorSource } from "../../errors/index.js";
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
import type {
  ConnectionDependencies,
  ListWindow,
  ProviderConnection,
  ProviderModule,
  ReadOptions,
  ReadOutcome,
  SessionReference,
} from "../provider.js";
import { readEach } from "../read-each.js";
import { SpekoClient } from "./speko.client.js";
import { toSpekoConfig } from "./speko.config.js";
import { unexpectedShape } from "./speko.errors.js";
import { parseEvents } from "./speko.events.js";
import { listRecent, listWindow, type SpekoLists } from "./speko.list.js";
import { READ_SECTIONS, toCallSnapshot, toEventsSnapshot } from "./speko.snapshot.js";
import { isAmbiguous } from "./speko.state.js";
import { parseCall } from "./speko.wire.js";

/** Calls read at once: each is a request of its own. */
const READ_CONCURRENCY = 6;

/** One Speko organization. */
export class SpekoConnection implements ProviderConnection {
  readonly name: string;
  readonly module: ProviderModule;
  /** Nothing published says how long calls are kept. */
  readonly historyMs = null;
  readonly listSections: readonly Section[] = [];
  readonly readSections = READ_SECTIONS;
  readonly extraSections: readonly Section[] = ["events"];

  readonly #http: HttpClient;
  readonly #client: SpekoClient;
  readonly #source: ProviderErrorSource;
  readonly #lists: SpekoLists;
  readonly #dependencies: ConnectionDependencies;

  constructor(module: ProviderModule, dependencies: ConnectionDependencies) {
    const { name, config, log, attemptTimeoutMs, defaultRegion, now } = dependencies;
    const { apiKey, agentIds, baseUrl } = toSpekoConfig(config);
    this.name = name;
    this.module = module;
    this.#dependencies = dependencies;
    this.#source = { provider: module.provider, connection: name };
    this.#http = createHttpClient({ ...this.#source, baseUrl, attemptTimeoutMs, log, now });
    this.#client = new SpekoClient(this.#http, apiKey, this.#source);
    this.#lists = { client: this.#client, source: this.#source, agentIds, defaultRegion, now };
  }

  get stats(): HttpClientStats {
    return this.#http.stats;
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
    // The stored session may have heard of it being ready from a list row, after its recording was last read.
    const statuses = [locator["status"], session.fields["recordingStatus"]];
    if (!statuses.some((status) => typeof status === "string" && status.toLowerCase() === "ready"))
      return null;
    const answer = await this.#client.callRecording(session.providerId, options);
    if (answer === null) return null;
    const url = isJsonObject(answer.json) ? answer.json["url"] : undefined;
    if (typeof url !== "string" || !URL.canParse(url))
      throw unexpectedShape("a recording's URL", this.#source);
    return url;
  }

  probe(options?: ReadOptions): Promise<void> {
    return this.#client.probe(options);
  }

  close(): Promise<void> {
    return this.#http.close();
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
