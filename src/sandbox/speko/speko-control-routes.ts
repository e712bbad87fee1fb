import { jsonAnswer } from "../kit/json-answer.js";
import type { PathRoute } from "../kit/path-routes.js";
import {
  CANCEL_CALLBACK_BODY,
  DISPATCH_BODY,
  END_BODY,
  FINALIZE_BODY,
  MESSAGE_BODY,
  parseBody,
  PHONE_BODY,
  WEB_JOIN_BODY,
} from "./speko-bodies.js";
import { cancelCallback, dispatchCallback } from "./speko-callbacks.js";
import { addEvent, addTurn } from "./speko-calls.js";
import { endOnRequest } from "./speko-ending.js";
import { SPEKO_AGENTS } from "./speko-organization.js";
import { placeCall } from "./speko-outbound.js";
import { finalizeReport } from "./speko-reports.js";
import { agentOf, callbackOf, callOf, liveCallOf, post, type SpekoDesk } from "./speko-route.js";
import { callbackWire, finalizeWire } from "./speko-serialize.js";

/** Every write that is not a transfer (Speko reference §3.1, §4.7, §7). */
export function controlRoutes(desk: SpekoDesk): PathRoute[] {
  const { book } = desk;
  return [
    post("/v1/calls/:id/report/finalize", ({ body }, id) => {
      const call = callOf(desk, id);
      const { forceAnalysis = false, retryWebhook = false } = parseBody(FINALIZE_BODY, body);
      const asked = { forceAnalysis, retryWebhook };
      const { report, webhook } = finalizeReport(call, asked, book.now(), book.random);
      return jsonAnswer(200, finalizeWire(call, report, webhook));
    }),
    post("/v1/calls/:id/end", ({ body }, id) => {
      const call = callOf(desk, id);
      parseBody(END_BODY, body);
      if (call.endedAt !== null) {
        const ended_at = new Date(call.endedAt).toISOString();
        return jsonAnswer(200, { ok: true, status: "already_ended", ended_at });
      }
      endOnRequest(book.scene(call), book.now());
      return jsonAnswer(200, { ok: true, status: "ending" });
    }),
    post("/v1/calls/:id/messages", ({ body }, id) => {
      const call = liveCallOf(desk, id);
      const { text, mode } = parseBody(MESSAGE_BODY, body);
      const say = (who: "system" | "agent") =>
        addTurn(call, book.random, { who, text, lastsMs: 0 }, book.now());
      say(mode === "context" ? "system" : "agent");
      return jsonAnswer(200, { message_id: call.turns.at(-1)?.id });
    }),
    post("/v1/calls/:id/web-join", ({ body }, id) => {
      const call = liveCallOf(desk, id);
      const { displayName } = parseBody(WEB_JOIN_BODY, body);
      const identity = `web_${book.random.hex(8)}`;
      addEvent(call, book.random, book.now(), {
        provider: "livekit",
        eventType: "participant_joined",
        payload: { identity, ...(displayName === undefined ? {} : { name: displayName }) },
      });
      return jsonAnswer(200, {
        token: book.random.hex(64),
        url: desk.origin().replace(/^http/, "ws"),
        identity,
        roomName: call.roomName,
        expiresAt: new Date(book.now() + 600_000).toISOString(),
      });
    }),
    post("/v1/callbacks/:id/cancel", ({ body }, id) => {
      const callback = callbackOf(desk, id);
      const { reason = null } = parseBody(CANCEL_CALLBACK_BODY, body);
      cancelCallback(callback, reason, book.now());
      return jsonAnswer(200, callbackWire(callback));
    }),
    post("/v1/callbacks/:id/dispatch", ({ body }, id) => {
      const callback = callbackOf(desk, id);
      parseBody(DISPATCH_BODY, body);
      dispatchCallback(book, callback);
      return jsonAnswer(200, callbackWire(callback));
    }),
    post("/v1/sessions/phone", ({ body }) => {
      const { to, from, agentId, intent, metadata, firstMessage } = parseBody(PHONE_BODY, body);
      const agent = agentId === undefined ? null : agentOf(agentId);
      const number = from ?? agent?.number ?? SPEKO_AGENTS[0]?.number ?? null;
      const traits = {
        agentIndex: agent === null ? null : SPEKO_AGENTS.indexOf(agent),
        ...(intent === undefined ? {} : { language: intent.language }),
        ...(metadata === undefined ? {} : { metadata }),
      };
      const id = `dialled/${book.random.hex(16)}`;
      const call = placeCall(book, { id, from: number, to, traits, firstMessage }, book.now());
      return jsonAnswer(200, {
        sessionId: call.id,
        callControlId: call.phoneCall?.callControlId ?? "",
        roomName: call.roomName,
        status: call.status,
        to,
        from: number,
      });
    }),
  ];
}
