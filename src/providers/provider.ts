/**
 * What a provider is to the rest of the gateway. One folder per provider implements this; nothing outside that folder
 * knows the provider's name, words or paths. Code asks for a capability.
 */
import type { ProviderError } from "../errors/index.js";
import type { HttpClientStats, Logger, Priority } from "../http/http-client.js";
import type {
  Capability,
  EpochMs,
  JsonObject,
  Provider,
  Section,
  SessionFacts,
  SessionSnapshot,
} from "../model/index.js";
import type { ProviderCommands } from "./commands.js";
import type { WebhookProbe, WebhookReceiver } from "./webhooks.js";

export type * from "./webhooks.js";

/** One configuration key of a provider: where it is read from and how it is shown. */
export interface ConfigField {
  /** Key in the YAML file, camelCase. */
  key: string;
  /** Environment variable, for the connection that the environment describes. */
  env: string;
  description: string;
  /** Never printed, redacted from logs. @default false */
  secret?: boolean;
  /** A connection without it is an error. @default false */
  required?: boolean;
  default?: string;
  /** How the text is read. `list`: comma-separated. `url`: http(s), trailing slash dropped. @default "text" */
  type?: "text" | "url" | "list" | { oneOf: readonly string[] };
}

/** Read values by `ConfigField.key`; `list` fields are arrays, absent optional ones undefined. */
export type ConfigValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a module is given to build one connection. */
export interface ConnectionDependencies {
  /** The connection's configured name: letters, digits, `-` and `_`. */
  name: string;
  config: ConfigValues;
  log: Logger;
  /** Milliseconds for one attempt of a read (`SWITCHBOARD_PROVIDER_TIMEOUT_MS`). */
  attemptTimeoutMs: number;
  /** ISO 3166 alpha-2, for numbers written without a country code. @default "US" */
  defaultRegion: string;
  /** The part of the provider's rate limit that this process may use, where others use the rest. @default 1 */
  rateShare?: number;
  /** Where the provider can reach this connection's webhook route; null when nobody has said. @default null */
  webhookUrl?: string | null;
  /** The clock. Replaced in tests. */
  now: () => EpochMs;
}

/** A provider's contents page: what it is called, what it can do, how it is configured, what builds it. */
export interface ProviderModule {
  readonly provider: Provider;
  /** Name of the connection that environment variables describe: `plivo`, `evo`, `speko`, `portsip`. */
  readonly defaultConnectionName: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly config: readonly ConfigField[];
  /** GraphQL object type that carries this provider's sessions, e.g. `PlivoSession`. */
  readonly typeName: string;
  /** True when the id has the shape of one of this provider's ids: decides before any request is made. */
  isProviderId(id: string): boolean;
  /** The form in which two spellings of one id are equal. Identity for most. */
  toProviderKey(id: string): string;
  /** Where at the provider the address of the webhook route is entered, in a few words: `the portal, under …`. */
  readonly webhookPlace?: string;
  /** Cross-field checks of the configuration; answers problems as sentences that name the key. */
  checkConfig?(config: ConfigValues): readonly string[];
  connect(dependencies: ConnectionDependencies): ProviderConnection;
}

/** Whom a read is for and how long it may take. */
export interface ReadOptions {
  signal?: AbortSignal;
  /** @default "user" */
  priority?: Priority;
}

/** The outcome of reading one session. `absent`: the provider knows no such session (any more). */
export type ReadOutcome =
  | { kind: "found"; snapshot: SessionSnapshot }
  | { kind: "absent" }
  | { kind: "failed"; error: ProviderError };

/** Which sessions to list: those started (or last changed, where the provider can tell) in `[since, until)`. */
export interface ListWindow {
  since: EpochMs;
  /** @default now */
  until?: EpochMs;
}

/** A page of a list. A row that could not be read at all is in `rejected`; the rest of the page stands. */
export interface SessionPage {
  snapshots: SessionSnapshot[];
  rejected: ProviderError[];
  /** Rows the provider says there are in all, where it says so. */
  total?: number;
}

/**
 * What a by-id request for more needs to know of a session. The facts, where they are stored: a section that only one
 * channel has needs no request for the others, and a snapshot of one section repeats them rather than say UNKNOWN.
 */
export interface SessionReference extends Partial<
  Pick<SessionFacts, "channel" | "direction" | "phase" | "state">
> {
  providerId: string;
  startedAt: EpochMs | null;
  endedAt: EpochMs | null;
  /** The stored provider fields. */
  fields: JsonObject;
}

/** What `switchboard doctor` learns of one right or setting beyond the bare login. */
export interface Inspection {
  /** What was looked at, in a few words: `list calls`, `read files`. */
  what: string;
  /** null: it cannot be told, e.g. because only doing it would show. */
  ok: boolean | null;
  /** What was found, and where it is wrong what to do about it. Safe to print. */
  message: string;
}

/** What a push channel tells. Push is a hint: what it says of a session is stored, and what it leaves open is read. */
export interface PushListener {
  /** Learned from the push itself. Resolves when it is stored. */
  told(snapshots: SessionSnapshot[]): Promise<void>;
  /** These sessions are to be read; `otherwise` is what is stored of one that the provider cannot (yet) show. */
  changed(sessions: readonly { providerId: string; otherwise?: SessionSnapshot }[]): void;
  /** All that is live is to be listed. Resolves when a list that began after this call is stored. */
  look(isUrgent: boolean): Promise<void>;
  /** The channel works from here on; what happened before may have been missed. */
  opened(): void;
  /** It does not; it is opened again, unless `isFinal`. */
  lost(error: ProviderError, isFinal?: boolean): void;
  /** What was followed is over: nothing more will come. */
  ended(): void;
}

/** A push channel that makes itself again when it breaks. */
export interface PushChannel {
  /** Nothing is told afterwards. */
  close(): Promise<void>;
}

/** One account at a provider, connected. All methods throw only `ProviderError`s, or the signal's reason. */
export interface ProviderConnection {
  readonly name: string;
  readonly module: ProviderModule;
  readonly stats: HttpClientStats;
  /** How far back the provider's lists reach, in milliseconds; null when there is no documented limit. */
  readonly historyMs: number | null;

  /**
   * How a long window is best listed. `sliced`: in several short windows, each as cheap as its length. `ordered`: at one
   * go, since the walk begins with the newest session wherever the window lies, and rows come newest first throughout.
   * `whole`: at one go, in no order. @default "sliced"
   */
  readonly listing?: "sliced" | "ordered" | "whole";
  /** Sections that `listSessions` rows cover. */
  readonly listSections: readonly Section[];
  /** Sections that `readSessions` covers (at least those of the list). */
  readonly readSections: readonly Section[];
  /** Sections that only `readSection` gives, at the price of a request each. */
  readonly extraSections: readonly Section[];

  /**
   * Reads sessions by id, as few requests as the provider allows, bounded in concurrency. One outcome per id, in
   * order. Never rejects as a whole because of one id; a failure that hits all of them is each one's `failed`.
   */
  readSessions(ids: readonly string[], options?: ReadOptions): Promise<ReadOutcome[]>;
  /** Everything the provider has for the window, page by page, archives included, to the end. */
  listSessions(window: ListWindow, options?: ReadOptions): AsyncIterable<SessionPage>;
  /** What is open or live now, page by page: the cheapest look that notices new, changed and ended sessions. */
  listLive(options?: ReadOptions): AsyncIterable<SessionPage>;
  /** Reads one of `extraSections` of one session: a snapshot with that section (and what else the answer told). */
  readSection(session: SessionReference, section: Section, options?: ReadOptions): Promise<ReadOutcome>;
  /** The recording's URL, fresh from the provider. Never cached, logged or stored. Null when there is none (yet). */
  recordingUrl(session: SessionReference, locator: JsonObject, options?: ReadOptions): Promise<string | null>;
  /** Opens a channel that tells of all sessions of the connection, where the provider has one. */
  openLive?(listener: PushListener): PushChannel;
  /** Follows one live session, where the provider has a channel for each. */
  streamSession?(session: { providerId: string }, listener: PushListener): PushChannel;
  /** What it can be told to do; agrees with the module's capabilities. */
  readonly commands: ProviderCommands;
  /** Looks, by reads only, at what the credentials may do and how the account is set up. A failure is a row. */
  inspect(options?: ReadOptions): Promise<Inspection[]>;
  /**
   * A delivery of an event that means nothing, signed for `url` with the connection's own secret: shows that the route
   * is reachable from outside and knows the secret. Null where deliveries are not configured or do not exist.
   */
  webhookProbe(url: string): WebhookProbe | null;
  /** Absent where deliveries are not configured or do not exist. */
  readonly webhooks?: WebhookReceiver | undefined;
  /** The cheapest call that shows that provider and credentials work. Throws what is wrong. */
  probe(options?: ReadOptions): Promise<void>;
  close(): Promise<void>;
}
