import { isProviderError, type ProviderErrorSource } from "../../errors/index.js";
import { createHttpClient } from "../../http/create-http-client.js";
import type { HttpClient, HttpClientStats } from "../../http/http-client.js";
import type {
  EpochMs,
  FieldProblem,
  JsonObject,
  JsonValue,
  Section,
  SessionSnapshot,
} from "../../model/index.js";
import type { ProviderCommands } from "../commands.js";
import type {
  ConnectionDependencies,
  Inspection,
  ListWindow,
  ProviderConnection,
  ProviderModule,
  ReadOptions,
  ReadOutcome,
  SessionPage,
  SessionReference,
} from "../provider.js";
import { NO_FACTS } from "../no-facts.js";
import { EvoVoiceAccounts } from "./evo-voice.accounts.js";
import { EvoVoiceClient } from "./evo-voice.client.js";
import { createEvoVoiceCommands } from "./evo-voice.commands.js";
import { toSettings } from "./evo-voice.config.js";
import { unexpectedShape } from "./evo-voice.errors.js";
import { fileUrl, readFiles } from "./evo-voice.files.js";
import { inspectEvoVoice } from "./evo-voice.inspect.js";
import { listRecent, listWindow, readByIds, type EvoVoiceLists } from "./evo-voice.list.js";
import { EvoVoiceLogin } from "./evo-voice.login.js";
import { COUNT_PER_PAGE, readPages } from "./evo-voice.paging.js";
import { isSessionId } from "./evo-voice.snapshot.js";
import { readTranscript } from "./evo-voice.transcript.js";

/** Lists and reads by id are the same operation, and its rows are whole: members and log are in them (§4.2). */
const ROW_SECTIONS: readonly Section[] = ["members", "transfers", "report", "events", "detail"];

/** One Evo Voice login and the accounts it reads. */
export class EvoVoiceConnection implements ProviderConnection {
  readonly name: string;
  readonly module: ProviderModule;
  /** Nothing published says that the archive ends. */
  readonly historyMs = null;
  readonly listSections = ROW_SECTIONS;
  readonly readSections = ROW_SECTIONS;
  readonly extraSections: readonly Section[] = ["transcript", "recordings"];
  readonly commands: ProviderCommands;

  readonly #http: HttpClient;
  readonly #client: EvoVoiceClient;
  readonly #accounts: EvoVoiceAccounts;
  readonly #lists: EvoVoiceLists;
  readonly #source: ProviderErrorSource;
  readonly #baseUrl: string;

  constructor(module: ProviderModule, dependencies: ConnectionDependencies) {
    const { name, config, log, attemptTimeoutMs, defaultRegion, now } = dependencies;
    const settings = toSettings(config);
    const source = { provider: module.provider, connection: name };
    this.name = name;
    this.module = module;
    this.#source = source;
    this.#baseUrl = settings.baseUrl;
    this.#http = createHttpClient({ ...source, baseUrl: settings.baseUrl, attemptTimeoutMs, log, now });
    const login = new EvoVoiceLogin({ http: this.#http, settings, source, now });
    this.#client = new EvoVoiceClient({ login, format: settings.format, source });
    this.#accounts = new EvoVoiceAccounts(this.#client, login, settings.accountIds, source);
    this.#lists = { client: this.#client, accounts: this.#accounts, source, defaultRegion, now };
    this.commands = createEvoVoiceCommands({ client: this.#client, source, defaultRegion });
  }

  get stats(): HttpClientStats {
    return this.#http.stats;
  }

  readSessions(ids: readonly string[], options?: ReadOptions): Promise<ReadOutcome[]> {
    return readByIds(this.#lists, ids, options);
  }

  listSessions(window: ListWindow, options?: ReadOptions): AsyncIterable<SessionPage> {
    return listWindow(this.#lists, window, options);
  }

  listLive(options?: ReadOptions): AsyncIterable<SessionPage> {
    return listRecent(this.#lists, options);
  }

  async readSection(
    session: SessionReference,
    section: Section,
    options?: ReadOptions,
  ): Promise<ReadOutcome> {
    if (!isSessionId(session.providerId)) return { kind: "absent" };
    try {
      if (section === "recordings") return await this.#readRecordings(session, options);
      if (section === "transcript") return await this.#readTranscript(session, options);
    } catch (error) {
      if (isProviderError(error)) return { kind: "failed", error };
      throw error;
    }
    const [outcome] = await this.readSessions([session.providerId], options);
    return outcome ?? { kind: "absent" };
  }

  async recordingUrl(
    _session: SessionReference,
    locator: JsonObject,
    options?: ReadOptions,
  ): Promise<string | null> {
    const { fileId } = locator;
    if (typeof fileId !== "string" || !isSessionId(fileId)) return null;
    const answer = await this.#client.file(fileId, options);
    return answer === null ? null : fileUrl(answer.json, this.#baseUrl);
  }

  inspect(options?: ReadOptions): Promise<Inspection[]> {
    return inspectEvoVoice(this.#client, this.#accounts, options);
  }

  /** Evo Voice delivers nothing (§9). */
  webhookProbe(): null {
    return null;
  }

  async probe(options?: ReadOptions): Promise<void> {
    await this.#accounts.validate(options);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** One list per session: a file does not say which session it is of, only the filter does (Q8). */
  async #readRecordings(session: SessionReference, options?: ReadOptions): Promise<ReadOutcome> {
    const rows: JsonValue[] = [];
    let observedAt: EpochMs | null = null;
    for (const accountIds of await this.#accounts.groups()) {
      const query = {
        accountIds,
        sessionId: session.providerId,
        countPerPage: COUNT_PER_PAGE,
        sortField: "dateCreated",
        sortOrder: "Ascend",
        simplifiedPaging: true,
      };
      const pages = readPages("simplified", this.#source, (page) =>
        this.#client.listFiles({ ...query, page }, options),
      );
      for await (const page of pages) {
        observedAt ??= page.sentAt;
        rows.push(...page.items);
      }
    }
    const { files, recordings, problems } = readFiles(rows);
    const snapshot = this.#toSectionSnapshot(session, "recordings", observedAt, problems);
    return { kind: "found", snapshot: { ...snapshot, fields: { files }, recordings } };
  }

  /**
   * Only chats have one. An archived chat's can no longer be had; the session itself is still there, so that is an
   * empty answer, which leaves the turns that are already known as they are.
   */
  async #readTranscript(session: SessionReference, options?: ReadOptions): Promise<ReadOutcome> {
    const problems: FieldProblem[] = [];
    const isChat =
      session.channel === undefined || session.channel === "CHAT" || session.channel === "UNKNOWN";
    const answer = isChat ? await this.#client.transcript(session.providerId, options) : null;
    const transcript =
      answer === null ? [] : readTranscript(answer.json, session, this.#lists.defaultRegion, problems);
    if (transcript === null) throw unexpectedShape("the messages of a chat", this.#source);
    const snapshot = this.#toSectionSnapshot(session, "transcript", answer?.sentAt ?? null, problems);
    return { kind: "found", snapshot: { ...snapshot, transcript } };
  }

  #toSectionSnapshot(
    { providerId, channel, direction, phase, state }: SessionReference,
    section: Section,
    observedAt: EpochMs | null,
    problems: readonly FieldProblem[],
  ): SessionSnapshot {
    return {
      provider: this.module.provider,
      providerId,
      providerKey: providerId,
      source: "READ",
      observedAt: observedAt ?? this.#lists.now(),
      version: null,
      facts: {
        ...NO_FACTS,
        channel: channel ?? NO_FACTS.channel,
        direction: direction ?? NO_FACTS.direction,
        phase: phase ?? NO_FACTS.phase,
        state: state ?? NO_FACTS.state,
      },
      fields: {},
      sections: [section],
      problems,
    };
  }
}
