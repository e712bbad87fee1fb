/** A session as an agent's screen shows it, with everything that a transfer or a hold leaves behind. */
import { ask } from "./ask.js";
import type { TestGateway } from "./gateway.js";

export interface TransferStory {
  id: string;
  providerId: string | null;
  kind: string;
  status: string;
  transferTo: string | null;
  failureCause: string | null;
  summary: string | null;
  callerParticipantIdentity: string | null;
  recipientParticipantIdentity: string | null;
  createdAt: string | null;
  completedAt: string | null;
}

export interface SessionStory {
  id: string;
  phase: string;
  state: string;
  startedAt: string;
  endedAt: string | null;
  members: { role: string; state: string; identity: string | null; party: { address: string | null } }[];
  interactions: {
    index: number;
    endedAt: string | null;
    legs: { role: string; party: { address: string | null } | null; status: string | null }[];
  }[];
  transfers: TransferStory[];
  transcript: { text: string } | null;
  timeline: {
    nodes: {
      at: string;
      type: string;
      source: string;
      providerId: string | null;
      failureCause: string | null;
      sipStatusCode: number | null;
      payload: Record<string, unknown> | null;
    }[];
  };
  freshness: { stale: boolean; error: { code: string } | null };
}

export const TRANSFER_STORY = `id providerId kind status transferTo failureCause summary callerParticipantIdentity
  recipientParticipantIdentity createdAt completedAt`;

const SESSION_STORY = `query ($id: ID!) { session(id: $id, maxAge: 0) {
  id phase state startedAt endedAt members { role state identity party { address } }
  interactions { index endedAt legs { role party { address } status } } transfers { ${TRANSFER_STORY} }
  transcript { text } freshness { stale error { code } }
  timeline(first: 100) { nodes { at type source providerId failureCause sipStatusCode payload } }
} }`;

/** The session as its provider tells it now. */
export async function tellSession(gateway: TestGateway, id: string): Promise<SessionStory> {
  const { session } = await ask<{ session: SessionStory | null }>(gateway, SESSION_STORY, { id });
  if (session === null) throw new Error("there is no such session");
  return session;
}

/** One transfer, by `transfer` and by `node`, which have to agree. */
export async function tellTransfer(gateway: TestGateway, id: string): Promise<TransferStory> {
  const query = `query ($id: ID!) { transfer(id: $id) { ${TRANSFER_STORY} } node(id: $id) { ... on Transfer { ${TRANSFER_STORY} } } }`;
  const { transfer, node } = await ask<{ transfer: TransferStory | null; node: TransferStory | null }>(
    gateway,
    query,
    { id },
  );
  if (transfer === null) throw new Error("there is no such transfer");
  if (JSON.stringify(transfer) !== JSON.stringify(node)) throw new Error("node and transfer disagree");
  return transfer;
}
