/** What `switchboard tail` says when it cannot go on, in the words of its own options. */
import { request as requestPlain, type ClientRequest } from "node:http";
import { request as requestSecure } from "node:https";

/** An error of the graph, as far as it is looked at. */
export interface GraphError {
  message: string;
  extensions?: { code?: string; inputPath?: readonly string[] };
}

/** Arguments of the subscription, and the options that become them. */
const OPTIONS: Readonly<Record<string, string>> = {
  after: "--after",
  "filter.address": "--address",
  "filter.text": "--text",
};

/** The messages of errors, a line each, with options in place of the graph's arguments. */
export function messagesOf(errors: readonly GraphError[]): string {
  return errors
    .map(({ message, extensions }) => {
      const path = extensions?.inputPath?.join(".") ?? "";
      const option = OPTIONS[path];
      return option !== undefined && message.startsWith(path)
        ? `${option}${message.slice(path.length)}`
        : message;
    })
    .join("\n");
}

/** True when the gateway has found fault with what it was asked, not with who asks, or with itself. */
export function isBadInput(errors: readonly GraphError[]): boolean {
  return errors.length > 0 && errors.every(({ extensions }) => extensions?.code === "BAD_USER_INPUT");
}

/** How long something may take to answer, milliseconds. */
const PATIENCE_MS = 5_000;

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host's name cannot be looked up",
  ECONNRESET: "the connection broke off",
};

/** Asks in plain HTTP why a WebSocket (`ws://…`, `wss://…`) does not open; a WebSocket does not say. Never rejects. */
export function whyUnreachable(url: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    const target = new URL(url.replace(/^ws/, "http"));
    const ask: typeof requestPlain = target.protocol === "https:" ? requestSecure : requestPlain;
    const request: ClientRequest = ask(target, { timeout: PATIENCE_MS, signal }, ({ statusCode = 0 }) => {
      resolve(`something answers there (HTTP ${statusCode}), but opens no WebSocket: is it a gateway?`);
      request.destroy();
    });
    request.on("timeout", () => {
      resolve("no answer");
      request.destroy();
    });
    request.on("error", (error: NodeJS.ErrnoException) => resolve(CAUSES[error.code ?? ""] ?? error.message));
    request.end();
  });
}
