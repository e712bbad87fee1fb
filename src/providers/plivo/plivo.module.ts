import type { ProviderModule } from "../provider.js";
import { checkPlivoConfig, PLIVO_CONFIG } from "./plivo.config.js";
import { PlivoConnection } from "./plivo.connection.js";
import { isPlivoId } from "./plivo.wire.js";

/** Plivo number masking: sessions in which two people call each other through a virtual number (Plivo reference). */
export const plivoModule: ProviderModule = {
  provider: "PLIVO",
  defaultConnectionName: "plivo",
  typeName: "PlivoSession",
  capabilities: new Set(["LIST", "HISTORY", "LIVE_POLL", "CREATE", "UPDATE", "END", "RECORDING"]),
  config: PLIVO_CONFIG,
  checkConfig: checkPlivoConfig,
  isProviderId: isPlivoId,
  toProviderKey: (id) => id.toLowerCase(),
  connect: (dependencies) => new PlivoConnection(plivoModule, dependencies),
};
