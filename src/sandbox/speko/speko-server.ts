import type { SandboxServer, SandboxServerOptions } from "../conversation.js";
import { createRandom } from "../kit/random.js";
import { startSandboxHttp, type SandboxHttp } from "../kit/sandbox-http.js";
import { createSpekoBook } from "./speko-book.js";
import { SPEKO_SANDBOX_KEY } from "./speko-organization.js";
import { createSpekoRoutes } from "./speko-routes.js";
import { callbackWire, callWire, eventWire, sessionRowWire } from "./speko-serialize.js";

/** A server that speaks Speko's API of voice-AI calls, written from the reference alone. */
export async function startSpekoServer(options: SandboxServerOptions): Promise<SandboxServer> {
  const book = createSpekoBook(createRandom(options.seed).fork("speko"), options.now);
  const handle = createSpekoRoutes({
    book,
    origin: () => http.origin,
    faultsFor: (path) => (path.includes(http.faults.path ?? "") ? http.faults : {}),
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
    begin: book.begin,
    apply: book.apply,
    setFaults: http.setFaults,
    requests: http.requests,
    forget: http.forget,
    records() {
      const calls = book.calls();
      return {
        call: calls.map((call) => callWire(call, book.now(), http.faults)),
        session: calls.map((call) => sessionRowWire(call, http.faults)),
        event: calls.flatMap((call) => call.events.map((event) => eventWire(event, call))),
        callback: book.callbacks.map(callbackWire),
      };
    },
    close: http.close,
  };
}
