/** Stands between a gateway and a provider and makes the way there bad: cut connections, late answers, lists that come in another order and with rows twice. */
import {
  Agent,
  createServer,
  request as sendRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** How bad it is: chances from 0 to 1. */
export interface Badness {
  /** The connection is cut before the provider sees the request. */
  drop: number;
  /** It is cut after the provider has answered. */
  cut: number;
  /** The answer is late by up to 40 ms. */
  delay: number;
  /** Rows of a list change places within their page. */
  reorder: number;
  /** A row of a list comes twice within its page. */
  duplicate: number;
}

export interface ManglingProxy {
  /** The provider's base URL as the gateway is told it. */
  readonly url: string;
  set(badness: Partial<Badness>): void;
  close(): Promise<void>;
}

/** What a page's size is called in requests, by whichever provider. */
const SIZES = ["countPerPage", "limit", "top"];

export interface ManglingProxyOptions {
  /** Rows of a list's page at most, whatever was asked for: servers have maximums. @default none */
  maxRows?: number;
  /** Called when the provider has answered a page of a list that the gateway has yet to see. */
  onPage?: () => Promise<void>;
}

/** @param chance 0 to 1, the next of a seeded stream */
export async function startManglingProxy(
  target: string,
  chance: () => number,
  { maxRows = Infinity, onPage }: ManglingProxyOptions = {},
): Promise<ManglingProxy> {
  const upstream = new URL(target);
  const agent = new Agent({ keepAlive: true });
  let badness: Partial<Badness> = {};
  const happens = (what: keyof Badness) => chance() < (badness[what] ?? 0);

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (happens("drop")) return void incoming.socket.destroy();
    const body = await buffer(incoming);
    const forward = sendRequest({
      host: upstream.hostname,
      port: upstream.port,
      path: withSmallPages(incoming.url ?? "/"),
      method: incoming.method,
      headers: { ...incoming.headers, connection: "keep-alive" },
      agent,
    });
    forward.end(body);
    const [answer] = (await once(forward, "response")) as [IncomingMessage];
    const content = await buffer(answer);
    if (SIZES.some((size) => incoming.url?.includes(`${size}=`))) await onPage?.();
    if (happens("delay")) await sleep(chance() * 40);
    if (happens("cut")) return void incoming.socket.destroy();
    const isList = incoming.method === "GET" && /json/.test(answer.headers["content-type"] ?? "");
    const sent = isList ? mangle(content) : content;
    const headers = { ...answer.headers, "content-length": String(sent.length) };
    delete headers["transfer-encoding"];
    outgoing.writeHead(answer.statusCode ?? 500, headers).end(sent);
  }

  function withSmallPages(path: string): string {
    const [place = "", text] = path.split("?");
    if (text === undefined) return path;
    const query = new URLSearchParams(text);
    for (const size of SIZES) {
      const asked = query.get(size);
      if (asked !== null) query.set(size, String(Math.min(Number(asked), maxRows)));
    }
    return `${place}?${query.toString()}`;
  }

  function mangle(content: Buffer): Buffer {
    const value: unknown = content.length === 0 ? null : JSON.parse(content.toString("utf8"));
    if (typeof value !== "object" || value === null || Array.isArray(value)) return content;
    // Only lists of sessions or of steps: what hangs off one session has an order that means something.
    const keys = ["objects", "items", "entries"].filter((key) =>
      Array.isArray((value as Record<string, unknown>)[key]),
    );
    let isChanged = false;
    for (const key of keys) {
      const rows = (value as Record<string, unknown[]>)[key] as unknown[];
      if (rows.length > 1 && happens("reorder")) {
        for (let at = rows.length - 1; at > 0; at -= 1) {
          const other = Math.floor(chance() * (at + 1));
          [rows[at], rows[other]] = [rows[other], rows[at]];
        }
        isChanged = true;
      }
      if (rows.length > 0 && happens("duplicate")) {
        rows.push(rows[Math.floor(chance() * rows.length)]);
        isChanged = true;
      }
    }
    return isChanged ? Buffer.from(JSON.stringify(value)) : content;
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${upstream.pathname === "/" ? "" : upstream.pathname}`,
    set: (next) => void (badness = next),
    async close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, "close");
    },
  };
}
