import type { OperationContext } from "../context/context.js";
import { createActing } from "./acting.js";
import { createConnectionLoaders } from "./connections.js";
import type { LoaderDependencies } from "./dependencies.js";
import { createNodeById, nodesById } from "./node-by-id.js";
import { readPhoneNumber, regionsOf, toPhoneNumberNode } from "./phone-numbers.js";
import { createRelated } from "./related.js";
import { createSessionFields } from "./session-fields.js";
import { createSessionLoaders } from "./session-loaders.js";
import { createSessionPages } from "./session-pages.js";
import { createSessionStats } from "./session-stats.js";
import { createTranscriptSearch } from "./transcript-search.js";

/** The context of one operation: made for it, forgotten with it, so that no answer crosses from one caller to another. */
export function createOperationContext(dependencies: LoaderDependencies): OperationContext {
  const context: OperationContext = {
    ...createReading(dependencies),
    acting: createActing(dependencies, () => Object.assign(context, createReading(dependencies))),
  };
  return context;
}

/** Everything that reads, with nothing remembered yet. */
function createReading(dependencies: LoaderDependencies): Omit<OperationContext, "acting"> {
  const sessions = createSessionLoaders(dependencies);
  const fields = createSessionFields(dependencies, sessions);
  const connections = createConnectionLoaders(dependencies);
  const nodeById = createNodeById(sessions, fields, connections);
  return {
    principal: dependencies.principal,
    sessions,
    fields,
    pages: createSessionPages(dependencies, sessions),
    search: createTranscriptSearch(dependencies, sessions),
    connections,
    nodeById,
    nodesById: (ids, selected) => nodesById(ids, selected, nodeById, sessions),
    phoneNumber: toPhoneNumberNode,
    stats: createSessionStats(dependencies),
    phoneNumberAsked: (number) => readPhoneNumber(number, regionsOf(dependencies.principal, dependencies)),
    related: createRelated(dependencies),
  };
}
