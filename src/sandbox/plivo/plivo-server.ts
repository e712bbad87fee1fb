import type { SandboxServer, SandboxServerOptions, StepKind } from "../conversation.js";
import { createPushLog } from "../kit/push-log.js";
import { createRandom } from "../kit/random.js";
import { startSandboxHttp, type SandboxHttp } from "../kit/sandbox-http.js";
import { PLIVO_ACCOUNT } from "./plivo-accounts.js";
import { createPlivoBook } from "./plivo-book.js";
import { createPlivoCallbacks } from "./plivo-callbacks.js";
import { legsOf } from "./plivo-calls.js";
import { DEFAULT_MODES, type PlivoModes } from "./plivo-modes.js";
import { ownerOf, toWireCall, toWireRecording } from "./plivo-resources.js";
import { createPlivoRoutes } from "./plivo-routes.js";
import { toWireRow, type WriteStyle } from "./plivo-serialize.js";

/** The masking provider, with the switches that only it has. */
export interface PlivoSandboxServer extends SandboxServer {
  /** Changes how undecided details are answered from the next request on; what is left out stays. */
  setModes(modes: Partial<PlivoModes>): void;
  /**
   * Makes one step happen in a session that was made through the API, as `apply` does in a conversation: somebody dials
   * the virtual number, picks up, hangs up. @throws Error when there is no such session
   */
  happen(uuid: string, step: StepKind): void;
}

/** A server that speaks Plivo's masking session API, written from the reference alone. */
export async function startPlivoServer(options: SandboxServerOptions): Promise<PlivoSandboxServer> {
  const random = createRandom(options.seed).fork("plivo");
  const modes: PlivoModes = { ...DEFAULT_MODES };
  const pushes = createPushLog(options.now);
  const callbacks = createPlivoCallbacks({ random: random.fork("callbacks"), modes, pushes });
  const { now, havePeople = false } = options;
  const book = createPlivoBook({ random, now, callbacks, havePeople });

  const handle = createPlivoRoutes({
    book,
    modes,
    random: random.fork("requests"),
    now: options.now,
    faultsFor: (path) => (path.includes(http.faults.path ?? "") ? http.faults : {}),
    origin: () => http.origin,
  });
  const http: SandboxHttp = await startSandboxHttp({
    host: options.host,
    port: options.port,
    now: options.now,
    handle: (request) => handle(request),
  });

  return {
    name: "plivo",
    baseUrl: http.origin,
    environment: {
      PLIVO_AUTH_ID: PLIVO_ACCOUNT.authId,
      PLIVO_AUTH_TOKEN: PLIVO_ACCOUNT.authToken,
      PLIVO_BASE_URL: http.origin,
    },
    // Callbacks are signed with the Auth Token.
    webhookEnvironment: {},
    begin: book.begin,
    apply: book.apply,
    happen: (uuid, step) => book.happen(uuid, { at: 0, ...step }, now()),
    deliverTo: book.deliverTo,
    setFaults: http.setFaults,
    setModes: (changed) => void Object.assign(modes, changed),
    requests: http.requests,
    pushes: pushes.entries,
    forget() {
      pushes.forget();
      http.forget();
    },
    records() {
      const style: WriteStyle = { modes, faults: http.faults, now: options.now() };
      const sessions = book.sessions();
      const rows = sessions.map((session) => toWireRow(session, PLIVO_ACCOUNT.authId, style));
      return {
        session: rows,
        interaction: rows.flatMap(({ interaction }) =>
          Array.isArray(interaction) ? (interaction as Record<string, unknown>[]) : [],
        ),
        call: sessions.flatMap((session) =>
          session.interactions.flatMap((interaction) =>
            legsOf(interaction).map((leg) => toWireCall(session, interaction, leg, ownerOf(session))),
          ),
        ),
        recording: sessions.flatMap((session) =>
          session.interactions
            .map(({ recording }) => recording)
            .filter((recording) => recording !== null)
            .map((recording) => toWireRecording(recording, ownerOf(session), http.origin)),
        ),
      };
    },
    close() {
      book.stop();
      callbacks.close();
      return http.close();
    },
  };
}
