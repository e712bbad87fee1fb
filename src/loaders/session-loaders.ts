/**
 * Sessions and what hangs off them, batched for one operation. Every question of an operation that is asked in one
 * tick is one SQL statement per table, and one batch of reads per connection where the cache has no good answer.
 */
import DataLoader from "dataloader";
import { isVisible } from "../context/visibility.js";
import type { ProviderError } from "../errors/index.js";
import { parseGlobalId, type GlobalId, type JsonValue, type Section } from "../model/index.js";
import { createChildLoaders, type ChildLoaders } from "./child-loaders.js";
import type { LoaderDependencies } from "./dependencies.js";
import { lacksSection } from "./freshness.js";
import { toSessionNode, type SessionNode } from "./nodes.js";
import { createSectionLoader } from "./section-loader.js";
import { loadSessions, type SessionQuestion } from "./session-by-id.js";
import { createTurnLoaders, type TurnLoaders } from "./turns.js";

export interface SessionLoaders {
  /** One session by its global id; null for anything unknown, foreign or not visible. `maxAgeSeconds` overrides freshness. */
  byId(id: string, maxAgeSeconds?: number): Promise<SessionNode | null>;
  /**
   * A session that has just been read again, or could not be (`failure`): as it is stored now, and not read once more.
   * Null when nothing is stored.
   */
  justRead(
    connection: string,
    providerId: string,
    failure: ProviderError | null,
  ): Promise<SessionNode | null>;
  /** The session that a decoded id belongs to, whatever hangs off it. */
  ofChild(id: GlobalId): Promise<SessionNode | null>;
  readonly children: ChildLoaders;
  /** The provider's payload, untouched. */
  raw(session: SessionNode): Promise<JsonValue>;
  readonly turns: TurnLoaders;
  /**
   * Makes sure that the cache holds a section before it is read. Answers undefined, synchronously, when it does.
   * Resolves to the failure when the provider could not be asked and the cache has nothing to fall back on.
   */
  ensure(session: SessionNode, section: Section): Promise<ProviderError | null> | undefined;
  /** True when `ensure` would have to read. */
  lacks(session: SessionNode, section: Section): boolean;
}

/** Builds the loaders of one operation. */
export function createSessionLoaders(dependencies: LoaderDependencies): SessionLoaders {
  const { principal, store, sync, now, storedOnly = false } = dependencies;

  const sessions = new DataLoader<SessionQuestion, SessionNode | null, string>(
    (questions) => loadSessions(questions, dependencies),
    {
      cacheKeyFn: ({ connection, providerId, maxAgeSeconds }) =>
        `${connection}\n${providerId}\n${maxAgeSeconds ?? ""}`,
    },
  );
  const raw = new DataLoader<number, JsonValue>(async (keys) => {
    const payloads = await store.sessions.rawByKeys(keys);
    return keys.map((key) => payloads.get(key) ?? null);
  });
  const sections = createSectionLoader(dependencies);

  function ask(connection: string, providerId: string, maxAgeSeconds?: number): Promise<SessionNode | null> {
    if (!isVisible(principal, connection)) return Promise.resolve(null);
    return sessions.load({ connection, providerId, maxAgeSeconds });
  }

  function lacks({ handle: { row, live, freshness } }: SessionNode, section: Section): boolean {
    if (storedOnly) return false;
    const connection = sync.directory.get(row.connection)?.connection;
    // A section that the provider does not have at all is complete as it is: empty.
    if (!connection?.readSections.includes(section) && !connection?.extraSections.includes(section))
      return false;
    // What this operation has just had read, or tried to, is not asked for again. Reading the session did not read what
    // only a request of its own gives.
    const isCovered = freshness.read && !connection.extraSections.includes(section);
    const held = live && !isCovered && freshness.error === null;
    return lacksSection(row, section, now(), held);
  }

  return {
    byId(id, maxAgeSeconds) {
      const parsed = parseGlobalId(id);
      if (parsed?.kind !== "session") return Promise.resolve(null);
      return ask(parsed.connection, parsed.parts[0] ?? "", maxAgeSeconds);
    },
    async justRead(connection, providerId, failure) {
      if (!isVisible(principal, connection)) return null;
      const module = sync.directory.get(connection)?.connection.module;
      if (module === undefined) return null;
      const ref = { connection, providerKey: module.toProviderKey(providerId) };
      const [row] = await store.sessions.byRefs([ref], principal.connections);
      const freshness = { read: failure === null, error: failure, errorAt: failure === null ? null : now() };
      return row ? toSessionNode(row, module.typeName, freshness, true) : null;
    },
    ofChild: (id) => ask(id.connection, id.parts[0] ?? ""),
    children: createChildLoaders(store),
    raw: (session) => raw.load(session.handle.row.key),
    turns: createTurnLoaders(store.transcript),
    lacks,
    ensure: (session, section) => (lacks(session, section) ? sections.ensure(session, section) : undefined),
  };
}
