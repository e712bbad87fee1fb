/** What the login may do and how the tenant is set up (PortSIP reference §2.3, §2.6, §7.1), by cheap reads only. */
import { isProviderError, type ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpRequest } from "../../http/http-client.js";
import type { Inspection, ReadOptions } from "../provider.js";
import { parseAnswer, readObject, type WireObject } from "../wire/index.js";
import type { PortsipClient } from "./portsip.client.js";
import type { PortsipConfig } from "./portsip.config.js";
import { parseList } from "./portsip.wire.js";

/** What an inspection looks with. */
export interface PortsipInspectContext {
  client: PortsipClient;
  config: PortsipConfig;
  source: ProviderErrorSource;
}

type Verdict = Omit<Inspection, "what">;

/** Roles that belong to no tenant, and see a tenant's calls only in part (§10 Q10). */
const ABOVE_TENANTS: ReadonlySet<string> = new Set(["SystemAdmin", "Replicator", "Dealer"]);

const HISTORY_RIGHT = "the role Admin or QueueManager";

/** One row for each right or setting. When not even the login works, that is the only one. */
export async function inspectPortsip(
  context: PortsipInspectContext,
  options?: ReadOptions,
): Promise<Inspection[]> {
  const { client } = context;
  const role = await look("log in", client, "/auth/user", {}, options, (answer) =>
    toRole(answer, context.source),
  );
  if (role.ok === false) return [role];
  const mayList = (what: string, path: string, right: string) =>
    look(what, client, path, path === "/sessions" ? {} : { top: 1 }, options, (answer) =>
      toListVerdict(answer, right, context.source),
    );
  return [
    role,
    await mayList("list live calls", "/sessions", "the permission Company Call Sessions: View Only"),
    await mayList("read call logs", "/calllogs", HISTORY_RIGHT),
    await mayList("list recordings", "/recordings", HISTORY_RIGHT),
    {
      what: "control calls",
      ok: null,
      message:
        "Only doing it shows it: commands need the permission Company Call Sessions: Full Access for this login's role.",
    },
    await look("webhook settings", client, "/tenant", {}, options, (answer) => toWebhook(answer, context)),
  ];
}

async function look(
  what: string,
  client: PortsipClient,
  path: string,
  query: HttpRequest["query"] & object,
  options: ReadOptions | undefined,
  judge: (answer: HttpAnswer) => Verdict,
): Promise<Inspection> {
  try {
    return { what, ...judge(await client.look(path, query, options)) };
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return { what, ok: false, message: error.message };
  }
}

function toRole(answer: HttpAnswer, source: ProviderErrorSource): Verdict {
  if (answer.status === 404)
    return { ok: true, message: "The login works; this PBX does not tell the login's role." };
  if (answer.status === 403) return { ok: true, message: "The login works; its role may not be looked up." };
  const user = readObject(parseAnswer(answer, source), []);
  const role = user?.string("role") ?? user?.string("role_name") ?? null;
  if (user?.boolean("password_force_reset") === true)
    return {
      ok: null,
      message:
        "The login works, but PortSIP wants its password changed: sign in at the web portal once and set a new one.",
    };
  if (role !== null && ABOVE_TENANTS.has(role))
    return {
      ok: null,
      message: `The login works, but its role ${role} stands above the tenants: configure a user of one tenant, with its domain.`,
    };
  return {
    ok: true,
    message: role === null ? "The login works." : `The login works; its role is ${role}.`,
  };
}

function toListVerdict(answer: HttpAnswer, right: string, source: ProviderErrorSource): Verdict {
  if (answer.status === 403) return { ok: false, message: `Not allowed: give this login ${right}.` };
  if (answer.status === 404)
    return { ok: false, message: "This PBX does not have the list: it is older than PortSIP PBX 22.0.42." };
  return parseList(parseAnswer(answer, source)) === null
    ? { ok: false, message: "The answer is not a list: check that the base URL is the PBX's REST API." }
    : { ok: true, message: "Allowed." };
}

/** Where the call events go: `cdr_event` (§7.1). */
function toWebhook(answer: HttpAnswer, { config, source }: PortsipInspectContext): Verdict {
  if (answer.status !== 200)
    return {
      ok: null,
      message: "The login may not read the tenant's settings: look at Company › Event URL in the portal.",
    };
  const event = readObject(parseAnswer(answer, source), [])?.object("cdr_event") ?? null;
  if (event === null) return { ok: null, message: "The tenant's settings do not show a webhook." };
  return event.boolean("enabled") === true
    ? toEnabledWebhook(event, config)
    : {
        ok: config.webhookToken === undefined ? null : false,
        message:
          config.webhookToken === undefined
            ? "Webhooks are off, and this connection has no token for them: live calls are polled."
            : "PORTSIP_WEBHOOK_TOKEN is set, but the tenant sends no call events: enable Company › Event URL.",
      };
}

function toEnabledWebhook(event: WireObject, { webhookToken }: PortsipConfig): Verdict {
  const auth = event.string("auth")?.toUpperCase() ?? "DISABLE";
  const token = event.string("token");
  if (webhookToken === undefined)
    return {
      ok: null,
      message: "Call events are sent somewhere, but this connection has no token for them.",
    };
  if (auth !== "BEARER")
    return {
      ok: false,
      message: "Call events are sent without the bearer token: set the event URL's authentication to BEARER.",
    };
  // Some versions do not show the token, or show it masked.
  if (token !== null && !/^\*+$/.test(token) && token !== webhookToken)
    return {
      ok: false,
      message: "Call events are sent with another bearer token than PORTSIP_WEBHOOK_TOKEN.",
    };
  const host = hostOf(event.string("url"));
  return host === null
    ? { ok: false, message: "Call events are enabled, but their URL is not an address." }
    : { ok: true, message: `Call events are sent with a bearer token to ${host}.` };
}

function hostOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).host : null;
}
