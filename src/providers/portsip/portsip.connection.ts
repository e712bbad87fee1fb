import type { ProviderError, ProviderErrorSource } from "../../errors/index.js";
import { createHttpClient } from "../../http/create-http-client.js";
import type { HttpClient, HttpClientStats } from "../../http/http-client.js";
import {
  NO_FACTS,
  type EpochMs,
  type FieldProblem,
  type JsonObject,
  type JsonValue,
  type Section,
  type SessionSnapshot,
} from "../../model/index.js";
import type { ProviderCommands } from "../commands.js";
import type {
  ConnectionDependencies, Inspection, ListWindow, ProviderConnection, ProviderModule, PushChannel, PushListener,
  ReadOptions, ReadOutcome, SessionPage, SessionReference, WebhookProbe, WebhookReceiver,
} from "../provider.js"; // prettier-ignore
import { readEach } from "../read-each.js";
import { PortsipCallLogs, type LiveLook } from "./portsip.call-logs.js";
import { PortsipClient } from "./portsip.client.js";
import { createPortsipCommands } from "./portsip.commands.js";
import { toPortsipConfig, type PortsipConfig } from "./portsip.config.js";
import { unexpectedShape } from "./portsip.errors.js";
import { toPortsipKey } from "./portsip.id.js";
import { inspectPortsip } from "./portsip.inspect.js";
import { PortsipLive } from "./portsip.live.js";
import { PortsipLogin } from "./portsip.login.js";
import { fileUrl, readRecordings } from "./portsip.recordings.js";
import { PORTSIP_SECTIONS, toLiveSnapshot } from "./portsip.snapshot.js";
import { createPortsipProbe, createPortsipReceiver } from "./portsip.webhooks.js";
import { parseSession } from "./portsip.wire.js";

/** Calls read at once: each is a request of its own. */
const READ_CONCURRENCY = 6;
/** Calls whose spelling is remembered; the PBX has far fewer up at once. */
const MAX_SHOWN = 10_000;

/** One tenant of one PBX. */
export class PortsipConnection implements ProviderConnection {
  readonly name: string;
  readonly module: ProviderModule;
  /** Five years at least; nothing shorter is documented. */
  readonly historyMs = null;
  readonly listSections = PORTSIP_SECTIONS;
  readonly readSections = PORTSIP_SECTIONS;
  readonly extraSections: readonly Section[] = ["detail", "recordings"];
  readonly commands: ProviderCommands;
  readonly webhooks: WebhookReceiver | undefined;

  readonly #http: HttpClient;
  readonly #client: PortsipClient;
  readonly #log: PortsipCallLogs;
  readonly #config: PortsipConfig;
  readonly #source: ProviderErrorSource;
  readonly #dependencies: ConnectionDependencies;
  /** Calls that were up lately, by key, as REST spells them: pushes spell them otherwise. */
  readonly #shown = new Map<string, string>();

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
    const { webhookToken } = this.#config;
    if (webhookToken !== undefined) this.webhooks = createPortsipReceiver(webhookToken);
    const { defaultRegion } = dependencies;
    this.#log = new PortsipCallLogs({ client: this.#client, source: this.#source, defaultRegion });
    this.commands = createPortsipCommands({ client: this.#client, source: this.#source, defaultRegion, now });
  }

  get stats(): HttpClientStats {
    return this.#http.stats;
  }

  /** A call that is up, else the call log of one that was. */
  readSessions(ids: readonly string[], options?: ReadOptions): Promise<ReadOutcome[]> {
    return readEach(ids, READ_CONCURRENCY, async (id) => {
      const answer = await this.#client.session(id, options);
      if (answer === null) {
        const found = await this.#log.find(id, options);
        return found === null
          ? { kind: "absent" }
          : { kind: "found", snapshot: this.#log.toSnapshot(id, found, "GONE") };
      }
      const snapshot = this.#live(answer.json, answer.sentAt, "READ");
      if (snapshot === null) throw unexpectedShape("a session with an id", this.#source);
      return { kind: "found", snapshot };
    });
  }

  /** What is up now, then the call log, newest first. */
  async *listSessions({ since, until }: ListWindow, options?: ReadOptions): AsyncGenerator<SessionPage> {
    const live: LiveLook = { keys: new Set(), isWhole: true, at: this.#dependencies.now() };
    for await (const page of this.listLive(options)) {
      for (const { providerKey } of page.snapshots) live.keys.add(providerKey);
      live.isWhole &&= page.rejected.length === 0;
      yield page;
    }
    yield* this.#log.walk({ since, until: until ?? this.#dependencies.now() }, live, options);
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
      const found = await this.#log.find(id, options);
      if (found === null) return this.#without(session, section);
      const presence = session.phase === "ENDED" ? "GONE" : session.phase === "LIVE" ? "UP" : "UNKNOWN";
      if (section !== "recordings")
        return {
          kind: "found",
          snapshot: this.#log.toSnapshot(id, await this.#log.withCost(found, options), presence),
        };
      const snapshot = this.#log.toSnapshot(id, found, presence);
      const ids = found.steps.map(({ log }) => log.id);
      const { now } = this.#dependencies;
      const recordings = await readRecordings(this.#client, snapshot, { ids, now: now() }, options);
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

  openLive(listener: PushListener): PushChannel {
    const { log, now, attemptTimeoutMs } = this.#dependencies;
    const idOf = (key: string) => this.#shown.get(key);
    const context = { config: this.#config, source: this.#source, log, now, idOf };
    return new PortsipLive({ ...context, handshakeTimeoutMs: attemptTimeoutMs }, listener);
  }

  inspect(options?: ReadOptions): Promise<Inspection[]> {
    return inspectPortsip({ client: this.#client, config: this.#config, source: this.#source }, options);
  }

  /** The token is all that PortSIP sends: a delivery is not signed for its URL (§7.1). */
  webhookProbe(): WebhookProbe | null {
    const { webhookToken: token } = this.#config;
    return token === undefined ? null : createPortsipProbe(token, this.#dependencies.now());
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
        facts: NO_FACTS,
        fields: {},
        sections: [section],
        sectionsReadAt: observedAt,
        problems: [],
      },
    };
  }

  #live(json: JsonValue, observedAt: EpochMs, source: SessionSnapshot["source"]): SessionSnapshot | null {
    const problems: FieldProblem[] = [];
    const session = parseSession(json, problems);
    if (session === null) return null;
    this.#shown.delete(toPortsipKey(session.id));
    this.#shown.set(toPortsipKey(session.id), session.id);
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > MAX_SHOWN && oldest !== undefined) this.#shown.delete(oldest);
    const { defaultRegion } = this.#dependencies;
    return toLiveSnapshot(session, json, { observedAt, defaultRegion, source, problems });
  }
}
