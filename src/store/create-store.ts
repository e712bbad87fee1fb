import {
  createChildRepository, createInteractionRepository, createReportRepository, createTranscriptRepository,
} from "./repositories/child-repositories.js"; // prettier-ignore
import { createChangeRepository } from "./repositories/change-repository.js";
import { createCommandRepository } from "./repositories/command-repository.js";
import { createCoverageRepository, createLeaseRepository } from "./repositories/coverage-repository.js";
import { createConnectionRepository } from "./repositories/gateway-repositories.js";
import { createHoldingRepository } from "./repositories/holding-repository.js";
import { createInboxRepository } from "./repositories/inbox-repository.js";
import { createJoinRepository } from "./repositories/join-repository.js";
import { createRetentionRepository } from "./repositories/retention-repository.js";
import { createErasureRepository } from "./repositories/erasure-repository.js";
import { coalesce } from "./coalesce.js";
import { createOwner } from "./owner.js";
import { createSearchRepository } from "./repositories/search-repository.js";
import { createSessionRepository } from "./repositories/session-repository.js";
import type { Database } from "./sql.js";
import { createStatsRepository } from "./stats/stats-repository.js";
import type { Store } from "./store.js";

/** The repositories over an open database. Closing the store closes the database. */
export function createStore(database: Database): Store {
  const sessions = createSessionRepository(database);
  const owner = createOwner(database);
  return {
    dialect: database.dialect.name,
    sessions: {
      ...sessions,
      page: coalesce(sessions.page, (query, scope) => JSON.stringify([query, scope])),
      count: coalesce(sessions.count, (filter, scope) => JSON.stringify([filter, scope])),
    },
    members: shared(createChildRepository(database, "members")),
    interactions: shared(createInteractionRepository(database)),
    transfers: shared(createChildRepository(database, "transfers")),
    transcript: createTranscriptRepository(database),
    search: createSearchRepository(database),
    reports: shared(createReportRepository(database)),
    recordings: shared(createChildRepository(database, "recordings")),
    events: createChildRepository(database, "events"),
    joins: createJoinRepository(database),
    connections: createConnectionRepository(database),
    commands: createCommandRepository(database, owner),
    inbox: createInboxRepository(database, owner),
    coverage: createCoverageRepository(database),
    leases: createLeaseRepository(database),
    holdings: createHoldingRepository(database),
    changes: createChangeRepository(database),
    stats: createStatsRepository(database),
    erasure: createErasureRepository(database),
    retention: createRetentionRepository(database),
    ping: () => database.ping(),
    close: () => database.close(),
  };
}

/** The same children for the same sessions, asked for by several operations at once. */
function shared<Answer>(repository: { bySessionKeys(keys: readonly number[]): Promise<Answer> }) {
  return {
    bySessionKeys: coalesce(
      (keys: readonly number[]) => repository.bySessionKeys(keys),
      (keys) => keys.join(),
    ),
  };
}
