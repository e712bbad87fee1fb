import type { ProviderModule } from "../provider.js";
import { checkEvoVoiceConfig, evoVoiceConfig } from "./evo-voice.config.js";
import { EvoVoiceConnection } from "./evo-voice.connection.js";
import { isSessionId } from "./evo-voice.snapshot.js";

/** Evo Voice: hosted voice, chat and fax, read by polling; it pushes nothing (Evo Voice reference §9). */
export const evoVoiceModule: ProviderModule = {
  provider: "EVO_VOICE",
  defaultConnectionName: "evo",
  // No RESUME and no TRANSFER_WARM: there is no route for either (§5).
  capabilities: new Set([
    ...(["LIST", "HISTORY", "LIVE_POLL", "BATCH_READ", "TRANSCRIPT", "RECORDING"] as const),
    ...(["CREATE", "UPDATE", "END", "HOLD", "TRANSFER_BLIND"] as const),
  ]),
  config: evoVoiceConfig,
  typeName: "EvoVoiceSession",
  isProviderId: isSessionId,
  toProviderKey: (id) => id,
  checkConfig: checkEvoVoiceConfig,
  connect(dependencies) {
    return new EvoVoiceConnection(evoVoiceModule, dependencies);
  },
};
