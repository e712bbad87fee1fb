/** What every resolver is given: who asks, and whom to ask. Made anew for each operation. */
import type { LiveSources } from "../live/sources.js";
import type { Acting } from "../loaders/acting.js";
import type { ConnectionLoaders } from "../loaders/connections.js";
import type { NodeById } from "../loaders/node-by-id.js";
import type { PhoneNumberNode } from "../loaders/phone-numbers.js";
import type { Related } from "../loaders/related.js";
import type { SessionFields } from "../loaders/session-fields.js";
import type { SessionLoaders } from "../loaders/session-loaders.js";
import type { SessionPages } from "../loaders/session-pages.js";
import type { SessionStats } from "../loaders/session-stats.js";
import type { TranscriptSearch } from "../loaders/transcript-search.js";
import type { Principal } from "./principal.js";

export type { LiveSources } from "../live/sources.js";
export type { ConnectionNode } from "../loaders/connections.js";
export type * from "../loaders/nodes.js";
export type { PhoneNumberNode } from "../loaders/phone-numbers.js";
export type { TranscriptNode } from "../loaders/session-fields.js";
export type { SessionPageResult } from "../loaders/session-pages.js";
export type { HitPage } from "../loaders/transcript-search.js";

export interface OperationContext {
  principal: Principal;
  /** What changes something at a provider. After each, everything that reads starts afresh. */
  acting: Acting;
  sessions: SessionLoaders;
  fields: SessionFields;
  pages: SessionPages;
  search: TranscriptSearch;
  connections: ConnectionLoaders;
  /** Anything by its id. */
  nodeById: NodeById;
  /**
   * Many at once, in order; an Error in the place of one that could not be read. `fields`: those selected on them.
   */
  nodesById(ids: readonly string[], fields: ReadonlySet<string>): Promise<(object | null | Error)[]>;
  /** A number that is E.164 already. */
  phoneNumber(e164: string): PhoneNumberNode;
  /** A number as a person wrote it. Throws `BadUserInputError` when it is none. */
  phoneNumberAsked(number: string): PhoneNumberNode;
  related: Related;
  /** What can be subscribed to. Only there where somebody subscribes. */
  live?: LiveSources;
  stats: SessionStats;
}
