import type { ProviderModule } from "../provider.js";
import { PLIVO_CONFIG } from "./plivo.config.js";
import { PlivoConnection } from "./plivo.connection.js";

/** Plivo number masking: sessions in which two people call each other through a virtual number (Plivo reference). */
export const plivoModule: ProviderModule = {
  provider: "PLIVO",
  defaultConnectionName: "plivo",
  typeName: "PlivoSession",
  capabilities: new Set(["LIST", "HISTORY", "LIVE_POLL", "REPORT", "RECORDING"]),
  config: PLIVO_CONFIG,
  // A UUID by the reference; other spellings are left to Plivo as long as they can be one segment of a path.
  isProviderId: (id) => /^[A-Za-z0-9_-]{1,128}$/.test(id),
  toProviderKey: (id) => id.toLowerCase(),
  connect: (dependencies) => new PlivoConnection(plivoModule, dependencies),
};
