/** A wire to a server that can be cut, refused or held, for tests of what happens when a server goes away. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface TcpProxy extends AsyncDisposable {
  /** The URL given, with the proxy's host and port. */
  readonly url: string;
  /** Connections taken or refused so far. */
  readonly attempts: number;
  /** Ends every connection, the way a server does that is killed. */
  cut(): void;
  /** While true, new connections are ended at once. */
  refuse: boolean;
  /** While true, nothing goes through in either direction, and nothing is ended. */
  stall: boolean;
  /**
   * Ends the next connection on which the client sends `text`: before the server has seen it, or after, so that the
   * client never learns what came of it.
   */
  cutAt(text: string, when: "before" | "after"): Promise<void>;
}

/** Starts a proxy to the host and port of `url`. Disposing ends it. */
export async function startTcpProxy(url: string): Promise<TcpProxy> {
  const target = new URL(url);
  const pairs = new Map<Socket, Socket>();
  let trap: { text: string; when: "before" | "after"; sprung(): void } | undefined;
  let attempts = 0;
  let stall = false;

  const server = createServer({ allowHalfOpen: false }, (client) => {
    attempts += 1;
    client.on("error", () => undefined);
    if (proxy.refuse) return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    upstream.on("error", () => undefined);
    pairs.set(client, upstream);
    let deaf = false;
    client.on("data", (data) => {
      if (trap !== undefined && data.includes(trap.text)) {
        const { when, sprung } = trap;
        trap = undefined;
        deaf = true;
        if (when === "before") upstream.destroy();
        else upstream.write(data);
        // The server's answer shows that it has done it.
        upstream.once(when === "before" ? "close" : "data", () => {
          client.destroy();
          upstream.destroy();
          sprung();
        });
        return;
      }
      upstream.write(data);
    });
    upstream.on("data", (data) => {
      if (!deaf) client.write(data);
    });
    client.on("close", () => {
      pairs.delete(client);
      upstream.destroy();
    });
    upstream.on("close", () => client.destroy());
    if (stall) hold(client, upstream);
  });
  const hold = (...sockets: Socket[]) => sockets.forEach((socket) => socket.pause());

  const proxy: TcpProxy = {
    url: "",
    get attempts() {
      return attempts;
    },
    refuse: false,
    cut() {
      for (const [client, upstream] of pairs) {
        client.destroy();
        upstream.destroy();
      }
    },
    get stall() {
      return stall;
    },
    set stall(value) {
      stall = value;
      for (const pair of pairs)
        for (const socket of pair)
          if (value) socket.pause();
          else socket.resume();
    },
    cutAt(text, when) {
      const { promise, resolve } = Promise.withResolvers<void>();
      trap = { text, when, sprung: resolve };
      return promise;
    },
    async [Symbol.asyncDispose]() {
      proxy.cut();
      server.close();
      await once(server, "close");
    },
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = new URL(url);
  own.hostname = "127.0.0.1";
  own.port = String((server.address() as AddressInfo).port);
  return Object.assign(proxy, { url: own.href });
}
