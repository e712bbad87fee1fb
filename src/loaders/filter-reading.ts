import type { LoaderDependencies } from "./dependencies.js";
import type { FilterReading } from "./session-filter-input.js";

/** How one operation reads the filters that it is given. */
export function createFilterReading({
  principal,
  providerFieldNames,
  defaultRegion,
  sync,
}: LoaderDependencies): FilterReading {
  return {
    principal,
    providerFieldNames,
    defaultRegion,
    toProviderKey(connection, providerId) {
      const module = sync.directory.get(connection)?.connection.module;
      return module?.isProviderId(providerId) ? module.toProviderKey(providerId) : null;
    },
  };
}
