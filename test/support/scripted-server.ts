import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as the server saw it. */
export interface SeenRequest {
  method: string;
  url: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
}

/** Answers one request. `count` is how many have come so far, this one included. */
export type Script = (request: SeenRequest, response: ServerResponse, count: number) => void | Promise<void>;

export interface ScriptedServer extends AsyncDisposable {
  url: string;
  /** Everything that arrived, in order. */
  requests: SeenRequest[];
  /** Replaces what happens from the next request on. */
  play(script: Script): void;
}

/** Starts a real HTTP server on a free port that answers as the script says. Disposing cuts every connection. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  let current = script;
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = request.url ?? "";
      const parsed = new URL(url, "http://sandbox");
      const seen: SeenRequest = {
        method: request.method ?? "",
        url,
        path: parsed.pathname,
        query: parsed.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      requests.push(seen);
      void current(seen, response, requests.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    play: (next) => {
      current = next;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Answers with JSON. */
export function sendJson(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** A script that answers with these statuses, one after the other; the last one repeats. */
export function statuses(...list: readonly (number | [number, Record<string, string>])[]): Script {
  return (_, response, count) => {
    const step = list[Math.min(count, list.length) - 1] ?? 200;
    const [status, headers] = typeof step === "number" ? [step, {}] : step;
    response.writeHead(status, headers).end(`${status}`);
  };
}
