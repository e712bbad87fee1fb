import type { ProviderModule } from "../provider.js";
import { checkPlivoConfig, PLIVO_CONFIG } from "./plivo.config.js";
import { PlivoConnection } from "./plivo.connection.js";
import { isPlivoId } from "./plivo.wire.js";

/** Plivo number masking: sessions in which two people call each other through a virtual number (Plivo reference). */
export const plivoModule: ProviderModule = {
  provider: "PLIVO",
  defaultConnectionName: "plivo",
  typeName: "PlivoSession",
  capabilities: new Set(["LIST", "HISTORY", "LIVE_POLL", "WEBHOOK", "CREATE", "UPDATE", "END", "RECORDING"]),
  config: PLIVO_CONFIG,
  webhookPlace: "callback_url of sessions that others create; those created here have it by themselves",
  checkConfig: checkPlivoConfig,
  isProviderId: isPlivoId,
  toProviderKey: (id) => id.toLowerCase(),
  connect: (dependencies) => new PlivoConnection(plivoModule, dependencies),
};
