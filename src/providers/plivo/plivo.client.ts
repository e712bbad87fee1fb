import type { ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "../../http/http-client.js";
import { pathSegment } from "../../http/path-segment.js";
import { toTimestamp, type EpochMs, type JsonValue } from "../../model/index.js";
import type { ReadOptions } from "../provider.js";
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

/** The read endpoints (Plivo reference §4), one method each. All throw `ProviderError`s. */
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
    const answer = await this.#get(`/Masking/Session/${pathSegment(id)}/`, { accept: [404] }, options);
    if (answer.status === 404) return null;
    const json = parseRetrieved(parseAnswer(answer, this.#source));
    if (json === undefined) throw unexpectedShape("a session under response", this.#source);
    return { json, sentAt: answer.sentAt };
  }

  /** A page of the list, newest first. */
  async sessions(
    { by, from, to }: PlivoWindow,
    offset: number,
    options?: ReadOptions,
  ): Promise<PlivoPage & { sentAt: EpochMs }> {
    const query = {
      [`${by}__gte`]: toFilterTime(from),
      [`${by}__lt`]: toFilterTime(to),
      limit: PAGE_SIZE,
      offset,
    };
    const answer = await this.#get("/Masking/Session/", { query }, options);
    const page = parsePage(parseAnswer(answer, this.#source));
    if (page === null) throw unexpectedShape("a list under response.objects", this.#source);
    return { ...page, sentAt: answer.sentAt };
  }

  /** One recording, with the address of its file; null when it is gone. */
  async recording(id: string, options?: ReadOptions): Promise<JsonValue | null> {
    const answer = await this.#get(`/Recording/${pathSegment(id)}/`, { accept: [404] }, options);
    return answer.status === 404 ? null : parseAnswer(answer, this.#source);
  }

  /** The shortest list there is: shows that the credentials work. */
  async probe(options?: ReadOptions): Promise<void> {
    await this.#get("/Masking/Session/", { query: { limit: 1 } }, options);
  }

  async #get(path: string, request: Partial<HttpRequest>, options: ReadOptions = {}): Promise<HttpAnswer> {
    const { authId, authToken } = this.#config;
    const credentials = Buffer.from(`${authId}:${authToken}`).toString("base64");
    try {
      return await this.#http.request({
        ...request,
        method: "GET",
        path: `/v1/Account/${pathSegment(authId)}${path}`,
        headers: { authorization: `Basic ${credentials}`, accept: "application/json" },
        priority: options.priority ?? "user",
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      throw explainRefusal(error);
    }
  }
}

/** Filters take a time without a zone, in UTC (§9.1). */
function toFilterTime(ms: EpochMs): string {
  return toTimestamp(ms).slice(0, 19).replace("T", " ");
}
