/** WSI, the PBX's WebSocket for events (PortSIP reference §6, §7.3). */
import type { Server } from "node:http";
import { WebSocketServer, type WebSocket } from "ws";
import { PBX_COMPANY } from "../world/companies.js";
import { PBX_LOGIN } from "./portsip-auth.js";
import { TENANT_ID, type PbxEvent, type PortsipBook } from "./portsip-book.js";
import { currentLeg, talkSeconds } from "./portsip-records.js";

/** Serves `/wsi` on the PBX's own port; answers what ends it. */
export function serveWsi(server: Server, book: PortsipBook): () => void {
  const sockets = new WebSocketServer({ server, path: "/wsi" });
  sockets.on("connection", (socket) => converse(socket, book));
  return () => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}

function converse(socket: WebSocket, book: PortsipBook): void {
  let isSignedIn = false;
  const topics = new Set<string>();
  const stop = book.listen((event) => {
    if (topics.has("cdr_events")) socket.send(JSON.stringify(toMessage(event)));
  });
  socket.on("close", stop);
  socket.on("message", (data: Buffer) => {
    const message = readMessage(data);
    const reply = (status: 0 | -1, error?: string) =>
      socket.send(
        JSON.stringify({
          command: message["command"],
          id: "1",
          status,
          ...(error === undefined ? {} : { error }),
        }),
      );
    if (message["command"] === "auth") {
      const { username, password, domain } = PBX_LOGIN;
      isSignedIn =
        message["username"] === username && message["password"] === password && message["domain"] === domain;
      return isSignedIn ? reply(0) : reply(-1, "invalid access token or credentials");
    }
    if (!isSignedIn) return reply(-1, "not authenticated");
    const named = Array.isArray(message["topics"]) ? message["topics"].map(String) : [];
    if (message["command"] === "subscribe") for (const topic of named) topics.add(topic);
    else if (message["command"] === "unsubscribe") for (const topic of named) topics.delete(topic);
    else return reply(-1, "unknown command");
    reply(0);
  });
}

function readMessage(data: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    // Answered as an unknown command.
    return {};
  }
}

const seconds = (ms: number | null): string => (ms === null ? "0" : String(Math.floor(ms / 1000)));
const DIRECTIONS = {
  EXTENSION_CALL: "ext",
  INBOUND_CALL: "in",
  OUTBOUND_CALL: "out",
  INBOUND_OUTBOUND_CALL: "in2out",
} as const;

/** Numbers here, strings there: as the vendor's samples have it (reference Q13). */
function toMessage({ type, session, at }: PbxEvent): Record<string, unknown> {
  const leg = currentLeg(session);
  const shared = {
    event_type: type,
    time: seconds(at),
    session_id: session.id,
    cdr_id: session.cdrId,
    tenant_id: TENANT_ID,
    direction: DIRECTIONS[session.direction],
    caller: leg.caller,
    did: session.did ?? "",
    outbound_caller_id: session.outboundCallerId ?? "",
  };
  if (type.startsWith("cdr_target")) return { ...shared, destiantion: leg.destination };
  const names = {
    callee: leg.callee,
    caller_display_name: leg.callerName ?? "",
    callee_display_name: leg.calleeName ?? "",
  };
  if (type !== "call_cdr") {
    return {
      ...shared,
      ...names,
      ...(type === "call_start" ? { call_id: session.callId, user_data: session.userData ?? "" } : {}),
    };
  }
  const talk = session.legs.reduce((sum, one) => sum + talkSeconds(one, at), 0);
  return {
    ...shared,
    ...names,
    call_id: session.callId,
    tenant_name: PBX_COMPANY,
    start_time: seconds(session.legs[0]?.startedAt ?? null),
    ring_time: seconds(leg.rangAt),
    answered_time: seconds(leg.answeredAt),
    ended_time: seconds(session.endedAt),
    ring_duration: "0",
    talk_duration: talk,
    call_status: session.legs.some((one) => one.answeredAt !== null)
      ? "answered"
      : leg.statusCode === 503
        ? "fail"
        : "noanswer",
    ended_reason: leg.endReason === "" ? "None" : leg.endReason.toLowerCase(),
    status_code: String(leg.statusCode),
    trunk_name: leg.trunk === null ? "" : `${leg.trunk}:1`,
    user_data: session.userData ?? "",
    call_targets: session.legs.map((one) => ({
      id: TENANT_ID,
      call_type: one.serviceNumber === null ? "normal_call" : "queue_call",
      caller: one.caller,
      callee: one.callee,
      destination: one.destination,
      start_time: seconds(one.startedAt),
      ring_time: seconds(one.rangAt),
      answered_time: seconds(one.answeredAt),
      ended_time: seconds(one.endedAt),
      ring_duration: "0",
      talk_duration: String(talkSeconds(one, at)),
      status: one.answeredAt === null ? "noanswer" : "answered",
      status_code: one.statusCode,
      end_reason: one.endReason === "" ? "None" : one.endReason.toLowerCase(),
    })),
  };
}
