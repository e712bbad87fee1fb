import type { ConfigField, ConfigValues } from "../provider.js";

/** What a PortSIP connection is configured with: one tenant of one PBX (PortSIP reference §1, §2). */
export const PORTSIP_CONFIG: readonly ConfigField[] = [
  {
    key: "baseUrl",
    env: "PORTSIP_BASE_URL",
    description: "the PBX's REST API, e.g. https://pbx.example.com:8887/api",
    required: true,
    type: "url",
  },
  {
    key: "username",
    env: "PORTSIP_USERNAME",
    description: "web user of a service account without two-factor authentication",
    required: true,
  },
  {
    key: "password",
    env: "PORTSIP_PASSWORD",
    description: "that user's web password, not the SIP password",
    secret: true,
    required: true,
  },
  {
    key: "domain",
    env: "PORTSIP_DOMAIN",
    description: "the tenant's SIP domain; left out only for a system administrator",
  },
  {
    key: "wsiUrl",
    env: "PORTSIP_WSI_URL",
    description:
      "where the PBX tells of calls as they happen; default: /wsi beside baseUrl. PBX 16.x: wss://pbx.example.com:8885",
  },
  {
    key: "webhookToken",
    env: "PORTSIP_WEBHOOK_TOKEN",
    description: "bearer token that the PBX sends with its webhook calls",
    secret: true,
  },
];

export interface PortsipConfig {
  /** Ends in `/api`. */
  baseUrl: string;
  username: string;
  password: string;
  domain: string | undefined;
  /** Of its WebSocket for events: `ws://…` or `wss://…`. */
  wsiUrl: string;
  /** What the PBX sends as bearer token with its webhook calls; undefined where deliveries are not configured. */
  webhookToken: string | undefined;
}

/** Problems that a look at one field cannot find, as sentences. */
export function checkPortsipConfig(values: ConfigValues): readonly string[] {
  const problems: string[] = [];
  const { baseUrl, wsiUrl } = toPortsipConfig(values);
  if (!/\/api$/.test(baseUrl))
    problems.push(
      "baseUrl (PORTSIP_BASE_URL) must end in /api: the WebSocket and recordings are found from there",
    );
  if (values["wsiUrl"] !== undefined && !(/^wss?:\/\/[^\s#@]+$/.test(wsiUrl) && URL.canParse(wsiUrl)))
    problems.push("wsiUrl (PORTSIP_WSI_URL) must be an address such as wss://pbx.example.com:8885");
  return problems;
}

/** Values that have passed the configuration's checks, typed. */
export function toPortsipConfig(values: ConfigValues): PortsipConfig {
  const text = (key: string) => {
    const value = values[key];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const baseUrl = String(values["baseUrl"]);
  return {
    baseUrl,
    // 22.0 and later have it on the port of REST, 16.x on another (§6.1).
    wsiUrl: text("wsiUrl") ?? baseUrl.replace(/^http(.*)\/api$/, "ws$1/wsi"),
    username: String(values["username"]),
    password: String(values["password"]),
    domain: text("domain"),
    webhookToken: text("webhookToken"),
  };
}
