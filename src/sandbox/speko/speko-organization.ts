import { createRandom } from "../kit/random.js";
import { AGENTS } from "../world/companies.js";
import type { Agent } from "./speko-records.js";

/** The key that may do everything, and one that may only read. */
export const SPEKO_SANDBOX_KEY = "sk_live_sandbox_not_a_secret";
export const SPEKO_READ_ONLY_KEY = "sk_live_sandbox_read_only";

const random = createRandom("speko organization");

export const ORGANIZATION = {
  id: `org_${random.hex(24)}`,
  name: "Switchboard Sandbox",
  slug: "switchboard-sandbox",
  createdAt: "2025-03-01T08:00:00.000Z",
};

/** Older than any call. */
export const AGENTS_CREATED_AT = "2025-03-04T09:30:00.000Z";
export const AGENTS_UPDATED_AT = "2025-11-18T16:05:12.417Z";

export const SPEKO_AGENTS: readonly Agent[] = AGENTS.map((agent) => ({
  id: `agent_01${random.hex(24).toUpperCase()}`,
  name: `${agent.name}, ${agent.company}`,
  systemPrompt: agent.purpose,
  voice: random.pick(["aurora", "calder", "linnea"]),
  language: agent.language,
  phoneNumberId: `pn_${random.hex(20)}`,
  number: agent.number,
}));
