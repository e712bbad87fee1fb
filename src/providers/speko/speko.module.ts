import type { ProviderModule } from "../provider.js";
import { checkSpekoConfig, SPEKO_CONFIG } from "./speko.config.js";
import { SpekoConnection } from "./speko.connection.js";

/** Speko: calls of voice-AI agents, with transcripts and reports (Speko reference). */
export const spekoModule: ProviderModule = {
  provider: "SPEKO",
  defaultConnectionName: "speko",
  typeName: "SpekoSession",
  capabilities: new Set([
    ...([
      "LIST",
      "HISTORY",
      "LIVE_POLL",
      "LIVE_PUSH",
      "WEBHOOK",
      "TRANSCRIPT",
      "REPORT",
      "RECORDING",
    ] as const),
    ...(["END", "TRANSFER_BLIND", "TRANSFER_WARM"] as const),
  ]),
  config: SPEKO_CONFIG,
  webhookPlace: "a webhook endpoint (dashboard, or POST /v1/webhooks), for all events but call.pre_call",
  checkConfig: checkSpekoConfig,
  // Opaque by the reference; what is refused could not be one segment of a path.
  isProviderId: (id) => /^(?!\.{1,2}$)[^\s\p{Cc}]{1,256}$/u.test(id) && id.isWellFormed(),
  toProviderKey: (id) => id,
  connect: (dependencies) => new SpekoConnection(spekoModule, dependencies),
};
