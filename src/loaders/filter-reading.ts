import type { LoaderDependencies } from "./dependencies.js";
import { regionsOf } from "./phone-numbers.js";
import type { FilterReading } from "./session-filter-input.js";

/** How one operation reads the filters that it is given. */
export function createFilterReading(dependencies: LoaderDependencies): FilterReading {
  const { principal, providerFieldNames, sync } = dependencies;
  return {
    principal,
    providerFieldNames,
    regions: regionsOf(principal, dependencies),
    toProviderKey(connection, providerId) {
      const module = sync.directory.get(connection)?.connection.module;
      return module?.isProviderId(providerId) ? module.toProviderKey(providerId) : null;
    },
  };
}
