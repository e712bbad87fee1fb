/** Whether cache and world agree: what each session looks like to its provider, and what is kept of it. */
import type { SandboxProviderName } from "../../../src/sandbox/conversation.js";
import type { Sandbox } from "../../../src/sandbox/sandbox.js";
import type { Answer, TestGateway } from "../../support/gateway.js";
import { plainId } from "../../support/truth.js";

/** A session as the graph tells it. */
export interface Node {
  id: string;
  providerId: string;
  phase: string;
  /** Null while only a list's row is known, where rows are poor. */
  raw: Record<string, unknown> | null;
  connection: { name: SandboxProviderName };
}
interface Page {
  sessions: { nodes: Node[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
}
type Row = Record<string, unknown>;

/** A session as its provider tells it now. */
export interface TrueState {
  /** Null where its provider's words do not say. */
  isOver: boolean | null;
  content: Row | Row[] | "LIVE";
}

const DAY_MS = 24 * 60 * 60_000;
/** Sessions a page: few, so that a walk has several. */
const PAGE = `query ($after: String, $since: DateTime) {
  sessions(first: 20, after: $after, filter: { startedAfter: $since }) {
    nodes { id providerId phase raw connection { name } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** Every session of the graph, page by page. */
export async function walk(gateway: TestGateway, now: number): Promise<Node[]> {
  const since = new Date(now - 60 * DAY_MS).toISOString();
  const nodes: Node[] = [];
  for (let after: string | null = null; ;) {
    const { data, errors }: Answer<Page> = await gateway.query<Page>(PAGE, { after, since });
    if (errors.length > 0 || data === null) throw new Error(JSON.stringify(errors));
    nodes.push(...data.sessions.nodes);
    if (!data.sessions.pageInfo.hasNextPage) return nodes;
    after = data.sessions.pageInfo.endCursor;
  }
}

/** What names a session in world and cache alike. */
export const keyOf = (connection: SandboxProviderName, id: unknown) => `${connection} ${plainId(String(id))}`;

/** What each session looks like to its provider now. */
export function trueStates(sandbox: Sandbox): Map<string, TrueState> {
  const states = new Map<string, TrueState>();
  const note = (
    connection: SandboxProviderName,
    id: unknown,
    isOver: TrueState["isOver"],
    content: TrueState["content"],
  ) => states.set(keyOf(connection, id), { isOver, content });
  const { plivo, evo, speko, portsip } = sandbox.servers;
  for (const row of plivo.records()["session"] ?? [])
    note("plivo", row["session_uuid"], row["status"] === "expired", inBoth(row));
  for (const row of evo.records()["session"] ?? [])
    note("evo", row["id"], row["ended"] === true, inBoth(row));
  for (const row of speko.records()["call"] ?? []) {
    // A call may be marked failed while it goes on.
    const isOver = row["ended_at"] !== null || (row["status"] === "failed" ? null : false);
    note("speko", row["id"], isOver, inBoth(row));
  }
  const logs = Map.groupBy(portsip.records()["callLog"] ?? [], (row) => row["session_id"]);
  for (const [id, rows] of logs) note("portsip", id, true, byId(rows));
  for (const row of portsip.records()["session"] ?? []) note("portsip", row["id"], false, "LIVE");
  return states;
}

/** In the form of the truth. */
function contentOf({ connection, phase, raw }: Node): TrueState["content"] | null {
  if (raw === null) return null;
  if (connection.name !== "portsip") return inBoth(raw);
  if (phase === "LIVE") return "LIVE";
  return byId(Array.isArray(raw["items"]) ? (raw["items"] as Row[]) : [raw]);
}

/** Without what a provider tells in lists only, or by id only. */
function inBoth(row: Row): Row {
  const { resource_uri: _, api_id: __, ...rest } = row;
  return rest;
}

const byId = (rows: readonly Row[]) =>
  rows.toSorted((a, b) => String(a["id"]).localeCompare(String(b["id"])));

/** What has to agree: which sessions there are and whether they are over, or all that is told of them as well. */
export type Depth = "phases" | "contents";

/**
 * Differences as lines that say what, empty when both agree. Of a session that its provider no longer has nothing needs
 * to be known; what is known of it says that it is over.
 * @param gone keys of the sessions that were taken out of the world
 */
export function differences(
  world: ReadonlyMap<string, TrueState>,
  nodes: readonly Node[],
  gone: ReadonlySet<string>,
  depth: Depth,
): string[] {
  const cache = Map.groupBy(nodes, (node) => keyOf(node.connection.name, node.providerId));
  return [...new Set([...world.keys(), ...cache.keys()])].flatMap((key) => {
    const [there, here = []] = [world.get(key), cache.get(key)];
    const [node] = here;
    if (node === undefined) return [`${key} is only in the world`];
    if (here.length > 1) return [`${key} is in the cache ${here.length} times`];
    if (there === undefined && !gone.has(key)) return [`${key} is only in the cache`];
    const isOver = there === undefined ? true : there.isOver;
    if (isOver !== null && isOver !== (node.phase === "ENDED"))
      return [`${key} is ${isOver ? "over" : "not over"} there and ${node.phase} here`];
    return there === undefined || depth === "phases" ? [] : contentDifference(key, there, node);
  });
}

function contentDifference(key: string, { content: there }: TrueState, node: Node): string[] {
  const here = contentOf(node);
  if (here === null) return [`${key}: nothing is here yet but a list's row`];
  // Key order is the database's own business.
  if (JSON.stringify(there, sorted) === JSON.stringify(here, sorted)) return [];
  const [a, b] = [there, here] as Row[];
  const names = [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])];
  const name = names.find((one) => JSON.stringify(a?.[one], sorted) !== JSON.stringify(b?.[one], sorted));
  const show = (value: unknown) => (JSON.stringify(value) ?? "nothing").slice(0, 150);
  return [
    `${key}: ${name ?? "it"} is ${show(name ? a?.[name] : a)} there and ${show(name ? b?.[name] : b)} here`,
  ];
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
