import { type ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "../../http/http-client.js";
import { pathSegment } from "../../http/path-segment.js";
import { toTimestamp, type EpochMs, type JsonValue } from "../../model/index.js";
import type { ReadOptions } from "../provider.js";
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

/** Which part of an agent's calls to list. Both ends are hints: the caller filters. */
export interface AgentCallsQuery {
  cursor?: string;
  since?: EpochMs;
}

/**
 * The read endpoints (Speko reference §3, §7), one method each. `null` is a 404: unknown to this organization. All throw
 * `ProviderError`s.
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
  async sessions(cursor: string | undefined, options?: ReadOptions): Promise<SpekoPageAnswer> {
    const answer = await this.#get({ path: "/v1/sessions", query: { limit: PAGE_SIZE, cursor } }, options);
    return this.#toPage(answer);
  }

  /** `GET /v1/agents/{id}/calls`, newest first. Null when the organization has no such agent. */
  async agentCalls(
    agentId: string,
    { cursor, since }: AgentCallsQuery,
    options?: ReadOptions,
  ): Promise<SpekoPageAnswer | null> {
    const query = { limit: PAGE_SIZE, cursor, since: since === undefined ? undefined : toTimestamp(since) };
    const path = `/v1/agents/${pathSegment(agentId)}/calls`;
    const answer = await this.#get({ path, query, accept: [404] }, options);
    return answer.status === 404 ? null : this.#toPage(answer);
  }

  /** `GET /v1/organization`, or one session where a server does not have it: both show that the key works. */
  async probe(options?: ReadOptions): Promise<void> {
    const answer = await this.#get({ path: "/v1/organization", accept: [404] }, options);
    if (answer.status === 404) await this.#get({ path: "/v1/sessions", query: { limit: 1 } }, options);
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

  async #get(request: Omit<HttpRequest, "method">, options: ReadOptions = {}): Promise<HttpAnswer> {
    try {
      return await this.#http.request({
        ...request,
        method: "GET",
        headers: { authorization: `Bearer ${this.#apiKey}`, accept: "application/json" },
        priority: options.priority ?? "user",
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      throw explainRefusal(error);
    }
  }
}
