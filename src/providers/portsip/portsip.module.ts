import type { ProviderModule } from "../provider.js";
import { checkPortsipConfig, PORTSIP_CONFIG } from "./portsip.config.js";
import { PortsipConnection } from "./portsip.connection.js";
import { isPortsipId, toPortsipKey } from "./portsip.id.js";

/** PortSIP PBX: calls of a telephone system, live and from its call log (PortSIP reference). */
export const portsipModule: ProviderModule = {
  provider: "PORTSIP",
  defaultConnectionName: "portsip",
  typeName: "PortsipSession",
  capabilities: new Set([
    ...(["LIST", "HISTORY", "LIVE_POLL", "LIVE_PUSH", "WEBHOOK", "RECORDING"] as const),
    ...(["CREATE", "END", "HOLD", "RESUME", "TRANSFER_BLIND", "TRANSFER_WARM"] as const),
  ]),
  config: PORTSIP_CONFIG,
  isProviderId: isPortsipId,
  toProviderKey: toPortsipKey,
  webhookPlace: "the portal, Company › Event URL: CDR events, with authentication BEARER and the token",
  checkConfig: checkPortsipConfig,
  connect: (dependencies) => new PortsipConnection(portsipModule, dependencies),
};
