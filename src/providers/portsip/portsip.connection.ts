import type { ProviderError, ProviderErrorSource } from "../../errors/index.js";
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
import type {
  ConnectionDependencies, ListWindow, ProviderConnection, ProviderModule, ReadOptions, ReadOutcome, SessionPage,
  SessionReference,
} from "../provider.js"; // prettier-ignore
import { readEach } from "../read-each.js";
import { PortsipClient } from "./portsip.client.js";
import { toPortsipConfig, type PortsipConfig } from "./portsip.config.js";
import { unexpectedShape } from "./portsip.errors.js";
import { toOtherSpelling, toPortsipKey } from "./portsip.id.js";
import { PortsipLogin } from "./portsip.login.js";
import { fileUrl, readRecordings } from "./portsip.recordings.js";
import { PORTSIP_SECTIONS, toLiveSnapshot, toLoggedSnapshot } from "./portsip.snapshot.js";
import { parseCallLog, parseSession, type PortsipCallLog } from "./portsip.wire.js";

/** The call log is walked in slices of this length: all steps of a session are then in one slice. */
const SLICE_MS = 7 * 24 * 60 * 60 * 1000;
/** Calls read at once: each is a request of its own. */
const READ_CONCURRENCY = 6;

/** One tenant of one PBX. */
export class PortsipConnection implements ProviderConnection {
  readonly name: string;
  readonly module: ProviderModule;
  /** Five years at least; nothing shorter is documented. */
  readonly historyMs = null;
  readonly listSections = PORTSIP_SECTIONS;
  readonly readSections = PORTSIP_SECTIONS;
  readonly extraSections: readonly Section[] = ["detail", "recordings"];

  readonly #http: HttpClient;
  readonly #client: PortsipClient;
  readonly #config: PortsipConfig;
  readonly #source: ProviderErrorSource;
  readonly #dependencies: ConnectionDependencies;

  constructor(module: ProviderModule, dependencies: ConnectionDependencies) {
    const { name, config, log, attemptTimeoutMs, now } = dependencies;
    this.name = name;
    this.module = module;
    this.#dependencies = dependencies;
    this.#config = toPortsipConfig(config);
    this.#source = { provider: module.provider, connection: name };
    this.#http = createHttpClient({
      ...this.#source,
      baseUrl: this.#config.baseUrl,
      attemptTimeoutMs,
      log,
      now,
    });
    const login = new PortsipLogin({ http: this.#http, config: this.#config, source: this.#source, now });
    this.#client = new PortsipClient(this.#http, login, this.#source);
  }

  get stats(): HttpClientStats {
    return this.#http.stats;
  }

  /** A call that is up, else the call log of one that was. */
  readSessions(ids: readonly string[], options?: ReadOptions): Promise<ReadOutcome[]> {
    return readEach(ids, READ_CONCURRENCY, async (id) => {
      const answer = await this.#client.session(id, options);
      if (answer === null) return this.#readLogged(id, true, options);
      const snapshot = this.#live(answer.json, answer.sentAt, "READ");
      if (snapshot === null) throw unexpectedShape("a session with an id", this.#source);
      return { kind: "found", snapshot };
    });
  }

  /** What is up now, then the call log, newest first. */
  async *listSessions({ since, until }: ListWindow, options?: ReadOptions): AsyncGenerator<SessionPage> {
    yield* this.listLive(options);
    const end = until ?? this.#dependencies.now();
    for (let to = end; to > since; to -= SLICE_MS) {
      const { items, sentAt } = await this.#client.callLogs(Math.max(since, to - SLICE_MS), to, options);
      yield this.#logged(items, sentAt);
    }
  }

  async *listLive(options?: ReadOptions): AsyncGenerator<SessionPage> {
    const { items, sentAt } = await this.#client.sessions(options);
    const snapshots: SessionSnapshot[] = [];
    const rejected: ProviderError[] = [];
    for (const item of items) {
      const snapshot = this.#live(item, sentAt, "LIST");
      if (snapshot === null) rejected.push(unexpectedShape("a session with an id", this.#source));
      else snapshots.push(snapshot);
    }
    yield { snapshots, rejected };
  }

  /** `detail` is the call log, also of a call that is still up; `recordings` are found by time and parties. */
  async readSection(
    session: SessionReference,
    section: Section,
    options?: ReadOptions,
  ): Promise<ReadOutcome> {
    const [outcome] = await readEach([session.providerId], 1, async (id): Promise<ReadOutcome> => {
      const logged = await this.#readLogged(id, false, options);
      if (section !== "recordings") return logged.kind === "found" ? logged : this.#without(session, section);
      if (logged.kind !== "found") return this.#without(session, section);
      const recordings = await readRecordings(this.#client, logged.snapshot, options);
      const { snapshot } = logged;
      return {
        kind: "found",
        snapshot: { ...snapshot, recordings, sections: [...snapshot.sections, "recordings"] },
      };
    });
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
    return recording === null ? null : fileUrl(recording.items, locator["file"], this.#config.baseUrl);
  }

  probe(options?: ReadOptions): Promise<void> {
    return this.#client.probe(options);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** The call log says nothing of a call yet: the section has been asked for, and is empty. */
  #without({ providerId }: SessionReference, section: Section): ReadOutcome {
    const observedAt = this.#dependencies.now();
    const unknown = {
      title: null,
      from: null,
      to: null,
      startedAt: null,
      answeredAt: null,
      endedAt: null,
    } as const;
    const facts = { channel: "UNKNOWN", direction: "UNKNOWN", phase: "UNKNOWN", state: "UNKNOWN" } as const;
    return {
      kind: "found",
      snapshot: {
        provider: "PORTSIP",
        providerId,
        providerKey: toPortsipKey(providerId),
        source: "READ",
        // As old as can be: knowing nothing must not outweigh what is known.
        observedAt: 0,
        version: null,
        facts: { ...facts, ...unknown, updatedAt: null, durationSeconds: null, cost: null },
        fields: {},
        sections: [section],
        sectionsReadAt: observedAt,
        problems: [],
      },
    };
  }

  async #readLogged(id: string, isGone: boolean, options?: ReadOptions): Promise<ReadOutcome> {
    for (const spelling of [id, toOtherSpelling(id)]) {
      if (spelling === null) continue;
      const { items, sentAt } = await this.#client.callLogsOf(spelling, options);
      // A PBX that ignores the filter answers everything: take only what was asked for.
      const page = this.#logged(items, sentAt, isGone, toPortsipKey(id));
      const [snapshot] = page.snapshots;
      if (snapshot !== undefined)
        return { kind: "found", snapshot: { ...snapshot, providerId: id, source: "READ" } };
    }
    return { kind: "absent" };
  }

  #logged(rows: readonly JsonValue[], observedAt: EpochMs, isGone = false, onlyKey?: string): SessionPage {
    const problems: FieldProblem[] = [];
    const rejected: ProviderError[] = [];
    const parsed: { log: PortsipCallLog; row: JsonValue }[] = [];
    for (const row of rows) {
      const log = parseCallLog(row, problems);
      if (log === null) rejected.push(unexpectedShape("a call log with a session id", this.#source));
      else if (onlyKey === undefined || toPortsipKey(log.sessionId) === onlyKey) parsed.push({ log, row });
    }
    const bySession = Map.groupBy(parsed, ({ log }) => toPortsipKey(log.sessionId));
    const { defaultRegion } = this.#dependencies;
    const snapshots = [...bySession.values()].map((steps) => {
      steps.sort((a, b) => (a.log.startedAt ?? 0) - (b.log.startedAt ?? 0));
      const context = {
        observedAt,
        defaultRegion,
        source: "LIST" as const,
        problems: bySession.size === 1 ? problems : [],
      };
      return toLoggedSnapshot(
        steps.map(({ log }) => log),
        steps.map(({ row }) => row),
        isGone,
        context,
      );
    });
    return { snapshots, rejected };
  }

  #live(json: JsonValue, observedAt: EpochMs, source: SessionSnapshot["source"]): SessionSnapshot | null {
    const problems: FieldProblem[] = [];
    const session = parseSession(json, problems);
    if (session === null) return null;
    const { defaultRegion } = this.#dependencies;
    return toLiveSnapshot(session, json, { observedAt, defaultRegion, source, problems });
  }
}
