/** What a sandbox's world holds, told from its records: what the graph's answers are compared with. */
import { SANDBOX_PROVIDERS, type SandboxProviderName } from "../../src/sandbox/conversation.js";
import type { Sandbox } from "../../src/sandbox/sandbox.js";

export interface TrueSession {
  connection: SandboxProviderName;
  /** The provider's id in the one spelling that tests compare. */
  id: string;
  startedAt: number;
}

type Rows = Readonly<Record<string, readonly Record<string, unknown>[]>>;

const text = (value: unknown) => (typeof value === "string" ? value : "");

const READ: Record<SandboxProviderName, (records: Rows) => Omit<TrueSession, "connection">[]> = {
  plivo: ({ session = [] }) =>
    session.map((row) => ({
      id: text(row["session_uuid"]),
      startedAt: Date.parse(text(row["created_time"]).replace(" +0000 UTC", "Z").replace(" ", "T")),
    })),
  evo: ({ session = [] }) =>
    session.map((row) => ({ id: text(row["id"]), startedAt: Date.parse(text(row["dateCreated"])) })),
  speko: ({ session = [] }) =>
    session.map((row) => ({ id: text(row["sessionId"]), startedAt: Date.parse(text(row["createdAt"])) })),
  portsip: ({ session = [], callLog = [] }) => {
    const starts = new Map<string, number>();
    const note = (id: string, startedAt: number) =>
      starts.set(id, Math.min(starts.get(id) ?? Infinity, startedAt));
    for (const row of callLog) note(text(row["session_id"]), Date.parse(text(row["started_at"])));
    for (const row of session)
      for (const call of row["calls"] as Record<string, unknown>[])
        note(plainId(text(row["id"])), Date.parse(text(call["started_at"])));
    return [...starts].map(([id, startedAt]) => ({ id, startedAt }));
  },
};

/** PortSIP writes one id as digits here and as their base64 there; the others have one spelling. */
export function plainId(id: string): string {
  const decoded = Buffer.from(id, "base64").toString("latin1");
  return /^\d{12,}$/.test(decoded) && !/^\d+$/.test(id) ? decoded : id;
}

/** Every session of one provider, newest first. */
export function truthOf(sandbox: Sandbox, connection: SandboxProviderName): TrueSession[] {
  return READ[connection](sandbox.servers[connection].records())
    .map((session) => ({ connection, ...session }))
    .sort((a, b) => b.startedAt - a.startedAt);
}

/** Ids of the sessions of all providers that began in `[since, until)`, by connection, sorted. */
export function trueIds(sandbox: Sandbox, since = -Infinity, until = Infinity): Record<string, string[]> {
  return Object.fromEntries(
    SANDBOX_PROVIDERS.map((name) => [
      name,
      truthOf(sandbox, name)
        .filter(({ startedAt }) => startedAt >= since && startedAt < until)
        .map(({ id }) => id)
        .sort(),
    ]),
  );
}

/** Nodes of the graph in the form of `trueIds`. */
export function idsByConnection(
  nodes: readonly { providerId: string; connection: { name: string } }[],
): Record<string, string[]> {
  const ids: Record<string, string[]> = Object.fromEntries(SANDBOX_PROVIDERS.map((name) => [name, []]));
  for (const { providerId, connection } of nodes) ids[connection.name]?.push(plainId(providerId));
  for (const list of Object.values(ids)) list.sort();
  return ids;
}
