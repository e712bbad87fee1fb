import { ProviderAuthFailedError, type ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "../../http/http-client.js";
import { pathSegment } from "../../http/path-segment.js";
import { toTimestamp, type EpochMs, type JsonObject, type JsonValue } from "../../model/index.js";
import { beforeSending } from "../commands.js";
import type { ReadOptions } from "../provider.js";
import { REFUSAL_STATUSES } from "../refusal.js";
import { parseAnswer } from "../wire/index.js";
import { rightMissing, tokenRefused, unexpectedShape } from "./portsip.errors.js";
import { toSessionPath } from "./portsip.id.js";
import type { PortsipLogin } from "./portsip.login.js";
import { parseList } from "./portsip.wire.js";

/** The largest page a list gives (PortSIP reference §4). */
const PAGE_SIZE = 100;

/** A list's rows as they came, and when they were asked for. */
export interface PortsipList {
  items: readonly JsonValue[];
  sentAt: EpochMs;
}

/**
 * The endpoints (PortSIP reference §3, §5), one method each. All throw `ProviderError`s; those that take a session's id
 * throw `BadUserInputError`, before any request, for one that PortSIP cannot have given.
 */
export class PortsipClient {
  readonly #http: HttpClient;
  readonly #login: PortsipLogin;
  readonly #source: ProviderErrorSource;

  constructor(http: HttpClient, login: PortsipLogin, source: ProviderErrorSource) {
    this.#http = http;
    this.#login = login;
    this.#source = source;
  }

  /** `GET /sessions`: every call that is up, in one answer. */
  async sessions(options?: ReadOptions): Promise<PortsipList> {
    const { items, sentAt } = await this.#list("/sessions", {}, options);
    return { items, sentAt };
  }

  /** `GET /sessions/{id}`; null when no such call is up. */
  async session(id: string, options?: ReadOptions): Promise<{ json: JsonValue; sentAt: EpochMs } | null> {
    const answer = await this.#get({ path: toSessionPath(id), accept: [400, 404] }, options);
    // 400 is how some versions refuse an id that they did not make up themselves.
    if (answer.status === 400 || answer.status === 404) return null;
    return { json: parseAnswer(answer, this.#source), sentAt: answer.sentAt };
  }

  /** Call logs of one session, whichever step of it, oldest first, paged to the end; a row met twice comes once. */
  callLogsOf(sessionId: string, options?: ReadOptions): Promise<PortsipList> {
    const filter = `session_id eq ${quote(sessionId)}`;
    return this.#everything("/calllogs", { filter, orderby: "started_at" }, options);
  }

  /** `GET /calllogs/{id}`, which also tells the cost (§5.2); null when there is none. */
  async callLog(id: string, options?: ReadOptions): Promise<JsonValue> {
    const answer = await this.#get({ path: `/calllogs/${pathSegment(id)}`, accept: [400, 404] }, options);
    return answer.status >= 400 ? null : parseAnswer(answer, this.#source);
  }

  /** Every call log begun in `[from, to)`, paged to the end, newest first; a row met twice comes once. */
  callLogs(from: EpochMs, to: EpochMs, options?: ReadOptions): Promise<PortsipList> {
    const filter = `started_at ge ${quote(toTimestamp(from))} and started_at lt ${quote(toTimestamp(to))}`;
    return this.#everything("/calllogs", { filter, orderby: "started_at desc" }, options);
  }

  /** Every recording whose call was answered in `[from, to]`. */
  recordings(from: EpochMs, to: EpochMs, options?: ReadOptions): Promise<PortsipList> {
    const filter = `started_at ge ${quote(toTimestamp(from))} and started_at le ${quote(toTimestamp(to))}`;
    return this.#everything("/recordings", { filter, orderby: "started_at" }, options);
  }

  /** The files of one recording; null when it is gone. */
  async recording(id: string, options?: ReadOptions): Promise<PortsipList | null> {
    const answer = await this.#get({ path: `/recordings/${pathSegment(id)}`, accept: [404] }, options);
    return answer.status === 404 ? null : this.#toList(answer);
  }

  /** `GET /auth/user`, or the list where an older PBX does not have it: both show that the login works. */
  async probe(options?: ReadOptions): Promise<void> {
    const answer = await this.#get({ path: "/auth/user", accept: [404] }, options);
    if (answer.status === 404) await this.sessions(options);
  }

  /** The answer to a read that may be refused or missing: 403 and 404 come back as they are. */
  look(path: string, query: HttpRequest["query"] & object, options?: ReadOptions): Promise<HttpAnswer> {
    return this.#get({ path, query, accept: [403, 404] }, options);
  }

  /** `POST /sessions`: places a call. Sent once; refusals come back as answers. */
  create(body: JsonObject, timeoutMs: number): Promise<HttpAnswer> {
    return this.#post("/sessions", body, timeoutMs);
  }

  /** Hold, resume, blind transfer and hang-up (§3.6). Sent once; refusals come back as answers. */
  control(
    id: string,
    action: "hold" | "unhold" | "refer" | "destroy",
    body: JsonObject | null,
    timeoutMs: number,
  ): Promise<HttpAnswer> {
    return this.#post(toSessionPath(id, action), body, timeoutMs);
  }

  /** Attended transfer: its path always names call `1`, both calls stand in the body (§3.6). Sent once. */
  attendedRefer(body: JsonObject, timeoutMs: number): Promise<HttpAnswer> {
    return this.#post("/sessions/1/attended_refer", body, timeoutMs);
  }

  async #post(path: string, body: JsonObject | null, timeoutMs: number): Promise<HttpAnswer> {
    const token = await beforeSending(() => this.#login.token());
    const answer = await this.#postOnce(path, body, token, timeoutMs);
    if (answer.status !== 401) return answer;
    // Refused before it did anything: the same request once more, with a token that is good.
    const fresh = await beforeSending(() => this.#login.replacement(token, false));
    const second = await this.#postOnce(path, body, fresh, timeoutMs);
    if (second.status === 401) throw tokenRefused(this.#source);
    return second;
  }

  #postOnce(path: string, body: JsonObject | null, token: string, timeoutMs: number): Promise<HttpAnswer> {
    const headers = { authorization: `Bearer ${token}`, accept: "application/json" };
    return this.#http.request({
      method: "POST",
      path,
      headers: body === null ? headers : { ...headers, "content-type": "application/json" },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      safe: false,
      attemptTimeoutMs: timeoutMs,
      operationTimeoutMs: timeoutMs,
      accept: [...REFUSAL_STATUSES, 401],
    });
  }

  /** A list paged to its end; a row met twice, because others arrived meanwhile, comes once. */
  async #everything(
    path: string,
    query: { filter: string; orderby: string },
    options?: ReadOptions,
  ): Promise<PortsipList> {
    const items: JsonValue[] = [];
    const seen = new Set<string>();
    for (let skip = 0, sentAt: EpochMs | null = null; ;) {
      const page = await this.#list(path, { ...query, top: PAGE_SIZE, skip }, options);
      sentAt ??= page.sentAt;
      let isNews = false;
      for (const item of page.items) {
        const row = JSON.stringify(item);
        if (!seen.has(row)) items.push(item);
        isNews ||= !seen.has(row);
        seen.add(row);
      }
      // A row that comes twice within a page is no other row further on.
      skip += new Set(page.items.map((item) => JSON.stringify(item))).size;
      const isAll = page.count === null ? page.items.length < PAGE_SIZE : skip >= page.count;
      // A PBX that ignores `skip` gives the first page for ever.
      if (!isNews || isAll) return { items, sentAt };
    }
  }

  async #list(path: string, query: HttpRequest["query"] & object, options?: ReadOptions) {
    return this.#toList(await this.#get({ path, query }, options));
  }

  #toList(answer: HttpAnswer): PortsipList & { count: number | null } {
    const list = parseList(parseAnswer(answer, this.#source));
    if (list === null) throw unexpectedShape("a list with items", this.#source);
    return { ...list, sentAt: answer.sentAt };
  }

  /** With a token; one that is refused is replaced, first by a refresh, then by a new login. */
  async #get(request: Omit<HttpRequest, "method">, options: ReadOptions = {}): Promise<HttpAnswer> {
    let token = await this.#login.token(options.signal);
    for (const anew of [false, true]) {
      const answer = await this.#send(request, token, options);
      if (answer.status !== 401) return answer;
      token = await this.#login.replacement(token, anew, options.signal);
    }
    const last = await this.#send(request, token, options);
    if (last.status === 401) throw tokenRefused(this.#source);
    return last;
  }

  async #send(
    request: Omit<HttpRequest, "method">,
    token: string,
    options: ReadOptions,
  ): Promise<HttpAnswer> {
    try {
      return await this.#http.request({
        ...request,
        method: "GET",
        headers: { authorization: `Bearer ${token}`, accept: "application/json" },
        accept: [...(request.accept ?? []), 401],
        priority: options.priority ?? "user",
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      if (!(error instanceof ProviderAuthFailedError) || error.status !== 403) throw error;
      throw rightMissing(error);
    }
  }
}

/** A literal of the filter language: strings and times alike stand in single quotes, which are doubled inside. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
