/** What one client, and all of them together, may take of the gateway. */
export interface LiveLimits {
  /** Bytes that wait for a client to read them; beyond it the client is closed. */
  maxBufferedBytes: number;
  /** Messages that wait for a client to read them. */
  maxBufferedMessages: number;
  /** Operations at a time on one WebSocket. */
  operationsPerSocket: number;
  /** WebSockets and event streams at a time of one principal; null: any number. */
  connectionsPerPrincipal: number | null;
  /** How often clients are pinged, ms. One that gives no sign between two pings is closed. */
  keepAliveMs: number;
  /** How long a closed client may take to read what waits for it and the reason, ms; then it is cut off. */
  closeMs: number;
  /** How long a new socket may take to say who it is, ms. */
  connectionInitMs: number;
}

/** Bytes of one message from a client: as much as of a request over HTTP. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
