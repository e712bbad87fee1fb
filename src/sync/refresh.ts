/**
 * Reading again on demand: what loaders call when a cached copy is missing, too old, or lacks a section. Equal reads
 * in flight are one request across the whole process; everything learned goes through ingest before it is answered.
 */
import type { ProviderError } from "../errors/index.js";
import type { Section } from "../model/index.js";
import type { SessionRef } from "../store/store.js";
import type { Revalidate } from "./revalidate.js";

/** What is wanted of one session. The ref carries `providerId` for sessions the cache has never seen. */
export interface RefreshRequest extends SessionRef {
  providerId: string;
  /** Sections that must be there afterwards; empty: the session itself. */
  sections: readonly Section[];
  /** Start a read of its own: one that is on its way already may have seen the session as it was before. @default false */
  anew?: boolean;
  /** The cache has never seen it: that the provider did not know it seconds ago is answer enough. @default false */
  isUnknown?: boolean;
}

/** `read`: the cache now holds the provider's answer. `absent`: the provider knows no such session. */
export type RefreshOutcome =
  | { kind: "read"; failedSections: ReadonlyMap<Section, ProviderError> }
  | { kind: "absent" }
  | { kind: "failed"; error: ProviderError };

export interface Refresh {
  /** One outcome per request, in order; never rejects because of a provider. */
  refresh(requests: readonly RefreshRequest[]): Promise<RefreshOutcome[]>;
  /** These were served from copies that are getting old: they are read again in the background, within bounds. */
  revalidate: Revalidate;
}
