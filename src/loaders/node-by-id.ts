/** Anything by its id: the id says which kind and which session, the rest is finding it there. */
import { BadUserInputError } from "../errors/index.js";
import { parseGlobalId } from "../model/index.js";
import { toCommandNode } from "./acting.js";
import type { ConnectionLoaders } from "./connections.js";
import { loadAhead } from "./load-ahead.js";
import type { SessionNode } from "./nodes.js";
import type { SessionFields } from "./session-fields.js";
import type { SessionLoaders } from "./session-loaders.js";

/** Answers what an id names; null for foreign and unknown ids, and for kinds that are not nodes. */
export type NodeById = (id: string) => Promise<object | null>;

const MAX_IDS = 500;

/**
 * Answers many at once, in order. `fields`: what is selected on them, so that it can be loaded for all sessions together.
 * Throws `BadUserInputError` for more than 500.
 */
export async function nodesById(
  ids: readonly string[],
  fields: ReadonlySet<string>,
  byId: NodeById,
  sessions: SessionLoaders,
): Promise<(object | null | Error)[]> {
  if (ids.length > MAX_IDS)
    throw new BadUserInputError(`ids: expected at most ${MAX_IDS}, got ${ids.length}.`, ["ids"]);
  const settled = await Promise.allSettled(ids.map((id) => byId(id)));
  const found = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  await loadAhead([...new Set(found.filter(isSessionNode))], fields, sessions);
  // One session that cannot be read is an error in its own place; the others are answered.
  return settled.map((result) => (result.status === "fulfilled" ? result.value : (result.reason as Error)));
}

/** Builds `Query.node` of one operation. */
export function createNodeById(
  sessions: SessionLoaders,
  fields: SessionFields,
  connections: ConnectionLoaders,
): NodeById {
  return async (id) => {
    const parsed = parseGlobalId(id);
    if (parsed === null) return null;
    switch (parsed.kind) {
      case "session":
        return sessions.byId(id);
      case "connection":
        return connections.byName(parsed.connection);
      case "command": {
        const command = await connections.command(parsed.parts[0] ?? "");
        return command?.connection === parsed.connection ? toCommandNode(command) : null;
      }
      case "member":
      case "interaction":
      case "transfer": {
        const session = await sessions.ofChild(parsed);
        if (session === null) return null;
        const children = await fields[`${parsed.kind}s`](session);
        return children.find((child) => child.id === id) ?? null;
      }
      case "report":
      case "recording":
      case "transcriptEntry":
      case "event":
        return null;
    }
  };
}

function isSessionNode(node: object | null): node is SessionNode {
  return node !== null && "handle" in node;
}
