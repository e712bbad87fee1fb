import { evoVoiceModule } from "./evo-voice/evo-voice.module.js";
import { plivoModule } from "./plivo/plivo.module.js";
import { portsipModule } from "./portsip/portsip.module.js";
import type { ProviderModule } from "./provider.js";
import { spekoModule } from "./speko/speko.module.js";

/** Every provider there is. A fifth is one line here. */
export const PROVIDER_MODULES: readonly ProviderModule[] = [
  plivoModule,
  evoVoiceModule,
  spekoModule,
  portsipModule,
];
