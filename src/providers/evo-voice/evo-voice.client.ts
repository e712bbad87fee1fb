/** The endpoints a gateway reads, in either body format. Paths, paging members and formats are known here only. */
import type { ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpRequest } from "../../http/http-client.js";
import { parseJson } from "../../http/parse-json.js";
import { pathSegment } from "../../http/path-segment.js";
import type { EpochMs, FieldProblem, JsonValue } from "../../model/index.js";
import type { ReadOptions } from "../provider.js";
import { readObject } from "../wire/index.js";
import type { EvoVoiceFormat } from "./evo-voice.config.js";
import { errorCodeOf, REFUSALS, toBadBodyError, toRefusalError } from "./evo-voice.errors.js";
import type { EvoVoiceLogin } from "./evo-voice.login.js";
import { readValues } from "./evo-voice.values.js";
import { CHAT_TRANSCRIPT, FILE_INFO, listOf, SESSION_INFO, USER_INFO, type Shape } from "./evo-voice.wire.js";
import { decodeXml } from "./evo-voice.xml.js";

/** A decoded answer and when it was asked for. */
export interface EvoVoiceAnswer {
  json: JsonValue;
  sentAt: EpochMs;
}

/** One page of a list. The totals mean nothing with simplified paging, `hasMorePages` nothing without (§4.1). */
export interface EvoVoicePage {
  items: readonly JsonValue[];
  totalCount: number | null;
  totalPages: number | null;
  hasMorePages: boolean | null;
  sentAt: EpochMs;
}

/** Query members by their camelCase names; lists are joined with commas, absent values left out. */
export type EvoVoiceQuery = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/** What the client needs of the account behind the login. */
export interface EvoVoiceUser {
  isAuthenticated: boolean;
  accountIds: readonly string[];
}

/** An operation: its own route, and the name of its pre-defined one. */
interface Operation {
  path: string;
  name: string;
}

const LIST_SESSIONS: Operation = { path: "/sessions", name: "ListSessions" };
const LIST_FILES: Operation = { path: "/files", name: "ListFiles" };
const GET_AUTH_STATUS: Operation = { path: "/auth/status", name: "GetAuthStatus" };

/** What a client is made of. */
export interface EvoVoiceClientDependencies {
  login: EvoVoiceLogin;
  format: EvoVoiceFormat;
  source: ProviderErrorSource;
}

/** Reads of one connection. All methods throw `ProviderError`s only, or the signal's reason. */
export class EvoVoiceClient {
  readonly #login: EvoVoiceLogin;
  readonly #format: EvoVoiceFormat;
  readonly #source: ProviderErrorSource;
  /** Operations whose own route turned out not to work, by name. */
  readonly #routeless = new Set<string>();

  constructor({ login, format, source }: EvoVoiceClientDependencies) {
    this.#login = login;
    this.#format = format;
    this.#source = source;
  }

  /** `GET /sessions`: the one read that carries logs and takes many ids (§4.2). */
  listSessions(query: EvoVoiceQuery, options?: ReadOptions): Promise<EvoVoicePage> {
    return this.#list(LIST_SESSIONS, listOf(SESSION_INFO), query, options);
  }

  /** `GET /files`. Refused for logins with the role User only (§8). */
  listFiles(query: EvoVoiceQuery, options?: ReadOptions): Promise<EvoVoicePage> {
    return this.#list(LIST_FILES, listOf(FILE_INFO), query, options);
  }

  /** `GET /files/{fileId}`; null when there is no such file. */
  file(fileId: string, options?: ReadOptions): Promise<EvoVoiceAnswer | null> {
    return this.#find(`/files/${pathSegment(fileId)}`, FILE_INFO, options);
  }

  /** `GET /sessions/{id}/transcript`; null when the session is unknown or archived. Needs the role User (§4.2). */
  transcript(sessionId: string, options?: ReadOptions): Promise<EvoVoiceAnswer | null> {
    return this.#find(`/sessions/${pathSegment(sessionId)}/transcript`, CHAT_TRANSCRIPT, options);
  }

  /** `GET /auth/status`: answers 200 to strangers too, so what it says counts, not that it answers (§2). */
  async user(options?: ReadOptions): Promise<EvoVoiceUser> {
    const answer = await this.#operation(GET_AUTH_STATUS, {}, options);
    const problems: FieldProblem[] = [];
    const wire = readObject(this.#decode(answer, USER_INFO) ?? {}, problems);
    const user = wire === null ? null : readValues(wire, USER_INFO);
    return { isAuthenticated: user?.isAuthenticated ?? false, accountIds: user?.accountIds ?? [] };
  }

  async #list(
    operation: Operation,
    shape: Shape,
    query: EvoVoiceQuery,
    options?: ReadOptions,
  ): Promise<EvoVoicePage> {
    const answer = await this.#operation(operation, query, options);
    const wire = readObject(this.#decode(answer, shape), []);
    const items = wire?.json("items") ?? null;
    if (wire === null || (items !== null && !Array.isArray(items))) {
      throw toBadBodyError("Expected a list from Evo Voice, got something else.", answer, this.#source);
    }
    return {
      // A list that is null is left out like any other null member.
      items: items ?? [],
      totalCount: wire.integer("totalCount"),
      totalPages: wire.integer("totalPages"),
      hasMorePages: wire.boolean("hasMorePages"),
      sentAt: answer.sentAt,
    };
  }

  /**
   * Sends a read to its own route and, where that route is missing or broken on the server, to the operation's
   * pre-defined one, from then on directly (Q14). Only for routes without an id: there a 404 can mean nothing else.
   */
  async #operation(operation: Operation, query: EvoVoiceQuery, options?: ReadOptions): Promise<HttpAnswer> {
    const predefined = `/${this.#format}/reply/${operation.name}`;
    if (this.#routeless.has(operation.name)) return this.#accepted(predefined, query, options);
    const answer = await this.#get(operation.path, query, options);
    if (answer.status !== 404 && answer.status !== 405) return this.#checked(answer);
    const other = await this.#accepted(predefined, query, options);
    this.#routeless.add(operation.name);
    return other;
  }

  async #find(path: string, shape: Shape, options?: ReadOptions): Promise<EvoVoiceAnswer | null> {
    const answer = await this.#get(path, {}, options);
    if (answer.status === 404) return null;
    return { json: this.#decode(this.#checked(answer), shape), sentAt: answer.sentAt };
  }

  async #accepted(path: string, query: EvoVoiceQuery, options?: ReadOptions): Promise<HttpAnswer> {
    return this.#checked(await this.#get(path, query, options));
  }

  #get(path: string, query: EvoVoiceQuery, options: ReadOptions = {}): Promise<HttpAnswer> {
    const request: HttpRequest = {
      method: "GET",
      path,
      query: Object.fromEntries(
        Object.entries(query).map(([key, value]) => [
          key,
          typeof value === "object" ? value.join(",") : value,
        ]),
      ),
      headers: { accept: `application/${this.#format}` },
      accept: REFUSALS,
      ...(options.priority === undefined ? {} : { priority: options.priority }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    return this.#login.send(request);
  }

  #checked(answer: HttpAnswer): HttpAnswer {
    if (answer.status >= 400) throw toRefusalError(answer, this.#source);
    return answer;
  }

  /** The answer's own content type decides between the formats, the one asked for where it names neither. */
  #decode(answer: HttpAnswer, shape: Shape): JsonValue {
    const type = answer.headers["content-type"] ?? "";
    const isXml = /\bxml\b/.test(type) || (this.#format === "xml" && !/\bjson\b/.test(type));
    let json: JsonValue;
    try {
      // An empty body is how null is written.
      if (answer.text.trim() === "") return null;
      json = isXml ? decodeXml(answer.text, shape) : parseJson(answer.text);
    } catch (cause) {
      const expected = isXml ? "XML" : "JSON";
      throw toBadBodyError(
        `Expected ${expected} from Evo Voice, got something else.`,
        answer,
        this.#source,
        cause,
      );
    }
    const code = errorCodeOf(json);
    if (code !== null)
      throw toBadBodyError(`Evo Voice answered with an error (${code}).`, answer, this.#source);
    return json;
  }
}
