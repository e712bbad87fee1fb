import type { SandboxServer, SandboxServerOptions } from "../conversation.js";
import { createPushLog } from "../kit/push-log.js";
import { createRandom } from "../kit/random.js";
import { startSandboxHttp, type SandboxHttp } from "../kit/sandbox-http.js";
import { createPortsipAuth, type Generation } from "./portsip-auth.js";
import { createPortsipBook } from "./portsip-book.js";
import type { PbxAnswer } from "./portsip-dialling.js";
import { createTenantSettings } from "./portsip-directory.js";
import { PBX_LOGIN } from "./portsip-logins.js";
import { createPortsipRoutes } from "./portsip-routes.js";
import {
  callLogWire,
  cdrWire,
  recordingFileWire,
  sessionWire,
  type IdSpelling,
} from "./portsip-serialize.js";
import type { SipRequest } from "./portsip-sip.js";
import { deliverEvents } from "./portsip-webhooks.js";
import { serveWsi } from "./portsip-wsi.js";

/** The PBX, with the switches that only it has. */
export interface PortsipSandboxServer extends SandboxServer {
  /**
   * What somebody does when a call that was asked for, or a transfer, rings `number` from now on: at once. Whoever is
   * being rung there does it this moment. Numbers nobody scripted pick up after two seconds; short ones that are no
   * extension cannot be reached.
   * @param number digits count, a plus does not
   */
  answers(number: string, behaviour: PbxAnswer): void;
  /** How long people nobody scripted take to pick up: 1 as in life, 0 not at all. @default 1 */
  setPace(pace: number): void;
  /** Everything the PBX said to the phones, in order: holding and rewritten headers show nowhere else. */
  readonly sip: readonly SipRequest[];
  /** The code that a login with a second factor got by mail; null when none was sent. */
  readonly mailedCode: string | null;
  /** How REST spells session ids. @default "base64" */
  setIdSpelling(spelling: IdSpelling): void;
  /** Which login endpoints exist. @default "22.2" */
  setGeneration(generation: Generation): void;
  /** WSI moves to a port of its own, as 16.x has it (§6.1); answers its address, for `PORTSIP_WSI_URL`. */
  moveWsi(): Promise<string>;
  /** Whether its WebSocket for events lets anybody in; off, whoever is connected is thrown out. @default true */
  setWsi(isOpen: boolean): void;
  /** Every access token stops working. */
  expireTokens(): void;
  setExpiresIn(seconds: number): void;
  /** A session vanishes from the list of those that are up without any event, and no call log ever tells of it (§7.4). */
  lose(id: string): void;
}

/** What the tenant's event URL is called with, which is no secret. */
const WEBHOOK_TOKEN = "sandbox-webhook-token";

/** A server that speaks PortSIP's REST API and its WSI, written from the reference alone. */
export async function startPortsipServer(options: SandboxServerOptions): Promise<PortsipSandboxServer> {
  const random = createRandom(options.seed).fork("portsip");
  const book = createPortsipBook(random, options.now);
  const auth = createPortsipAuth(random.fork("tokens"), options.now);
  let spelling: IdSpelling = "base64";
  const tenant = createTenantSettings();
  const handle = createPortsipRoutes({
    book,
    tenant,
    auth,
    now: options.now,
    spelling: () => spelling,
    faultsFor: (path) => (path.includes(http.faults.path ?? "") ? http.faults : {}),
  });
  const http: SandboxHttp = await startSandboxHttp({
    host: options.host,
    port: options.port,
    now: options.now,
    handle: (request) => handle(request),
    isExempt: ({ path }) => path.startsWith("/api/auth/") || path.startsWith("/api/login"),
  });
  const pushes = createPushLog(options.now);
  const wsi = serveWsi({ server: http.server, book, pushes, now: options.now });
  const stopWebhooks = deliverEvents(book, tenant, pushes, options.now);

  return {
    name: "portsip",
    baseUrl: `${http.origin}/api`,
    environment: {
      PORTSIP_BASE_URL: `${http.origin}/api`,
      PORTSIP_USERNAME: PBX_LOGIN.username,
      PORTSIP_PASSWORD: PBX_LOGIN.password,
      PORTSIP_DOMAIN: PBX_LOGIN.domain,
    },
    webhookEnvironment: { PORTSIP_WEBHOOK_TOKEN: WEBHOOK_TOKEN },
    begin: book.begin,
    apply: book.apply,
    deliverTo(url) {
      tenant.cdr_event =
        url === null
          ? { enabled: false, auth: "DISABLE" }
          : { enabled: true, auth: "BEARER", token: WEBHOOK_TOKEN, url };
    },
    answers: book.dialling.script,
    setPace: book.dialling.setPace,
    sip: book.sip,
    get mailedCode() {
      return auth.mailedCode;
    },
    setFaults: http.setFaults,
    setIdSpelling: (value) => (spelling = value),
    moveWsi: () => wsi.moveToOwnPort(options.host),
    setGeneration: auth.setGeneration,
    setExpiresIn: auth.setExpiresIn,
    expireTokens: auth.expireTokens,
    lose: book.lose,
    requests: http.requests,
    pushes: pushes.entries,
    setWsi: wsi.setOpen,
    forget() {
      pushes.forget();
      http.forget();
    },
    records() {
      const sessions = book.sessions();
      const ended = sessions.filter((session) => session.endedAt !== null);
      const each = (write: typeof callLogWire) =>
        ended.flatMap((session) => session.legs.map((leg, index) => write(session, leg, index, http.faults)));
      return {
        session: sessions
          .filter((session) => session.endedAt === null)
          .map((session) => sessionWire(session, options.now(), spelling, http.faults)),
        callLog: each(callLogWire),
        cdr: each(cdrWire),
        recording: ended.flatMap((session) =>
          session.recordings.map((one) => ({
            $sessionId: session.id,
            $recordingId: one.id,
            ...recordingFileWire(one),
          })),
        ),
      };
    },
    async close() {
      book.stop();
      stopWebhooks();
      wsi.close();
      await http.close();
    },
  };
}
