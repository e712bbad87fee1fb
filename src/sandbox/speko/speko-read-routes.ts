import { jsonAnswer } from "../kit/json-answer.js";
import type { PathRoute } from "../kit/path-routes.js";
import { notFound, SpekoRefusal } from "./speko-errors.js";
import { agentCallsPage, callbacksPage, sessionsPage } from "./speko-lists.js";
import { AGENTS_CREATED_AT, AGENTS_UPDATED_AT, ORGANIZATION, SPEKO_AGENTS } from "./speko-organization.js";
import type { Agent, Call } from "./speko-records.js";
import { agentOf, callbackOf, callOf, get, type SpekoDesk } from "./speko-route.js";
import {
  callbackWire,
  callWire,
  camelCased,
  eventWire,
  reportWire,
  sessionWire,
  turnWire,
} from "./speko-serialize.js";
import { streamCall } from "./speko-stream.js";

/** Everything that is read (Speko reference §3, §7, §8). */
export function readRoutes(desk: SpekoDesk): PathRoute[] {
  const { book, faultsFor } = desk;
  return [
    get("/v1/organization", () => jsonAnswer(200, ORGANIZATION)),
    get("/v1/agents", () => jsonAnswer(200, SPEKO_AGENTS.map(agentWire))),
    get("/v1/agents/:id", (_request, id) => jsonAnswer(200, agentWire(agentOf(id)))),
    get("/v1/agents/:id/calls", ({ query }, id) => {
      const agent = agentOf(id);
      const calls = book.calls().filter((one) => one.agent === agent);
      return jsonAnswer(200, agentCallsPage(calls, query));
    }),
    get("/v1/phone-numbers", () => jsonAnswer(200, SPEKO_AGENTS.map(phoneNumberWire))),
    get("/v1/callbacks", ({ query }) => jsonAnswer(200, callbacksPage(book.callbacks(), query))),
    get("/v1/callbacks/:id", (_request, id) => jsonAnswer(200, callbackWire(callbackOf(desk, id)))),
    get("/v1/sessions", ({ query, path }) =>
      jsonAnswer(200, sessionsPage(book.calls(), query, faultsFor(path))),
    ),
    get("/v1/sessions/:id", ({ path }, id) =>
      jsonAnswer(200, sessionWire(callOf(desk, id), faultsFor(path))),
    ),
    get("/v1/sessions/:id/transcript", (_request, id) => {
      const call = callOf(desk, id);
      const entries = call.turns.map((turn) => camelCased(turnWire(turn, call, book.now())));
      return jsonAnswer(200, { entries });
    }),
    get("/v1/sessions/:id/recording", (_request, id) => ({
      status: 302,
      headers: { location: recordingUrl(desk, callOf(desk, id)) },
      body: null,
    })),
    get("/v1/sessions/:id/stream", ({ query }, id) =>
      streamCall(callOf(desk, id), query.get("cursor"), desk),
    ),
    get("/v1/calls/:id", ({ path }, id) =>
      jsonAnswer(200, callWire(callOf(desk, id), book.now(), faultsFor(path))),
    ),
    get("/v1/calls/:id/events", (_request, id) => {
      const call = callOf(desk, id);
      const events = call.events.filter((event) => event.createdAt <= book.now());
      return jsonAnswer(200, { events: events.map((event) => eventWire(event, call)) });
    }),
    get("/v1/calls/:id/report", (_request, id) => {
      const call = callOf(desk, id);
      if (call.report === null) throw notFound("Report");
      return jsonAnswer(200, reportWire(call, call.report, book.now()));
    }),
    get("/v1/calls/:id/recording", (_request, id) =>
      jsonAnswer(200, { url: recordingUrl(desk, callOf(desk, id)) }),
    ),
  ];
}

function recordingUrl({ origin, book }: SpekoDesk, call: Call): string {
  if (call.recordingStatus !== "ready")
    throw new SpekoRefusal(404, "RECORDING_NOT_AVAILABLE", "No recording");
  return `${origin()}/media/${call.id}.mp3?signature=${book.random.hex(32)}`;
}

function agentWire(agent: Agent): Record<string, unknown> {
  return {
    id: agent.id,
    organizationId: ORGANIZATION.id,
    name: agent.name,
    systemPrompt: agent.systemPrompt,
    voice: agent.voice,
    intent: { language: agent.language, optimizeFor: "latency" },
    createdAt: AGENTS_CREATED_AT,
    updatedAt: AGENTS_UPDATED_AT,
  };
}

function phoneNumberWire(agent: Agent): Record<string, unknown> {
  return {
    id: agent.phoneNumberId,
    e164: agent.number,
    direction: "both",
    agentId: agent.id,
    label: agent.name,
    setupStatus: "ready",
  };
}
