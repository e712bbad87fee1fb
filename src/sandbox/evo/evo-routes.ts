import type { Faults } from "../conversation.js";
import type { Random } from "../kit/random.js";
import type { SandboxHttpAnswer, SandboxHttpRequest } from "../kit/sandbox-http.js";
import { EvoArguments, fromQuery } from "./evo-arguments.js";
import { answerAuth } from "./evo-auth-routes.js";
import type { EvoBook } from "./evo-book.js";
import type { Directory, Login } from "./evo-directory.js";
import { EvoRefusal } from "./evo-errors.js";
import { MEDIA_PATH, serveMedia } from "./evo-files.js";
import { chooseFormat, writeAnswer, writeError, type Format } from "./evo-formats.js";
import type { EvoLogins } from "./evo-login.js";
import { assertRole, type Operation, type OperationResult } from "./evo-operations.js";
import { READ_OPERATIONS } from "./evo-reads.js";
import { toJsonValue } from "./evo-serialize.js";
import { WRITE_OPERATIONS } from "./evo-writes.js";

export interface EvoRoutesOptions {
  book: EvoBook;
  directory: Directory;
  logins: EvoLogins;
  random: Random;
  now(): number;
  /** Faults that are left to the serializer for a request on this path. */
  faultsFor(path: string): Faults;
  /** Where this server listens. */
  origin(): string;
  /** An operation was reached by whatever route, before anything is known about the login or the arguments. */
  onOperation(name: string): void;
}

const OPERATIONS: Readonly<Record<string, Operation>> = { ...READ_OPERATIONS, ...WRITE_OPERATIONS };

/** Any verb at all. */
const ANY = "*";

/** Custom routes (Evo Voice reference §4, §5, §8); `{name}` becomes a member of the request. First match wins. */
const ROUTES: readonly (readonly [method: string, pattern: string, operation: string])[] = [
  ["GET", "/sessions", "ListSessions"],
  ["POST", "/sessions", "NewSession"],
  ["DELETE", "/sessions", "DeleteSessions"],
  ["POST", "/sessions/outgoing", "NewOutgoingSession"],
  ["GET", "/sessions/my", "GetMySessions"],
  ["GET", "/sessions/active", "GetActiveSessions"],
  ["GET", "/sessions/{sessionId}", "GetSession"],
  ["PATCH", "/sessions/{sessionId}", "PatchSession"],
  ["DELETE", "/sessions/{sessionId}", "EndSession"],
  ["GET", "/sessions/{sessionId}/transcript", "GetChatTranscript"],
  ["POST", "/sessions/{sessionId}/hold", "HoldSession"],
  ["POST", "/sessions/{sessionId}/redirect", "RedirectSession"],
  ["POST", "/sessions/{sessionId}/reject", "RejectSession"],
  ["POST", "/sessions/{sessionId}/record", "RecordSession"],
  ["POST", "/sessions/{sessionId}/messages", "SendMessage"],
  [ANY, "/messages", "SendMessage"],
  ["POST", "/sessions/{sessionId}/members", "InviteChatMember"],
  ["DELETE", "/sessions/{sessionId}/members/{memberId}", "DeleteChatMember"],
  ["POST", "/sessions/{sessionId}/conference", "MakeConference"],
  ["POST", "/sessions/{sessionId}/conference/members", "AddConferenceMember"],
  ["GET", "/calls/active", "GetActiveCalls"],
  ["GET", "/files", "ListFiles"],
  ["GET", "/files/{fileId}", "GetFile"],
  ["GET", "/accounts/{id}", "GetAccount"],
];

interface Match {
  name: string;
  operation: Operation;
  pathMembers: Record<string, string>;
  isBatch: boolean;
}

/** Answers every request. */
export function createEvoRoutes(
  options: EvoRoutesOptions,
): (request: SandboxHttpRequest) => SandboxHttpAnswer {
  const { book, directory, logins, random } = options;

  const run = (operation: Operation, args: EvoArguments, login: Login): OperationResult => {
    assertRole(login, operation.roles);
    return operation.run({
      args,
      login,
      book,
      directory,
      random,
      now: options.now(),
      origin: options.origin(),
    });
  };

  const route = (request: SandboxHttpRequest, path: string, format: Format): SandboxHttpAnswer => {
    const query = fromQuery(request.query);
    const body = readBody(request);
    const members = Array.isArray(body) ? {} : body;
    const auth = answerAuth(request, path, format, new EvoArguments(query, members), logins, directory);
    if (auth) return auth;

    const { name, operation, pathMembers, isBatch } = match(request.method, path);
    options.onOperation(name);
    const login = logins.whoIs(request)?.login;
    if (!login) return UNAUTHORIZED;
    const faults = options.faultsFor(request.path);
    if (!isBatch) {
      return writeAnswer(
        run(operation, new EvoArguments(query, members, pathMembers), login),
        format,
        faults,
      );
    }
    if (!Array.isArray(body)) throw new EvoRefusal(400, "SerializationException", "Expected an array");
    const results = body.map((item) => run(operation, new EvoArguments(toMembers(item)), login));
    return {
      status: 200,
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(
        results.map((result) => result && toJsonValue(result.value, result.contract, faults)),
      ),
    };
  };

  return (request) => {
    if (request.path.startsWith(MEDIA_PATH)) {
      const file = book.files().find(({ uri }) => uri === request.path);
      return file ? serveMedia(file) : { status: 404, body: null };
    }
    // Something in front of the service refuses scripts that do not introduce themselves (§1).
    if (/^(curl\/|$)/i.test(request.headers["user-agent"] ?? "")) {
      return { status: 403, headers: { "content-type": "text/html" }, body: "<h1>403 Forbidden</h1>" };
    }
    const { format, path } = chooseFormat(request);
    try {
      return route(request, path.replace(/(.)\/$/, "$1"), formatOfRoute(path) ?? format);
    } catch (error) {
      if (error instanceof EvoRefusal) return writeError(error, format);
      throw error;
    }
  };
}

/** No body, and the header that a service with Basic sends. */
const UNAUTHORIZED: SandboxHttpAnswer = {
  status: 401,
  headers: { "www-authenticate": 'basic realm="/auth/basic"' },
  body: null,
};

/** `/json/reply/…` and `/xml/reply/…` fix the format. */
function formatOfRoute(path: string): Format | undefined {
  if (path.startsWith("/json/reply/")) return "json";
  return path.startsWith("/xml/reply/") ? "xml" : undefined;
}

/**
 * A named route takes the verb of the operation's own route, or POST, which every batch uses and every client that does
 * not know better.
 * @throws EvoRefusal 404 for an unknown route, 405 for a known one with another verb
 */
function match(method: string, path: string): Match {
  const named = /^\/(?:json\/reply|xml\/reply|api)\/(\w+)(\[\]|%5B%5D)?$/i.exec(path);
  if (named) {
    const [, name = "", batch] = named;
    const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
    if (!operation) throw new EvoRefusal(404, "NotFound", `Unknown operation ${name}`);
    const verbs = ROUTES.filter(([, , other]) => other === name).map(([verb]) => verb);
    if (!["POST", ...verbs].some((verb) => verb === method || verb === ANY)) throw wrongVerb(method, path);
    return { name, operation, pathMembers: {}, isBatch: batch !== undefined };
  }
  let isKnownPath = false;
  for (const [verb, pattern, name] of ROUTES) {
    const pathMembers = matchPath(pattern, path);
    if (!pathMembers) continue;
    isKnownPath = true;
    const operation = OPERATIONS[name];
    const isVerb = verb === method || verb === ANY;
    if (isVerb && operation) return { name, operation, pathMembers, isBatch: false };
  }
  throw isKnownPath ? wrongVerb(method, path) : new EvoRefusal(404, "NotFound", `No handler for ${path}`);
}

function wrongVerb(method: string, path: string): EvoRefusal {
  return new EvoRefusal(405, "NotImplementedException", `${method} is not allowed on ${path}`);
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const members: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = given[index] ?? "";
    if (part.startsWith("{")) members[part.slice(1, -1)] = decodeSegment(segment);
    else if (part.toLowerCase() !== segment.toLowerCase()) return undefined;
  }
  return members;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray percent sign names no record; the text as it came will not be found.
    return segment;
  }
}

/** @throws EvoRefusal 400 for a body that is not JSON */
function readBody(request: SandboxHttpRequest): Record<string, unknown> | unknown[] {
  const text = request.body.toString("utf8").trim();
  if (text === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would name this sandbox's runtime; the service has its own words.
    throw new EvoRefusal(400, "SerializationException", "Unable to bind to request body");
  }
  return Array.isArray(value) ? value : toMembers(value);
}

function toMembers(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
