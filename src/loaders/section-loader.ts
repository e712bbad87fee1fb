/** Reads what the cache lacks of sessions: one batch for everything an operation's fields ask for in one tick. */
import DataLoader from "dataloader";
import type { ProviderError } from "../errors/index.js";
import type { Section } from "../model/index.js";
import type { RefreshOutcome } from "../sync/refresh.js";
import type { LoaderDependencies } from "./dependencies.js";
import type { SessionNode } from "./nodes.js";

interface Want {
  session: SessionNode;
  section: Section;
}

export interface SectionLoader {
  /** Resolves to null when the cache now holds the section or an older copy of it, else to the failure. */
  ensure(session: SessionNode, section: Section): Promise<ProviderError | null>;
}

/** Builds the section loader of one operation. */
export function createSectionLoader({ sync, store, principal, now }: LoaderDependencies): SectionLoader {
  // A failure is an answer here. Wrapped, since a loader throws any Error that it is given for a value.
  const loader = new DataLoader<Want, { failure: ProviderError | null }, string>(
    async (wants) => {
      const bySession = Map.groupBy(wants, ({ session }) => session.handle.row.key);
      const sessions = [...bySession.values()].map((group) => (group[0] as Want).session);
      const outcomes = await sync.refresh.refresh(
        sessions.map(({ handle: { row } }) => ({
          connection: row.connection,
          providerKey: row.providerKey,
          providerId: row.providerId,
          sections: (bySession.get(row.key) ?? []).map((want) => want.section),
        })),
      );
      const rows = await store.sessions.byKeys(
        sessions.map((session) => session.handle.row.key),
        principal.connections,
      );
      const byKey = new Map(sessions.map((session, index) => [session.handle.row.key, outcomes[index]]));
      sessions.forEach((session, index) => {
        const row = rows[index];
        if (row) session.handle.row = row;
      });
      return wants.map((want) => ({
        failure: settle(want, byKey.get(want.session.handle.row.key), now()),
      }));
    },
    { cacheKeyFn: ({ session, section }) => `${session.handle.row.key} ${section}` },
  );
  return {
    ensure(session, section) {
      const wait = loader.load({ session, section }).then(({ failure }) => failure);
      session.handle.pending.push(wait);
      return wait;
    },
  };
}

/** Notes a failure on the session for its `freshness`, and says whether the field that asked can still be answered. */
function settle(
  { session, section }: Want,
  outcome: RefreshOutcome | undefined,
  at: number,
): ProviderError | null {
  const { handle } = session;
  if (outcome === undefined || outcome.kind === "absent") return null;
  if (outcome.kind === "read") handle.freshness = { ...handle.freshness, read: true };
  const error = outcome.kind === "failed" ? outcome.error : (outcome.failedSections.get(section) ?? null);
  if (error === null) return null;
  handle.freshness = { ...handle.freshness, error, errorAt: at };
  return handle.row.sections[section] === undefined ? error : null;
}
