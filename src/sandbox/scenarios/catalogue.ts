import { EVO_SCENARIOS } from "./evo-scenarios.js";
import { LINKED_SCENARIOS } from "./linked-scenarios.js";
import { PLIVO_SCENARIOS } from "./plivo-scenarios.js";
import { PORTSIP_SCENARIOS } from "./portsip-scenarios.js";
import type { Scenario } from "./scenario.js";
import { SPEKO_SCENARIOS } from "./speko-scenarios.js";

/** Everything that can happen. Names are unique: each has its own stream of chance. */
export const SCENARIOS: readonly Scenario[] = [
  ...PLIVO_SCENARIOS,
  ...EVO_SCENARIOS,
  ...SPEKO_SCENARIOS,
  ...PORTSIP_SCENARIOS,
  ...LINKED_SCENARIOS,
];
