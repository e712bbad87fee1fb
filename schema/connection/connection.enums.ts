import { defineEnum } from "../shared/define-enum.js";

export const Provider = defineEnum("Provider", "The telephony products that sessions come from.", {
  PLIVO: "Plivo number masking: two people talk through a virtual number without seeing each other's.",
  EVO_VOICE: "Evo Voice: hosted calls, chats and faxes.",
  SPEKO: "Speko: calls held by voice-AI agents.",
  PORTSIP: "PortSIP PBX: calls of a telephone system.",
});
export type Provider = keyof typeof Provider;

export const ConnectionHealth = defineEnum("ConnectionHealth", "How a connection is doing.", {
  UP: "Its provider answers.",
  DEGRADED: "Its provider answers some requests, or slowly, or says less than it should.",
  DOWN: "Its provider does not answer, or refuses the credentials.",
  UNKNOWN: "It has not been tried yet.",
});
export type ConnectionHealth = keyof typeof ConnectionHealth;

export const Capability = defineEnum(
  "Capability",
  "What can be done through a connection. Asking for anything else answers `NOT_SUPPORTED`.",
  {
    LIST: "Its sessions can be listed.",
    HISTORY: "Sessions that ended can still be read from the provider.",
    LIVE_POLL: "What is going on is noticed by asking the provider again and again.",
    LIVE_PUSH: "The provider sends what is going on by itself.",
    WEBHOOK: "The provider can call back over HTTP.",
    CREATE: "Sessions can be created.",
    UPDATE: "Sessions can be changed.",
    END: "Sessions can be ended: hung up, expired or closed.",
    HOLD: "Sessions can be put on hold.",
    RESUME: "Held sessions can be taken up again.",
    TRANSFER_BLIND: "Sessions can be handed over without asking the recipient first.",
    TRANSFER_WARM: "Sessions can be handed over after the recipient has been asked.",
    TRANSCRIPT: "Sessions can have a transcript.",
    REPORT: "The provider writes reports on sessions.",
    RECORDING: "Sessions can have recordings.",
    BATCH_READ: "Many sessions can be read in one request to the provider.",
  },
);
export type Capability = keyof typeof Capability;
