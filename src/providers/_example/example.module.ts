import type { Provider } from "../../model/index.js";
import type { ProviderModule } from "../provider.js";
import { EXAMPLE_CONFIG } from "./example.config.js";
import { ExampleConnection } from "./example.connection.js";

/** A specimen: the contents page of a provider's folder. */
export const exampleModule: ProviderModule = {
  // A real provider's word stands in the vocabulary (src/model/vocabulary.ts) and needs no cast.
  provider: "EXAMPLE" as Provider,
  defaultConnectionName: "example",
  typeName: "ExampleSession",
  // What is promised here is what the contract suite holds the folder to.
  capabilities: new Set(["LIST", "HISTORY", "LIVE_POLL", "RECORDING", "CREATE", "END"]),
  config: EXAMPLE_CONFIG,
  // Decides before any request: an id that cannot be one names nothing.
  isProviderId: (id) => /^[A-Za-z0-9_-]{1,64}$/.test(id),
  toProviderKey: (id) => id,
  connect: (dependencies) => new ExampleConnection(exampleModule, dependencies),
};
