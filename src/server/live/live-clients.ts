/** Everybody who is connected for longer than an answer: pinged in turn, counted, and sent away when the gateway ends. */
import type { LiveLimits } from "./limits.js";

/** A WebSocket or an event stream. */
export interface LiveClient {
  /** Once every `keepAliveMs`: notice whether anybody is still there. */
  beat(): void;
  /** The gateway goes away: end subscriptions now, and everything once what is in flight is answered. */
  leave(): void;
  /** End at once. */
  terminate(): void;
}

export interface LiveClients {
  /** False from the moment the gateway drains. */
  accepting(): boolean;
  /** Answers what takes the client out again. */
  add(client: LiveClient): () => void;
  /** A place among the principal's connections, or null when they are all taken. The answer gives it back. */
  seat(principalName: string): (() => void) | null;
  /** Asks everybody to leave. */
  leave(): void;
  /** Cuts off whoever is still there. */
  terminate(): void;
}

/** Pings are spread over the period: ten thousand at once would hold up what is to be delivered meanwhile. */
const SLOTS = 10;

/** Builds the registry; its timer ends with `leave`. */
export function createLiveClients({
  keepAliveMs,
  connectionsPerPrincipal,
}: Pick<LiveLimits, "keepAliveMs" | "connectionsPerPrincipal">): LiveClients {
  const slots = Array.from({ length: SLOTS }, () => new Set<LiveClient>());
  const seats = new Map<string, number>();
  let accepting = true;
  let next = 0;
  let turn = 0;
  const each = (act: (client: LiveClient) => void) => {
    for (const slot of slots) for (const client of [...slot]) act(client);
  };
  const timer = setInterval(() => {
    turn = (turn + 1) % SLOTS;
    for (const client of [...(slots[turn] ?? [])]) client.beat();
  }, keepAliveMs / SLOTS);
  timer.unref();

  return {
    accepting: () => accepting,
    add(client) {
      next = (next + 1) % SLOTS;
      const slot = slots[next];
      slot?.add(client);
      return () => void slot?.delete(client);
    },
    seat(principalName) {
      const taken = seats.get(principalName) ?? 0;
      if (connectionsPerPrincipal !== null && taken >= connectionsPerPrincipal) return null;
      seats.set(principalName, taken + 1);
      let given = false;
      return () => {
        if (given) return;
        given = true;
        const left = (seats.get(principalName) ?? 1) - 1;
        if (left > 0) seats.set(principalName, left);
        else seats.delete(principalName);
      };
    },
    leave() {
      accepting = false;
      clearInterval(timer);
      each((client) => client.leave());
    },
    terminate: () => each((client) => client.terminate()),
  };
}
