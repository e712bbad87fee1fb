/** The endpoints of the gateway, in either body format. Paths, paging members and formats are known here only. */
import type { ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer, HttpRequest } from "../../http/http-client.js";
import { pathSegment } from "../../http/path-segment.js";
import type { EpochMs, FieldProblem, JsonObject, JsonValue } from "../../model/index.js";
import type { CommandOptions } from "../commands.js";
import type { ReadOptions } from "../provider.js";
import { REFUSAL_STATUSES } from "../refusal.js";
import { readObject } from "../wire/index.js";
import { decodeBody, decodeExtra, type BodyContext } from "./evo-voice.body.js";
import { REFUSALS, toBadBodyError, toRefusalError } from "./evo-voice.errors.js";
import type { EvoVoiceLogin } from "./evo-voice.login.js";
import { sessionPath } from "./evo-voice.session-path.js";
import { readValues } from "./evo-voice.values.js";
import { CHAT_TRANSCRIPT, FILE_INFO, listOf, SESSION_INFO, USER_INFO, type Shape } from "./evo-voice.wire.js";

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
  /** What the login may do (§2.1); null where the answer does not say. */
  roles: readonly string[] | null;
}

/** What became of a write. `json`: the `SessionInfo` of the answer, null where it has none that can be read. */
export type EvoVoiceWritten =
  { kind: "refused"; answer: HttpAnswer } | { kind: "accepted"; json: JsonValue; sentAt: EpochMs };

/** An operation: its own route, and the name of its pre-defined one. */
interface Operation {
  path: string;
  name: string;
}

const LIST_SESSIONS: Operation = { path: "/sessions", name: "ListSessions" };
const LIST_FILES: Operation = { path: "/files", name: "ListFiles" };
const GET_AUTH_STATUS: Operation = { path: "/auth/status", name: "GetAuthStatus" };

/** What a client is made of. */
export interface EvoVoiceClientDependencies extends BodyContext {
  login: EvoVoiceLogin;
}

/** Requests of one connection. All methods throw `ProviderError`s only, or the signal's reason. */
export class EvoVoiceClient {
  readonly #login: EvoVoiceLogin;
  readonly #bodies: BodyContext;
  readonly #source: ProviderErrorSource;
  /** Operations whose own route turned out not to work, by name. */
  readonly #routeless = new Set<string>();

  constructor({ login, format, source }: EvoVoiceClientDependencies) {
    this.#login = login;
    this.#bodies = { format, source };
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
    const wire = readObject(decodeBody(answer, USER_INFO, this.#bodies) ?? {}, problems);
    const user = wire === null ? null : readValues(wire, USER_INFO);
    return {
      isAuthenticated: user?.isAuthenticated ?? false,
      accountIds: user?.accountIds ?? [],
      roles: user?.roles ?? null,
    };
  }

  /** `POST /sessions` (§5.1). */
  createSession(body: JsonObject, options: CommandOptions): Promise<EvoVoiceWritten> {
    return this.#write("POST", "/sessions", body, options);
  }

  /**
   * `PATCH /sessions/{id}`: edits the record. Like the other writes to a session it throws `BadUserInputError` for an id
   * that cannot be written to, before anything is sent.
   */
  async patchSession(id: string, body: JsonObject, options: CommandOptions): Promise<EvoVoiceWritten> {
    return this.#write("PATCH", sessionPath(id), body, options);
  }

  /** `DELETE /sessions/{id}`: hangs up; the record stays. */
  async endSession(id: string, options: CommandOptions): Promise<EvoVoiceWritten> {
    return this.#write("DELETE", sessionPath(id), null, options);
  }

  /** `POST /sessions/{id}/hold`. */
  async holdSession(id: string, body: JsonObject, options: CommandOptions): Promise<EvoVoiceWritten> {
    return this.#write("POST", sessionPath(id, "hold"), body, options);
  }

  /** `POST /sessions/{id}/redirect`: a blind transfer. Answers nothing. */
  async redirectSession(id: string, body: JsonObject, options: CommandOptions): Promise<EvoVoiceWritten> {
    return this.#write("POST", sessionPath(id, "redirect"), body, options);
  }

  async #list(
    operation: Operation,
    shape: Shape,
    query: EvoVoiceQuery,
    options?: ReadOptions,
  ): Promise<EvoVoicePage> {
    const answer = await this.#operation(operation, query, options);
    const wire = readObject(decodeBody(answer, shape, this.#bodies), []);
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
    const predefined = `/${this.#bodies.format}/reply/${operation.name}`;
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
    return { json: decodeBody(this.#checked(answer), shape, this.#bodies), sentAt: answer.sentAt };
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
      headers: { accept: `application/${this.#bodies.format}` },
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

  /**
   * Sends a write to its own route, and nowhere else. That some routes are broken and only work as pre-defined ones (Q14)
   * is no reason to send a write twice: a 404 may as well mean the session, and a 405 may come from something in
   * between, after which nobody could say how often it was done. A broken route is a refusal that says so.
   */
  async #write(
    method: "POST" | "PATCH" | "DELETE",
    path: string,
    body: JsonObject | null,
    { timeoutMs }: CommandOptions,
  ): Promise<EvoVoiceWritten> {
    const answer = await this.#login.send({
      method,
      path,
      headers: {
        accept: `application/${this.#bodies.format}`,
        // Bodies are JSON whatever the answers are: the server drops members of misordered XML (§7).
        ...(body === null ? {} : { "content-type": "application/json" }),
      },
      ...(body === null ? {} : { body: JSON.stringify(body) }),
      safe: false,
      attemptTimeoutMs: timeoutMs,
      operationTimeoutMs: timeoutMs,
      accept: REFUSAL_STATUSES,
    });
    if (answer.status === 401) throw toRefusalError(answer, this.#source);
    if (answer.status >= 400) return { kind: "refused", answer };
    return {
      kind: "accepted",
      json: decodeExtra(answer, SESSION_INFO, this.#bodies),
      sentAt: answer.sentAt,
    };
  }
}
