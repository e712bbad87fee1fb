import { type ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "../../http/http-client.js";
import { parseJson } from "../../http/parse-json.js";
import { pathSegment } from "../../http/path-segment.js";
import {
  isJsonObject,
  toTimestamp,
  type EpochMs,
  type JsonObject,
  type JsonValue,
} from "../../model/index.js";
import type { ReadOptions } from "../provider.js";
import { REFUSAL_STATUSES } from "../refusal.js";
import { parseAnswer } from "../wire/index.js";
import { explainRefusal, unexpectedShape } from "./speko.errors.js";
import { parsePage, type SpekoPage } from "./speko.wire.js";

/** Rows per list page: the largest both lists accept (Speko reference §12 quirk 16). */
const PAGE_SIZE = 100;

/** An answer's JSON and when it was asked for. */
export interface SpekoAnswer {
  json: JsonValue;
  sentAt: EpochMs;
}

/** A list page and when it was asked for. */
export interface SpekoPageAnswer extends SpekoPage {
  sentAt: EpochMs;
}

/** What a command was answered: a success, or a refusal that has a body to say why. */
export interface SpekoReply {
  status: number;
  /** The body as it came, but for the API key should it quote that. */
  text: string;
  /** Null when the body is not JSON: proxies answer in their own way (Speko reference §9). */
  json: JsonValue;
  sentAt: EpochMs;
}

/** Which part of an agent's calls to list. Both ends are hints: the caller filters. */
export interface AgentCallsQuery {
  cursor?: string;
  since?: EpochMs;
  /** @default the largest page */
  limit?: number;
}

/**
 * The endpoints (Speko reference §3, §7): one method for each read, one for all writes. `null` is a 404: unknown to this
 * organization. All throw `ProviderError`s.
 */
export class SpekoClient {
  readonly #http: HttpClient;
  readonly #apiKey: string;
  readonly #source: ProviderErrorSource;

  constructor(http: HttpClient, apiKey: string, source: ProviderErrorSource) {
    this.#http = http;
    this.#apiKey = apiKey;
    this.#source = source;
  }

  /** `GET /v1/calls/{id}`. */
  call(id: string, options?: ReadOptions): Promise<SpekoAnswer | null> {
    return this.#read(`/v1/calls/${pathSegment(id)}`, options);
  }

  /** `GET /v1/calls/{id}/events`: the complete list so far. */
  callEvents(id: string, options?: ReadOptions): Promise<SpekoAnswer | null> {
    return this.#read(`/v1/calls/${pathSegment(id)}/events`, options);
  }

  /** `GET /v1/calls/{id}/recording`: a short-lived signed URL, a secret in itself. */
  callRecording(id: string, options?: ReadOptions): Promise<SpekoAnswer | null> {
    return this.#read(`/v1/calls/${pathSegment(id)}/recording`, options);
  }

  /** `GET /v1/sessions`, newest first: the only list of the whole organization. */
  async sessions(
    cursor: string | undefined,
    options?: ReadOptions,
    limit = PAGE_SIZE,
  ): Promise<SpekoPageAnswer> {
    return this.#toPage(await this.#get({ path: "/v1/sessions", query: { limit, cursor } }, options));
  }

  /** `GET /v1/agents/{id}/calls`, newest first. Null when the organization has no such agent. */
  async agentCalls(
    agentId: string,
    { cursor, since, limit = PAGE_SIZE }: AgentCallsQuery,
    options?: ReadOptions,
  ): Promise<SpekoPageAnswer | null> {
    const query = { limit, cursor, since: since === undefined ? undefined : toTimestamp(since) };
    const path = `/v1/agents/${pathSegment(agentId)}/calls`;
    const answer = await this.#get({ path, query, accept: [404] }, options);
    return answer.status === 404 ? null : this.#toPage(answer);
  }

  /** `GET /v1/organization`. Null where a server does not have it. */
  organization(options?: ReadOptions): Promise<SpekoAnswer | null> {
    return this.#read("/v1/organization", options);
  }

  /** `GET /v1/webhooks`: the endpoints that deliveries go to. Null when the key may not see them. */
  async webhooks(options?: ReadOptions): Promise<readonly JsonValue[] | null> {
    const answer = await this.#get({ path: "/v1/webhooks", accept: [403, 404] }, options);
    if (answer.status >= 400) return null;
    const json = parseAnswer(answer, this.#source);
    const rows = isJsonObject(json) ? json["data"] : json;
    if (!Array.isArray(rows)) throw unexpectedShape("a list of webhooks", this.#source);
    return rows;
  }

  /** The organization, or one session where a server does not have that: both show that the key works. */
  async probe(options?: ReadOptions): Promise<void> {
    const answer = await this.#get({ path: "/v1/organization", accept: [404] }, options);
    if (answer.status === 404) await this.#get({ path: "/v1/sessions", query: { limit: 1 } }, options);
  }

  /**
   * A command: sent once, never repeated, since nothing tells a repetition from a second wish (§6). Resolves for 2xx
   * and for refusals. `timeoutMs`: from now until the answer is complete.
   */
  async post(path: string, body: JsonObject, timeoutMs: number): Promise<SpekoReply> {
    const { status, text, sentAt } = await this.#request({
      method: "POST",
      path,
      headers: { ...this.#headers(), "content-type": "application/json" },
      body: JSON.stringify(body),
      safe: false,
      attemptTimeoutMs: timeoutMs,
      operationTimeoutMs: timeoutMs,
      accept: REFUSAL_STATUSES,
    });
    const safe = text.replaceAll(this.#apiKey, "[redacted]");
    return { status, text: safe, json: parseIfJson(safe), sentAt };
  }

  async #read(path: string, options?: ReadOptions): Promise<SpekoAnswer | null> {
    const answer = await this.#get({ path, accept: [404] }, options);
    if (answer.status === 404) return null;
    return { json: parseAnswer(answer, this.#source), sentAt: answer.sentAt };
  }

  #toPage(answer: HttpAnswer): SpekoPageAnswer {
    const page = parsePage(parseAnswer(answer, this.#source));
    if (page === null) throw unexpectedShape("a list page with entries", this.#source);
    return { ...page, sentAt: answer.sentAt };
  }

  #get(request: Omit<HttpRequest, "method">, options: ReadOptions = {}): Promise<HttpAnswer> {
    return this.#request({
      ...request,
      method: "GET",
      headers: this.#headers(),
      priority: options.priority ?? "user",
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#apiKey}`, accept: "application/json" };
  }

  async #request(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#http.request(request);
    } catch (error) {
      throw explainRefusal(error);
    }
  }
}

function parseIfJson(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
