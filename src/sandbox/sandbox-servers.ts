import type { SandboxProviderName, SandboxServer, SandboxServerOptions } from "./conversation.js";

export type StartServer = (options: SandboxServerOptions) => Promise<SandboxServer>;

/**
 * The one list of what a sandbox is made of. Each is loaded when it is first asked for: a test of one provider does not
 * read the other three.
 */
export const SERVER_STARTERS: Readonly<Record<SandboxProviderName, StartServer>> = {
  plivo: async (options) => (await import("./plivo/plivo-server.js")).startPlivoServer(options),
  evo: async (options) => (await import("./evo/evo-server.js")).startEvoServer(options),
  speko: async (options) => (await import("./speko/speko-server.js")).startSpekoServer(options),
  portsip: async (options) => (await import("./portsip/portsip-server.js")).startPortsipServer(options),
};
