/** The freshness rule at work: from the cache while young enough, else from the provider, else the old copy as stale. */
import type { EpochMs } from "../model/index.js";
import type { SessionRow } from "../store/store.js";
import type { RefreshOutcome, RefreshRequest } from "../sync/refresh.js";
import type { LoaderDependencies } from "./dependencies.js";
import { isAging, isTooOld } from "./freshness.js";
import { toSessionNode, type NodeFreshness, type SessionNode } from "./nodes.js";

/** A session asked for by id; the connection is known to be visible. */
export interface SessionQuestion {
  connection: string;
  providerId: string;
  /** Accept a cached copy up to this age, seconds; absent: the usual rule. */
  maxAgeSeconds?: number | undefined;
}

const FRESH: NodeFreshness = { read: false, error: null, errorAt: null };
const READ: NodeFreshness = { read: true, error: null, errorAt: null };

/**
 * Answers many questions with two SQL statements and one batch of reads per connection. Per question: the session,
 * null where no such session exists, or the provider's failure where there is no copy to fall back on.
 */
export async function loadSessions(
  questions: readonly SessionQuestion[],
  { principal, store, sync, now }: LoaderDependencies,
): Promise<(SessionNode | null | Error)[]> {
  const refs = questions.map(({ connection, providerId }) => {
    const module = sync.directory.get(connection)?.connection.module;
    const valid = module !== undefined && module.isProviderId(providerId);
    return valid
      ? { connection, providerId, providerKey: module.toProviderKey(providerId), typeName: module.typeName }
      : null;
  });
  const known = refs.filter((ref) => ref !== null);
  const cached = new Map(zip(known, await store.sessions.byRefs(known, principal.connections)));

  const requests = new Map<object, RefreshRequest>();
  const aging: RefreshRequest[] = [];
  refs.forEach((ref, index) => {
    if (ref === null) return;
    const row = cached.get(ref) ?? null;
    const maxAge = questions[index]?.maxAgeSeconds;
    const request = { ...ref, providerId: row?.providerId ?? ref.providerId, sections: [] };
    if (row === null) requests.set(ref, { ...request, isUnknown: maxAge === undefined });
    else if (isTooOld(row, now(), maxAge)) requests.set(ref, request);
    else if (isAging(row, now(), "id")) aging.push(request);
  });
  sync.refresh.revalidate(aging);
  const outcomes = new Map(zip([...requests.keys()], await sync.refresh.refresh([...requests.values()])));
  const reread = known.filter((ref) => outcomes.get(ref)?.kind === "read");
  const fresh = new Map(zip(reread, await store.sessions.byRefs(reread, principal.connections)));

  return refs.map((ref) => {
    if (ref === null) return null;
    const outcome = outcomes.get(ref);
    const row = fresh.get(ref) ?? cached.get(ref) ?? null;
    if (row === null) return outcome?.kind === "failed" ? outcome.error : null;
    return toSessionNode(row, ref.typeName, toFreshness(outcome, now()), true);
  });
}

function toFreshness(outcome: RefreshOutcome | undefined, at: EpochMs): NodeFreshness {
  if (outcome === undefined) return FRESH;
  if (outcome.kind === "failed") return { read: false, error: outcome.error, errorAt: at };
  // Absent: the provider has let go of the session, and the cached copy is the last word on it.
  return outcome.kind === "read" ? READ : FRESH;
}

function zip<A, B>(keys: readonly A[], values: readonly B[]): [A, B][] {
  return keys.map((key, index) => [key, values[index] as B]);
}

/** Rows of a list as source objects: served from the cache, whatever their age. */
export function toListNode(row: SessionRow, typeName: string): SessionNode {
  return toSessionNode(row, typeName, FRESH, false);
}
