/** A real HTTP server that plays a PBX, as little of it as a test says, and keeps what it was asked. */
import type { ServerResponse } from "node:http";
import { portsipModule } from "../../../src/providers/portsip/portsip.module.js";
import type { ProviderConnection, SessionPage } from "../../../src/providers/provider.js";
import { createCaptureLogger, type LogLine } from "../../support/capture-logger.js";
import {
  sendJson,
  startScriptedServer,
  type ScriptedServer,
  type SeenRequest,
} from "../../support/scripted-server.js";

export const NOW = Date.parse("2026-03-01T12:00:00Z");
export const PASSWORD = "correct-horse-battery";
export const MINUTE_MS = 60_000;

/** Answers what it knows; false for what it does not, which then is a 404. */
export type Route = (request: SeenRequest, response: ServerResponse) => boolean;

export interface Pbx extends AsyncDisposable {
  connection: ProviderConnection;
  lines: LogLine[];
  server: ScriptedServer;
  /** Requests other than logins, in order. */
  asked(): SeenRequest[];
  /** Logins and refreshes, in order. */
  logins(): SeenRequest[];
  /** Makes every token given so far a dead one. */
  killTokens(): void;
  setNow(now: number): void;
}

export interface PbxOptions {
  /** Overrides the login; false leaves it to the ordinary one. */
  login?: Route;
  config?: Record<string, string | undefined>;
  /** False: every bearer token is good. @default true */
  checksTokens?: boolean;
  /** Milliseconds for one attempt of a read. @default 5000 */
  attemptTimeoutMs?: number;
}

/** Starts a PBX of the newest generation, with a connection to it. */
export async function startPbx(route: Route = () => false, options: PbxOptions = {}): Promise<Pbx> {
  let given = 0;
  let deadUpTo = 0;
  let now = NOW;
  const server = await startScriptedServer((request, response) => {
    if (isLogin(request)) {
      if (options.login?.(request, response)) return;
      if (!["/api/auth/sign_in", "/api/auth/refresh_token"].includes(request.path))
        return void response.writeHead(404).end();
      given += 1;
      return sendJson(response, tokens(given));
    }
    const token = /^Bearer token-(\d+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (options.checksTokens !== false && (token === undefined || Number(token) <= deadUpTo))
      return void response.writeHead(401).end();
    if (!route(request, response)) response.writeHead(404).end();
  });
  const { log, lines } = createCaptureLogger();
  const connection = portsipModule.connect({
    name: "portsip",
    config: {
      baseUrl: `${server.url}/api`,
      username: "gateway",
      password: PASSWORD,
      domain: "example.test",
      ...options.config,
    },
    log,
    attemptTimeoutMs: options.attemptTimeoutMs ?? 5_000,
    defaultRegion: "US",
    now: () => now,
  });
  return {
    connection,
    lines,
    server,
    asked: () => server.requests.filter((request) => !isLogin(request)),
    logins: () => server.requests.filter(isLogin),
    killTokens: () => {
      deadUpTo = given;
    },
    setNow: (next) => {
      now = next;
    },
    async [Symbol.asyncDispose]() {
      await connection.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** What a login answers; its refresh token is good once. */
export function tokens(number: number): object {
  return {
    token_type: "Bearer",
    access_token: `token-${number}`,
    refresh_token: `refresh-${number}`,
    expires_in: 1800,
  };
}

export function isLogin({ path }: SeenRequest): boolean {
  return /^\/api\/(?:auth\/(?:sign_in|refresh_token)|login(?:\/oauth\/token)?)$/.test(path);
}

/** A list's envelope. */
export function listOf(items: readonly unknown[], count = items.length): object {
  return { count, items };
}

/** A PBX that has these sessions up and these rows in its call log, newest first as asked for. */
export function worldOf(sessions: readonly { id: string }[], logs: readonly Log[] = []): Route {
  return ({ path, query }, response) => {
    if (path === "/api/sessions") sendJson(response, listOf(sessions));
    else if (path.startsWith("/api/sessions/")) {
      const session = sessions.find(({ id }) => id === decodeURIComponent(path.slice(14)));
      if (session === undefined) response.writeHead(404).end();
      else sendJson(response, session);
    } else if (path === "/api/calllogs") sendJson(response, listOf(select(logs, query)));
    else return false;
    return true;
  };
}

/** A row of the call log. */
export type Log = Record<string, unknown>;

function select(logs: readonly Log[], query: URLSearchParams): Log[] {
  const filter = query.get("filter") ?? "";
  const sessionId = /^session_id eq '(.*)'$/.exec(filter)?.[1];
  if (sessionId !== undefined) return logs.filter((log) => log["session_id"] === sessionId);
  const [, from = "", to = ""] = /^started_at ge '(.*)' and started_at lt '(.*)'$/.exec(filter) ?? [];
  const isIn = (at: number) => at >= Date.parse(from) && at < Date.parse(to);
  const skip = Number(query.get("skip"));
  return logs.filter((log) => isIn(Date.parse(String(log["started_at"])))).slice(skip, skip + 100);
}

/** A live session, every field of PortSIP reference §3.2. */
export function session(given: Record<string, unknown> = {}, call: Record<string, unknown> = {}) {
  return {
    id: "812345678901234567",
    calls: [
      {
        caller: "1001",
        caller_display_name: "Front Desk",
        callee: "1002",
        trunk: null,
        started_at: "2026-03-01T11:59:00Z",
        talking_time: 42,
        ...call,
      },
    ],
    ...given,
  };
}

/** A row of the call log, every field of §5.2. */
export function callLog(given: Log = {}): Log {
  return {
    id: "812345678901234560",
    session_id: "812345678901234567",
    caller: "1001",
    callee: "1002",
    caller_domain: "example.test",
    callee_domain: "example.test",
    caller_display_name: "Front Desk",
    callee_display_name: "Sales",
    started_at: "2026-03-01T10:00:00.123456Z",
    rang_at: "2026-03-01T10:00:02Z",
    answered_at: "2026-03-01T10:00:05Z",
    ended_at: "2026-03-01T10:00:40Z",
    call_id: "abc@192.0.2.1",
    direction: "EXTENSION_CALL",
    end_reason: "CALLER_DISCONNECTED",
    reroute_reason: "",
    status_code: 0,
    destination: "",
    outbound_caller_id: "",
    did_cid: "",
    trunk: "",
    duration: 35,
    service_number: "",
    user_data: "",
    ...given,
  };
}

export async function collect(pages: AsyncIterable<SessionPage>): Promise<SessionPage[]> {
  const all: SessionPage[] = [];
  for await (const page of pages) all.push(page);
  return all;
}
