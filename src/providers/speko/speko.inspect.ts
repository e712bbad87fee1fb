/** What `switchboard doctor` is told of a Speko connection: rights and settings, found out by reads only. */
import { isProviderError } from "../../errors/index.js";
import { isJsonObject, type JsonValue } from "../../model/index.js";
import type { Inspection, ReadOptions } from "../provider.js";
import { mapBounded } from "../read-each.js";
import type { SpekoClient } from "./speko.client.js";

export interface SpekoInspection {
  client: SpekoClient;
  /** The connection's name: the last segment of its webhook route. */
  name: string;
  agentIds: readonly string[];
  /** True when a signing secret is configured. */
  expectsWebhooks: boolean;
}

/** Agents looked up at once. */
const CONCURRENCY = 4;

type Finding = Pick<Inspection, "ok" | "message">;

/** One row per right or setting, in a fixed order. A failure is a row; only an aborted signal rejects. */
export async function inspectSpeko(
  { client, name, agentIds, expectsWebhooks }: SpekoInspection,
  options?: ReadOptions,
): Promise<Inspection[]> {
  const looks: [string, () => Promise<Finding>][] = [
    ["read the organization", () => readOrganization(client, options)],
    ["list sessions", () => listSessions(client, options)],
    ...agentIds.map((id): [string, () => Promise<Finding>] => [
      `list the calls of agent ${id}`,
      () => listAgent(client, id, options),
    ]),
    ["webhook", () => findWebhook(client, name, expectsWebhooks, options)],
  ];
  const rows = await mapBounded(looks, CONCURRENCY, async ([what, look]): Promise<Inspection> => ({
    what,
    ...(await look().catch(toFailure)),
  }));
  return [
    ...rows,
    {
      what: "transfer and end calls, finalize reports",
      ok: null,
      message: "Speko tells only when it is done whether the API key may do it.",
    },
  ];
}

async function readOrganization(client: SpekoClient, options?: ReadOptions): Promise<Finding> {
  const answer = await client.organization(options);
  if (answer === null) return { ok: null, message: "This server has no page about the organization." };
  return { ok: true, message: "The API key belongs to an organization." };
}

async function listSessions(client: SpekoClient, options?: ReadOptions): Promise<Finding> {
  await client.sessions(undefined, options, 1);
  return { ok: true, message: "The organization's sessions can be listed." };
}

async function listAgent(client: SpekoClient, id: string, options?: ReadOptions): Promise<Finding> {
  if ((await client.agentCalls(id, { limit: 1 }, options)) !== null)
    return { ok: true, message: "Its calls can be listed." };
  return {
    ok: false,
    message: "Speko knows no such agent in this organization: correct agentIds (SPEKO_AGENT_IDS).",
  };
}

async function findWebhook(
  client: SpekoClient,
  name: string,
  isExpected: boolean,
  options?: ReadOptions,
): Promise<Finding> {
  if (!isExpected) {
    return {
      ok: null,
      message:
        "No signing secret is configured, so deliveries are not taken: set webhookSecrets (SPEKO_WEBHOOK_SECRETS) to use them.",
    };
  }
  const endpoints = await client.webhooks(options);
  if (endpoints === null) return { ok: null, message: "Webhooks cannot be listed, so look for it at Speko." };
  const route = `/webhooks/${name}`;
  const ours = endpoints.filter((endpoint) => pathOf(endpoint)?.endsWith(route) === true);
  if (ours.length === 0) {
    return {
      ok: false,
      message: `No webhook points to this gateway: register SWITCHBOARD_PUBLIC_URL followed by ${route} at Speko.`,
    };
  }
  const events = ours.flatMap(eventsOf);
  if (events.includes("call.pre_call")) {
    return {
      ok: false,
      message: "A webhook to this gateway takes call.pre_call, whose reply changes calls: remove that event.",
    };
  }
  if (events.length > 0 && !events.some((event) => event.startsWith("call."))) {
    return {
      ok: false,
      message: "A webhook points to this gateway, but hears nothing of calls: add the call events.",
    };
  }
  return { ok: true, message: `A webhook whose address ends in ${route} is registered.` };
}

function pathOf(endpoint: JsonValue): string | null {
  const url = isJsonObject(endpoint) ? endpoint["url"] : undefined;
  return typeof url === "string" ? (URL.parse(url)?.pathname ?? null) : null;
}

function eventsOf(endpoint: JsonValue): string[] {
  const events = isJsonObject(endpoint) ? endpoint["events"] : undefined;
  return Array.isArray(events) ? events.filter((event) => typeof event === "string") : [];
}

/** A failure carries a sentence that is safe to print and names the remedy. */
function toFailure(error: unknown): Finding {
  if (!isProviderError(error)) throw error;
  return { ok: false, message: error.message };
}
