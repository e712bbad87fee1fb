import type { ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "../../http/http-client.js";
import { pathSegment } from "../../http/path-segment.js";
import { toTimestamp, type EpochMs, type JsonObject, type JsonValue } from "../../model/index.js";
import type { ReadOptions } from "../provider.js";
import { REFUSAL_STATUSES } from "../refusal.js";
import { parseAnswer } from "../wire/index.js";
import type { PlivoConfig } from "./plivo.config.js";
import { explainRefusal, unexpectedShape } from "./plivo.errors.js";
import { parsePage, parseRetrieved, type PlivoPage } from "./plivo.wire.js";

/** The largest page the list accepts (Plivo reference §9.1). */
export const PAGE_SIZE = 20;

/** Which sessions a list takes: those created, or expiring, in `[from, to)`. At most 30 days (§11). */
export interface PlivoWindow {
  by: "created_time" | "expiry_time";
  from: EpochMs;
  to: EpochMs;
}

/**
 * The endpoints (Plivo reference §4), one method each. Reads throw `ProviderError`s. Writes take the milliseconds they
 * may last, are sent once, and resolve for refusals too (`REFUSAL_STATUSES`).
 */
export class PlivoClient {
  readonly #http: HttpClient;
  readonly #config: PlivoConfig;
  readonly #source: ProviderErrorSource;

  constructor(http: HttpClient, config: PlivoConfig, source: ProviderErrorSource) {
    this.#http = http;
    this.#config = config;
    this.#source = source;
  }

  /** One session; null when the account has none of that id. */
  async session(id: string, options?: ReadOptions): Promise<{ json: JsonValue; sentAt: EpochMs } | null> {
    const answer = await this.#get(sessionPath(id), { accept: [404] }, options);
    if (answer.status === 404) return null;
    const json = parseRetrieved(parseAnswer(answer, this.#source));
    if (json === undefined) throw unexpectedShape("a session under response", this.#source);
    return { json, sentAt: answer.sentAt };
  }

  /** A page of the list, newest first, of the configured subaccount where there is one. */
  sessions(
    { by, from, to }: PlivoWindow,
    offset: number,
    options?: ReadOptions,
  ): Promise<PlivoPage & { sentAt: EpochMs }> {
    // Filters are sent in whole seconds: rounded outwards, so that nothing falls between two windows.
    const window = { [`${by}__gte`]: toFilterTime(from), [`${by}__lt`]: toFilterTime(to + 999) };
    return this.#list({ ...window, limit: PAGE_SIZE, offset }, options);
  }

  /** The newest session of the last 7 days (§11), of the configured subaccount where there is one. */
  newest(options?: ReadOptions): Promise<PlivoPage> {
    return this.#list({ limit: 1 }, options);
  }

  /** One recording, with the address of its file; null when it is gone. */
  async recording(id: string, options?: ReadOptions): Promise<JsonValue | null> {
    const answer = await this.#get(`/Recording/${pathSegment(id)}/`, { accept: [404] }, options);
    return answer.status === 404 ? null : parseAnswer(answer, this.#source);
  }

  /** The shortest list there is: shows that the credentials work. */
  async probe(options?: ReadOptions): Promise<void> {
    await this.#get(SESSIONS_PATH, { query: { limit: 1 } }, options);
  }

  /** Makes a session (§5). */
  create(body: JsonObject, timeoutMs: number): Promise<HttpAnswer> {
    return this.#write("POST", SESSIONS_PATH, body, timeoutMs);
  }

  /** Changes a session (§7): POST, not PUT or PATCH. */
  update(id: string, body: JsonObject, timeoutMs: number): Promise<HttpAnswer> {
    return this.#write("POST", sessionPath(id), body, timeoutMs);
  }

  /** Ends a session now; its record stays (§8). */
  expire(id: string, timeoutMs: number): Promise<HttpAnswer> {
    return this.#write("DELETE", sessionPath(id), null, timeoutMs);
  }

  async #list(
    filter: NonNullable<HttpRequest["query"]>,
    options?: ReadOptions,
  ): Promise<PlivoPage & { sentAt: EpochMs }> {
    const query = { ...filter, subaccount: this.#config.subaccount };
    const answer = await this.#get(SESSIONS_PATH, { query }, options);
    const page = parsePage(parseAnswer(answer, this.#source));
    if (page === null) throw unexpectedShape("a list under response.objects", this.#source);
    return { ...page, sentAt: answer.sentAt };
  }

  #get(path: string, request: Partial<HttpRequest>, options: ReadOptions = {}): Promise<HttpAnswer> {
    return this.#send(path, {
      ...request,
      method: "GET",
      priority: options.priority ?? "user",
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  #write(
    method: "POST" | "DELETE",
    path: string,
    body: JsonObject | null,
    timeoutMs: number,
  ): Promise<HttpAnswer> {
    return this.#send(path, {
      method,
      safe: false,
      accept: REFUSAL_STATUSES,
      attemptTimeoutMs: timeoutMs,
      operationTimeoutMs: timeoutMs,
      ...(body === null
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  }

  async #send(path: string, request: Omit<HttpRequest, "path">): Promise<HttpAnswer> {
    const { authId, authToken } = this.#config;
    const credentials = Buffer.from(`${authId}:${authToken}`).toString("base64");
    try {
      return await this.#http.request({
        ...request,
        path: `/v1/Account/${pathSegment(authId)}${path}`,
        headers: { authorization: `Basic ${credentials}`, accept: "application/json", ...request.headers },
      });
    } catch (error) {
      throw explainRefusal(error);
    }
  }
}

const SESSIONS_PATH = "/Masking/Session/";

/** An empty id would name the list, where POST creates: `pathSegment` throws for it. */
function sessionPath(id: string): string {
  return `${SESSIONS_PATH}${pathSegment(id)}/`;
}

/** Filters take a time without a zone, in UTC (§9.1). */
function toFilterTime(ms: EpochMs): string {
  return toTimestamp(ms).slice(0, 19).replace("T", " ");
}
