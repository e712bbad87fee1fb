/** How often `Session.related` is right, over a sandbox whose truth is known. */
import type { Conversation } from "../../src/sandbox/conversation.js";
import type { Sandbox } from "../../src/sandbox/sandbox.js";
import type { Answer, TestGateway } from "../support/gateway.js";

export interface RelatedAnswer {
  id: string;
  startedAt: string;
  connection: { name: string };
  related: { reason: string; confidence: number; session: { id: string } }[];
}

interface Page {
  sessions: { nodes: RelatedAnswer[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
}

const PAGE = `query ($after: String) {
  sessions(first: 100, after: $after) {
    nodes { id startedAt connection { name } related { reason confidence session { id } } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** Every session with its related ones, over HTTP, page by page. */
export async function readAll(gateway: TestGateway): Promise<RelatedAnswer[]> {
  const found: RelatedAnswer[] = [];
  let after: string | null = null;
  for (;;) {
    const answer: Answer<Page> = await gateway.query<Page>(PAGE, { after });
    if (answer.data === null || answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors));
    const { nodes, pageInfo } = answer.data.sessions;
    found.push(...nodes);
    if (!pageInfo.hasNextPage) return found;
    after = pageInfo.endCursor;
  }
}

/** The session of each conversation: by its provider and, to the second, when it began. */
export function sessionsOf(sandbox: Sandbox, answers: readonly RelatedAnswer[]): Map<string, string> {
  const place = (provider: string, at: number) => `${provider} ${Math.floor(at / 1000)}`;
  const byPlace = Map.groupBy(answers, (answer) =>
    place(answer.connection.name, Date.parse(answer.startedAt)),
  );
  const sessions = new Map<string, string>();
  for (const { id, provider, startedAt } of sandbox.conversations) {
    const [only, ...more] = byPlace.get(place(provider, startedAt)) ?? [];
    // Two of one provider in one second cannot be told apart from here, and are left out of the count.
    if (only !== undefined && more.length === 0) sessions.set(id, only.id);
  }
  return sessions;
}

/** Counts of pairs. */
export interface Score {
  right: number;
  wrong: number;
  missed: number;
}

const REASONS: Readonly<Record<Conversation["links"][number]["by"], string>> = {
  "call-id": "SAME_CALL_ID",
  parties: "SAME_PARTIES",
  "transfer-target": "TRANSFER_TARGET",
  "virtual-number": "VIRTUAL_NUMBER",
  "user-data": "USER_DATA",
};

/** Pairs by reason: found ones by the reason that was told, missed ones by the reason that is true. */
export function score(sandbox: Sandbox, answers: readonly RelatedAnswer[]): Map<string, Score> {
  const sessions = sessionsOf(sandbox, answers);
  const known = new Set(sessions.values());
  const truth = new Map<string, string>();
  for (const { one, other, by } of sandbox.links) {
    const [a, b] = [sessions.get(one.id), sessions.get(other.id)];
    if (a !== undefined && b !== undefined) truth.set(toPair(a, b), REASONS[by]);
  }
  const found = new Map<string, string>();
  for (const { id, related } of answers)
    for (const { session, reason } of related)
      if (known.has(id) && known.has(session.id)) found.set(toPair(id, session.id), reason);

  const scores = new Map<string, Score>();
  const count = (reason: string, outcome: keyof Score) => {
    const own = scores.get(reason) ?? { right: 0, wrong: 0, missed: 0 };
    own[outcome] += 1;
    scores.set(reason, own);
  };
  for (const [pair, reason] of found) count(reason, truth.get(pair) === reason ? "right" : "wrong");
  for (const [pair, reason] of truth) if (found.get(pair) !== reason) count(reason, "missed");
  return scores;
}

function toPair(one: string, other: string): string {
  return [one, other].sort().join(" ");
}
