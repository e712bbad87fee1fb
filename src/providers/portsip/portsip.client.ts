import { ProviderAuthFailedError, type ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpClient, HttpRequest } from "../../http/http-client.js";
import { pathSegment } from "../../http/path-segment.js";
import { toTimestamp, type EpochMs, type JsonValue } from "../../model/index.js";
import type { ReadOptions } from "../provider.js";
import { parseAnswer } from "../wire/index.js";
import { tokenRefused, unexpectedShape } from "./portsip.errors.js";
import type { PortsipLogin } from "./portsip.login.js";
import { parseList } from "./portsip.wire.js";

/** The largest page a list gives (PortSIP reference §4). */
const PAGE_SIZE = 100;

/** A list's rows as they came, and when they were asked for. */
export interface PortsipList {
  items: readonly JsonValue[];
  sentAt: EpochMs;
}

/** The read endpoints (PortSIP reference §3, §5), one method each. All throw `ProviderError`s. */
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
    const answer = await this.#get({ path: `/sessions/${pathSegment(id)}`, accept: [400, 404] }, options);
    // 400 is how some versions refuse an id that they did not make up themselves.
    if (answer.status === 400 || answer.status === 404) return null;
    return { json: parseAnswer(answer, this.#source), sentAt: answer.sentAt };
  }

  /** Call logs of one session, whichever step of it, oldest first. */
  callLogsOf(sessionId: string, options?: ReadOptions): Promise<PortsipList> {
    const query = { filter: `session_id eq ${quote(sessionId)}`, orderby: "started_at", top: PAGE_SIZE };
    return this.#list("/calllogs", query, options);
  }

  /** Every call log begun in `[from, to)`, paged to the end, newest first; a row met twice comes once. */
  async callLogs(from: EpochMs, to: EpochMs, options?: ReadOptions): Promise<PortsipList> {
    const filter = `started_at ge ${quote(toTimestamp(from))} and started_at lt ${quote(toTimestamp(to))}`;
    const items: JsonValue[] = [];
    const seen = new Set<string>();
    for (let skip = 0, sentAt: EpochMs | null = null; ;) {
      const page = await this.#list(
        "/calllogs",
        { filter, orderby: "started_at desc", top: PAGE_SIZE, skip },
        options,
      );
      sentAt ??= page.sentAt;
      // Rows that arrive meanwhile push others to the next page.
      for (const item of page.items) {
        const row = JSON.stringify(item);
        if (!seen.has(row)) items.push(item);
        seen.add(row);
      }
      skip += page.items.length;
      const isAll = page.count === null ? page.items.length < PAGE_SIZE : skip >= page.count;
      if (page.items.length === 0 || isAll) return { items, sentAt };
    }
  }

  /** Recordings whose call was answered in `[from, to]`. */
  recordings(from: EpochMs, to: EpochMs, options?: ReadOptions): Promise<PortsipList> {
    const filter = `started_at ge ${quote(toTimestamp(from))} and started_at le ${quote(toTimestamp(to))}`;
    return this.#list("/recordings", { filter, orderby: "started_at", top: PAGE_SIZE }, options);
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
      const sentence = "PortSIP accepts the login, but its role may not read this.";
      throw new ProviderAuthFailedError(sentence, error.source, { cause: error, status: 403 });
    }
  }
}

/** A literal of the filter language: strings and times alike stand in single quotes, which are doubled inside. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
