/** Endpoints, auth and paging: the only place that knows a path. One method for each endpoint. */
import type { ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "../../http/http-client.js";
import { pathSegment } from "../../http/path-segment.js";
import { toTimestamp, type EpochMs, type JsonObject, type JsonValue } from "../../model/index.js";
import type { CommandOptions } from "../commands.js";
import type { ListWindow, ReadOptions } from "../provider.js";
import { REFUSAL_STATUSES } from "../refusal.js";
import { parseAnswer } from "../wire/index.js";
import { explainRefusal, unexpectedShape } from "./example.errors.js";
import { parsePage } from "./example.wire.js";

const PAGE_SIZE = 100;

/** An answer's JSON, and when it was asked for: an answer cannot be newer than its question. */
export interface ExampleAnswer {
  json: JsonValue;
  sentAt: EpochMs;
}

/** All methods throw `ProviderError`s, or the signal's reason. */
export class ExampleClient {
  readonly #http: HttpClient;
  readonly #apiKey: string;
  readonly #source: ProviderErrorSource;

  constructor(http: HttpClient, apiKey: string, source: ProviderErrorSource) {
    this.#http = http;
    this.#apiKey = apiKey;
    this.#source = source;
  }

  /** A page of the list, newest first. */
  async calls(
    { since, until }: Partial<ListWindow>,
    cursor: string | null,
    options?: ReadOptions,
  ): Promise<{ rows: readonly JsonValue[]; nextCursor: string | null; sentAt: EpochMs }> {
    const query = {
      since: since === undefined ? undefined : toTimestamp(since),
      until: until === undefined ? undefined : toTimestamp(until),
      cursor: cursor ?? undefined,
      limit: PAGE_SIZE,
    };
    const answer = await this.#read({ path: "/v1/calls", query }, options);
    const page = parsePage(parseAnswer(answer, this.#source));
    if (page === null) throw unexpectedShape("a list under calls", this.#source);
    return { ...page, sentAt: answer.sentAt };
  }

  /** One call; null when there is none of that id. Ids become paths only through `pathSegment`. */
  async call(id: string, options?: ReadOptions): Promise<ExampleAnswer | null> {
    return this.#find(`/v1/calls/${pathSegment(id)}`, options);
  }

  /** The recording's address; null when there is none. */
  async recording(id: string, options?: ReadOptions): Promise<ExampleAnswer | null> {
    return this.#find(`/v1/calls/${pathSegment(id)}/recording`, options);
  }

  /** Whose key this is. */
  async account(options?: ReadOptions): Promise<JsonValue> {
    return parseAnswer(await this.#read({ path: "/v1/me" }, options), this.#source);
  }

  /** Sends a write once. 2xx and reasoned refusals come back; everything else is thrown. */
  async write(path: string, body: JsonObject, { timeoutMs }: CommandOptions): Promise<HttpAnswer> {
    return this.#send({
      method: "POST",
      path,
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
      // Never repeated: what was sent may have been done.
      safe: false,
      accept: REFUSAL_STATUSES,
      attemptTimeoutMs: timeoutMs,
      operationTimeoutMs: timeoutMs,
    });
  }

  async #find(path: string, options?: ReadOptions): Promise<ExampleAnswer | null> {
    const answer = await this.#read({ path, accept: [404] }, options);
    if (answer.status === 404) return null;
    return { json: parseAnswer(answer, this.#source), sentAt: answer.sentAt };
  }

  #read(request: Omit<HttpRequest, "method">, options: ReadOptions = {}): Promise<HttpAnswer> {
    return this.#send({
      ...request,
      method: "GET",
      priority: options.priority ?? "user",
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  }

  async #send(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#http.request({
        ...request,
        headers: { authorization: `Bearer ${this.#apiKey}`, accept: "application/json", ...request.headers },
      });
    } catch (error) {
      throw explainRefusal(error);
    }
  }
}
