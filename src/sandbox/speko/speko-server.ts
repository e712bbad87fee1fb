import type { SandboxServer, SandboxServerOptions } from "../conversation.js";
import { createPushLog } from "../kit/push-log.js";
import { createRandom } from "../kit/random.js";
import { startSandboxHttp, type SandboxHttp } from "../kit/sandbox-http.js";
import { createSpekoBook } from "./speko-book.js";
import type { SpekoAnswer } from "./speko-dialling.js";
import { SPEKO_SANDBOX_KEY } from "./speko-organization.js";
import { createSpekoRoutes } from "./speko-routes.js";
import { createSpekoWebhooks, SPEKO_WEBHOOK_KEY } from "./speko-webhooks.js";
import { callbackWire, callWire, eventWire, sessionRowWire } from "./speko-serialize.js";

/** Speko, with the switches that only it has. */
export interface SpekoSandboxServer extends SandboxServer {
  /**
   * What somebody does when a transfer, a callback or a call rings `to` from now on: at once, at the next look. Whoever
   * is being rung there by a transfer, or screened, does it this moment.
   * @param to exactly as transfers name it. Numbers nobody scripted pick up after three seconds; …86 is busy and …80
   *   does not answer
   */
  answers(to: string, behaviour: SpekoAnswer): void;
  /** How fast things follow that nobody scripted: 1 as in life, 0 at the next look. @default 1 */
  setPace(pace: number): void;
  /** With the prepaid credit used up, whatever costs money is refused with 402. @default true */
  setCredit(isLeft: boolean): void;
}

/** A server that speaks Speko's API of voice-AI calls, written from the reference alone. */
export async function startSpekoServer(options: SandboxServerOptions): Promise<SpekoSandboxServer> {
  const random = createRandom(options.seed).fork("speko");
  const book = createSpekoBook(random, options.now);
  const pushes = createPushLog(options.now);
  const webhooks = createSpekoWebhooks(book, random.fork("webhooks"), pushes);
  const closing = new AbortController();
  let isBroke = false;
  const handle = createSpekoRoutes({
    book,
    pushes,
    origin: () => http.origin,
    faultsFor: (path) => (path.includes(http.faults.path ?? "") ? http.faults : {}),
    closing: closing.signal,
    isBroke: () => isBroke,
  });
  const http: SandboxHttp = await startSandboxHttp({
    host: options.host,
    port: options.port,
    now: options.now,
    handle: (request) => handle(request),
  });

  return {
    name: "speko",
    baseUrl: http.origin,
    environment: { SPEKO_API_KEY: SPEKO_SANDBOX_KEY, SPEKO_BASE_URL: http.origin },
    webhookEnvironment: { SPEKO_WEBHOOK_SECRETS: `whsec_${SPEKO_WEBHOOK_KEY.toString("base64")}` },
    begin: (conversation) => void book.begin(conversation),
    apply: (conversation, step, at) => webhooks.look(book.apply(conversation, step, at)),
    deliverTo: webhooks.deliverTo,
    answers: book.answers,
    setPace: book.dialling.setPace,
    setCredit: (isLeft) => (isBroke = !isLeft),
    setFaults: http.setFaults,
    requests: http.requests,
    pushes: pushes.entries,
    forget() {
      pushes.forget();
      http.forget();
    },
    records() {
      const calls = book.calls();
      return {
        call: calls.map((call) => callWire(call, book.now(), http.faults)),
        session: calls.map((call) => sessionRowWire(call, http.faults)),
        event: calls.flatMap((call) => call.events.map((event) => eventWire(event, call))),
        callback: book.callbacks().map(callbackWire),
      };
    },
    async close() {
      closing.abort();
      webhooks.close();
      await http.close();
    },
  };
}
