import type { SandboxServer, SandboxServerOptions } from "../conversation.js";
import { createRandom } from "../kit/random.js";
import { startSandboxHttp, type SandboxHttp } from "../kit/sandbox-http.js";
import { isLoginPath } from "./evo-auth-routes.js";
import { createEvoBook } from "./evo-book.js";
import { FILE_INFO, SESSION_INFO } from "./evo-contracts.js";
import { GATEWAY_LOGIN, createDirectory } from "./evo-directory.js";
import { createEvoLogins } from "./evo-login.js";
import { atOrigin } from "./evo-reads.js";
import { createEvoRoutes } from "./evo-routes.js";
import { toJsonValue } from "./evo-serialize.js";

/** The hosted phone system, with what only it has. */
export interface EvoSandboxServer extends SandboxServer {
  /** Every cookie stops working; Basic goes on. */
  expireLogins(): void;
  /**
   * Names of the operations that requests reached since the last `forget`, by whatever route, refused ones included:
   * what proves that nobody comes near `DeleteSessions`.
   */
  readonly operations: readonly string[];
}

/**
 * A server that speaks Evo Voice's HTTP API in JSON and XML, written from the reference alone. `records()` has live and
 * archived sessions as lists carry them, and files and chat messages each with a `$sessionId`, which the wire lacks.
 */
export async function startEvoServer(options: SandboxServerOptions): Promise<EvoSandboxServer> {
  const random = createRandom(options.seed).fork("evo");
  const directory = createDirectory(random);
  const book = createEvoBook(directory, random, options.now);
  const logins = createEvoLogins(random.fork("logins"));
  const operations: string[] = [];

  const handle = createEvoRoutes({
    book,
    directory,
    logins,
    random: random.fork("requests"),
    now: options.now,
    faultsFor: (path) => (path.includes(http.faults.path ?? "") ? http.faults : {}),
    origin: () => http.origin,
    onOperation: (name) => void operations.push(name),
  });
  const http: SandboxHttp = await startSandboxHttp({
    host: options.host,
    port: options.port,
    now: options.now,
    handle: (request) => handle(request),
    isExempt: (request) => isLoginPath(request.path),
  });

  return {
    name: "evo",
    baseUrl: http.origin,
    environment: {
      EVO_VOICE_USERNAME: GATEWAY_LOGIN.userName,
      EVO_VOICE_PASSWORD: GATEWAY_LOGIN.password,
      EVO_VOICE_BASE_URL: http.origin,
    },
    begin: book.begin,
    apply: book.apply,
    webhookEnvironment: {},
    deliverTo: () => undefined,
    setFaults: http.setFaults,
    expireLogins: logins.expireAll,
    operations,
    requests: http.requests,
    pushes: [],
    forget() {
      operations.length = 0;
      http.forget();
    },
    records() {
      const sessions = [...book.sessions(false), ...book.sessions(true)];
      return {
        session: sessions.map(({ info }) => toJsonValue(info, SESSION_INFO, http.faults)),
        file: sessions.flatMap(({ info, files }) =>
          files.map((file) => ({
            // A file does not say on the wire whose it is: the filter that finds it does.
            $sessionId: info.id,
            ...toJsonValue(atOrigin(file, http.origin), FILE_INFO, http.faults),
          })),
        ),
        transcriptMessage: sessions.flatMap(({ info, messages }) =>
          messages.map((message) => ({ $sessionId: info.id, ...message })),
        ),
      };
    },
    close: http.close,
  };
}
