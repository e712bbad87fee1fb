/** A real HTTP server that plays Evo Voice from a table of rows, and counts. */
import type { ServerResponse } from "node:http";
import { evoVoiceModule } from "../../../src/providers/evo-voice/evo-voice.module.js";
import type { ProviderConnection } from "../../../src/providers/provider.js";
import { createCaptureLogger, type LogLine } from "../../support/capture-logger.js";
import {
  sendJson,
  startScriptedServer,
  type Script,
  type SeenRequest,
} from "../../support/scripted-server.js";
import { FILES_NAMESPACE, SESSIONS_NAMESPACE, toListXml, toXml, USER_NAMESPACE, type Row } from "./bodies.js";

export const NOW = Date.parse("2026-03-01T12:00:00Z");
export const PASSWORD = "correct horse battery";

export interface EvoWorld {
  live: unknown[];
  archive: unknown[];
  files: Row[];
  transcripts: Record<string, Row[]>;
  accountIds: string[];
  /** Undefined: the status route does not say. */
  roles: string[] | undefined;
  /** Rows in a page at most, whatever is asked for. */
  maxPerPage: number;
  /** Answers what is not a GET, of those who are signed in; null: 404. */
  write: ((request: SeenRequest, response: ServerResponse) => void) | null;
  /** Answers before the table is asked; true when it did. */
  intercept: (request: SeenRequest, response: ServerResponse) => boolean;
}

export interface EvoServer extends AsyncDisposable {
  world: EvoWorld;
  connection: ProviderConnection;
  lines: LogLine[];
  /** Requests to a path, in order. */
  to(path: string): SeenRequest[];
  /** Requests that change something, logins aside, in order. */
  writes(): SeenRequest[];
  /** Forgets the sessions that were opened: their cookies now get a 401. */
  signEverybodyOut(): void;
  /** Takes the server away: its port refuses connections. */
  stop(): Promise<void>;
}

export interface EvoOptions {
  format?: "json" | "xml";
  accountIds?: readonly string[];
  password?: string;
  now?: () => number;
  /** Milliseconds. @default 5000 */
  attemptTimeoutMs?: number;
}

/** Starts the server and a connection to it. */
export async function startEvo(world: Partial<EvoWorld> = {}, options: EvoOptions = {}): Promise<EvoServer> {
  const full: EvoWorld = {
    live: [],
    archive: [],
    files: [],
    transcripts: {},
    accountIds: ["acc-1", "acc-2"],
    roles: ["Manager"],
    maxPerPage: 1000,
    write: null,
    intercept: () => false,
    ...world,
  };
  const sessions = new Set<string>();
  const script: Script = (request, response) => {
    if (full.intercept(request, response)) return;
    if (request.path === "/auth/credentials") return signIn(request, response, sessions);
    const id = /ss-id=([^;]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
    if (!sessions.has(id)) return void response.writeHead(401).end();
    if (full.write !== null && request.method !== "GET") return full.write(request, response);
    answer(full, request, response);
  };
  const server = await startScriptedServer(script);
  const { log, lines } = createCaptureLogger();
  const connection = evoVoiceModule.connect({
    name: "evo",
    config: {
      username: "gateway@example.com",
      password: options.password ?? PASSWORD,
      accountIds: options.accountIds,
      format: options.format,
      baseUrl: server.url,
    },
    log,
    attemptTimeoutMs: options.attemptTimeoutMs ?? 5_000,
    defaultRegion: "US",
    now: options.now ?? (() => NOW),
  });
  return {
    world: full,
    connection,
    lines,
    to: (path) => server.requests.filter((request) => request.path === path),
    writes: () =>
      server.requests.filter(({ method, path }) => method !== "GET" && path !== "/auth/credentials"),
    signEverybodyOut: () => sessions.clear(),
    stop: async () => server[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await connection.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Ids are never used twice, so a session that was forgotten stays forgotten. */
let opened = 0;

function signIn(request: SeenRequest, response: ServerResponse, sessions: Set<string>): void {
  const { provider, password } = JSON.parse(request.body) as Record<string, unknown>;
  if (provider !== "credentials" || password !== PASSWORD) {
    return sendJson(response, { responseStatus: { errorCode: "Unauthorized", message: "Invalid" } }, 401);
  }
  const id = `session-${++opened}`;
  sessions.add(id);
  response
    .writeHead(200, {
      "content-type": "application/json",
      "set-cookie": [
        `ss-id=${id}; path=/; HttpOnly`,
        `ss-pid=p${id}; Expires=Tue, 01-Jan-2099 00:00:00 GMT; path=/`,
        "tracker=1; path=/",
      ],
    })
    .end("{}");
}

function answer(world: EvoWorld, request: SeenRequest, response: ServerResponse): void {
  const { path, query } = request;
  const send = (name: string, namespace: string, body: Row) => {
    if (!request.headers.accept?.includes("xml")) return sendJson(response, body);
    const xml = "items" in body ? toListXml(name, namespace, body) : toXml(name, namespace, body);
    response.writeHead(200, { "content-type": "application/xml; charset=utf-8" }).end(xml);
  };
  if (path === "/auth/status") {
    return send("UserInfo", USER_NAMESPACE, {
      isAuthenticated: true,
      ...(world.roles === undefined ? {} : { roles: world.roles }),
      accountIds: world.accountIds,
    });
  }
  if (path === "/sessions" || path.endsWith("/reply/ListSessions")) {
    const rows = query.get("searchArchive") === "true" ? world.archive : world.live;
    const ids = query.get("specificIds")?.split(",");
    const accounts = query.get("accountIds")?.split(",") ?? [];
    const found = rows.filter((row) => {
      if (typeof row !== "object" || row === null) return true;
      const { id, accountId } = row as Row;
      return (
        (ids?.includes(String(id)) ?? true) &&
        (accountId === undefined || accounts.includes(String(accountId)))
      );
    });
    return send("SessionInfo", SESSIONS_NAMESPACE, page(found, query, world.maxPerPage));
  }
  if (path === "/files") return send("FileInfo", FILES_NAMESPACE, page(world.files, query, world.maxPerPage));
  const file = /^\/files\/(.+)$/.exec(path)?.[1];
  const fileRow = world.files.find(({ id }) => id === file);
  if (fileRow) return send("FileInfo", FILES_NAMESPACE, fileRow);
  const chat = /^\/sessions\/(.+)\/transcript$/.exec(path)?.[1] ?? "";
  const messages = world.transcripts[chat];
  if (messages) return send("GetChatTranscriptResponse", SESSIONS_NAMESPACE, { messages });
  sendJson(response, { responseStatus: { errorCode: "NotFound", message: "no such thing" } }, 404);
}

/** In simplified mode the totals are nonsense, in normal mode `hasMorePages` is: each must be left unread. */
function page(rows: readonly unknown[], query: URLSearchParams, maxPerPage: number): Row {
  const size = Math.min(Number(query.get("countPerPage") ?? 25), maxPerPage);
  const start = Number(query.get("page") ?? 0) * size;
  const items = rows.slice(start, start + size);
  return query.get("simplifiedPaging") === "true"
    ? { items, totalCount: 0, totalPages: 0, hasMorePages: start + size < rows.length }
    : { items, totalCount: rows.length, totalPages: Math.ceil(rows.length / size), hasMorePages: false };
}
