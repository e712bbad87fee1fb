import type {
  Conversation,
  SandboxProviderName,
  SandboxServer,
  SandboxServerOptions,
  Step,
} from "../../src/sandbox/conversation.js";
import { startSandboxHttp } from "../../src/sandbox/kit/sandbox-http.js";

/** What a provider was told, in order; `step` is null for a beginning. */
export interface Telling {
  conversation: Conversation;
  step: Step | null;
  at: number;
}

export interface RecordingServer extends SandboxServer {
  readonly told: readonly Telling[];
  readonly options: SandboxServerOptions;
  readonly isClosed: boolean;
}

/** A provider that writes down what it is told and serves nothing but that. */
export async function startRecordingServer(
  name: SandboxProviderName,
  options: SandboxServerOptions,
): Promise<RecordingServer> {
  const told: Telling[] = [];
  let isClosed = false;
  const http = await startSandboxHttp({
    host: options.host,
    port: options.port,
    handle: () => ({ status: 200, body: JSON.stringify(told.length) }),
  });
  return {
    name,
    options,
    told,
    baseUrl: http.origin,
    environment: {
      [`${name.toUpperCase()}_BASE_URL`]: http.origin,
      [`${name.toUpperCase()}_TOKEN`]: "it's a secret",
    },
    requests: http.requests,
    pushes: [],
    forget: http.forget,
    webhookEnvironment: {},
    deliverTo: () => undefined,
    setFaults: http.setFaults,
    begin: (conversation) => void told.push({ conversation, step: null, at: conversation.startedAt }),
    apply: (conversation, step, at) => void told.push({ conversation, step, at }),
    records: () => ({}),
    get isClosed() {
      return isClosed;
    },
    close() {
      isClosed = true;
      return http.close();
    },
  };
}
