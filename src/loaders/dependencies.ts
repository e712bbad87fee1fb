import type { Principal } from "../context/principal.js";
import type { Commands } from "../commands/commands.js";
import type { EpochMs } from "../model/index.js";
import type { Store } from "../store/store.js";
import type { Sync } from "../sync/sync.js";

/** What the loaders of one operation are made from. */
export interface LoaderDependencies {
  principal: Principal;
  store: Store;
  sync: Sync;
  commands: Commands;
  now: () => EpochMs;
  /** True where nothing is read from a provider, whatever is stored: an answer that nobody in particular asked for. */
  storedOnly?: boolean;
  /** Names of the fields that the providers' own session types have in the graph. */
  providerFieldNames: ReadonlySet<string>;
  /** For numbers written without a country code, ISO 3166 alpha-2: each connection's, and who has none. */
  connectionRegions: ReadonlyMap<string, string>;
  defaultRegion: string;
}
