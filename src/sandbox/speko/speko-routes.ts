import type { Faults } from "../conversation.js";
import { jsonAnswer } from "../kit/json-answer.js";
import { createPathRoutes, type PathRoute } from "../kit/path-routes.js";
import type { SandboxHttpAnswer, SandboxHttpRequest } from "../kit/sandbox-http.js";
import { silentMp3 } from "../kit/silence.js";
import {
  BLIND_BODY,
  CANCEL_BODY,
  COMPLETE_BODY,
  END_BODY,
  FINALIZE_BODY,
  parseBody,
  WARM_BODY,
} from "./speko-bodies.js";
import { endCall, type SpekoBook } from "./speko-book.js";
import { conflict, SpekoRefusal, unknownSession } from "./speko-errors.js";
import { agentCallsPage, sessionsPage } from "./speko-lists.js";
import {
  AGENTS_CREATED_AT,
  AGENTS_UPDATED_AT,
  ORGANIZATION,
  SPEKO_AGENTS,
  SPEKO_SANDBOX_KEY,
} from "./speko-organization.js";
import type { Agent, Call, Hunt, Transfer } from "./speko-records.js";
import { isTerminal } from "./speko-records.js";
import { finishReport, makeReport } from "./speko-reports.js";
import {
  callbackWire, callWire, eventWire, reportWire, sessionWire, transferResponseWire, transferWire, turnWire,
} from "./speko-serialize.js"; // prettier-ignore
import { streamCall } from "./speko-stream.js";
import { attempt, bridge, cancel } from "./speko-transfers.js";

export interface SpekoRoutesOptions {
  book: SpekoBook;
  origin(): string;
  faultsFor(path: string): Faults;
}

/** How long a recipient of a transfer asked for over HTTP rings before picking up, milliseconds. */
const PICK_UP_MS = 3_000;

/** Answers every request of the service (Speko reference §3, §7). */
export function createSpekoRoutes({ book, origin, faultsFor }: SpekoRoutesOptions) {
  const call = (id: string): Call => {
    const found = book.find(id);
    if (!found) throw unknownSession();
    return found;
  };
  const live = (id: string): Call => {
    const found = call(id);
    if (found.endedAt !== null) throw conflict("The call is not live any more");
    return found;
  };
  const transferOf = (found: Call, id: string): Transfer => {
    const transfer = found.transfers.find((candidate) => candidate.id === id);
    if (!transfer) throw new SpekoRefusal(404, "NOT_FOUND", "Transfer not found");
    return transfer;
  };
  const scene = (found: Call) => ({ call: found, agenda: book.agenda, random: book.random });
  const recording = (found: Call): string => {
    if (found.recordingStatus !== "ready")
      throw new SpekoRefusal(404, "RECORDING_NOT_AVAILABLE", "No recording");
    return `${origin()}/media/${found.id}.mp3?signature=${book.random.hex(32)}`;
  };
  const hunt = (
    kind: Hunt["kind"],
    identity: string | undefined,
    destinations: Hunt["destinations"],
    fallback: Hunt["fallback"],
  ): Hunt => ({
    kind,
    callerIdentity: identity ?? null,
    destinations,
    attempts: [],
    fallback,
    isFallbackApplied: false,
    voicemailDetected: false,
    completesItself: false,
  });

  const routes: PathRoute[] = [
    get("/v1/organization", () => jsonAnswer(200, ORGANIZATION)),
    get("/v1/agents", () => jsonAnswer(200, SPEKO_AGENTS.map(agentWire))),
    get("/v1/agents/:id", (_request, id) => jsonAnswer(200, agentWire(agentById(id)))),
    get("/v1/agents/:id/calls", ({ query }, id) => {
      const agent = agentById(id);
      return jsonAnswer(
        200,
        agentCallsPage(
          book.calls().filter((one) => one.agent === agent),
          query,
        ),
      );
    }),
    get("/v1/phone-numbers", () => jsonAnswer(200, SPEKO_AGENTS.map(phoneNumberWire))),
    get("/v1/callbacks", ({ query }) => {
      const source = query.get("source_session_id");
      const status = query.get("status");
      const rows = book.callbacks.filter(
        (one) => (source ?? one.source.id) === one.source.id && (status ?? one.status) === one.status,
      );
      return jsonAnswer(200, {
        callbacks: rows.slice(0, Number(query.get("limit") ?? 25)).map(callbackWire),
      });
    }),
    get("/v1/sessions", ({ query, path }) =>
      jsonAnswer(200, sessionsPage(book.calls(), query, faultsFor(path))),
    ),
    get("/v1/sessions/:id", ({ path }, id) => jsonAnswer(200, sessionWire(call(id), faultsFor(path)))),
    get("/v1/sessions/:id/transcript", (_request, id) => {
      const found = call(id);
      return jsonAnswer(200, {
        entries: found.turns.map((turn) => camelCased(turnWire(turn, found, book.now()))),
      });
    }),
    get("/v1/sessions/:id/recording", (_request, id) => ({
      status: 302,
      headers: { location: recording(call(id)) },
      body: null,
    })),
    get("/v1/sessions/:id/stream", ({ query }, id) => streamCall(call(id), query.get("cursor"), book)),
    get("/v1/calls/:id", ({ path }, id) => jsonAnswer(200, callWire(call(id), book.now(), faultsFor(path)))),
    get("/v1/calls/:id/events", (_request, id) => {
      const found = call(id);
      const events = found.events.filter((event) => event.createdAt <= book.now());
      return jsonAnswer(200, { events: events.map((event) => eventWire(event, found)) });
    }),
    get("/v1/calls/:id/report", (_request, id) => {
      const found = call(id);
      if (found.report === null) throw new SpekoRefusal(404, "NOT_FOUND", "Report not found");
      return jsonAnswer(200, reportWire(found, found.report, book.now()));
    }),
    get("/v1/calls/:id/recording", (_request, id) => jsonAnswer(200, { url: recording(call(id)) })),
    post("/v1/calls/:id/report/finalize", ({ body }, id) => {
      const found = call(id);
      parseBody(FINALIZE_BODY, body);
      const step = {
        do: "report" as const,
        analysis: "completed" as const,
        summary: "The caller was helped.",
        outcome: "completed",
      };
      found.report = found.report
        ? finishReport(found.report, { ...step, summary: "", outcome: "" }, book.now())
        : makeReport(found, step, book.now(), book.random);
      const { summary, outcome, costMicroUsd } = found.report;
      return jsonAnswer(200, {
        session_id: found.id,
        summary,
        outcome,
        cost_micro_usd: String(costMicroUsd),
        webhook: { delivered: true },
      });
    }),
    post("/v1/calls/:id/transfers/blind", ({ body }, id) => {
      const found = live(id);
      const { to, participantIdentity } = parseBody(BLIND_BODY, body);
      const destination = {
        ...ring(to),
        label: null,
        outboundTrunkId: null,
        screeningPrompt: null,
        summary: null,
        metadata: {},
      };
      const started = attempt(
        scene(found),
        hunt("blind", participantIdentity ?? found.callerIdentity, [destination], null),
        book.now(),
      );
      return jsonAnswer(201, transferWire(started, found));
    }),
    post("/v1/calls/:id/transfers/warm", ({ body }, id) => {
      const found = live(id);
      const input = parseBody(WARM_BODY, body);
      const wanted = input.destinations ?? [{ to: input.to ?? "" }];
      const destinations = wanted.map((one: { to: string } & Record<string, unknown>) => ({
        ...ring(one.to),
        label: (one["label"] as string | undefined) ?? null,
        outboundTrunkId: (one["outboundTrunkId"] as string | undefined) ?? input.outboundTrunkId ?? null,
        screeningPrompt: (one["screeningPrompt"] as string | undefined) ?? input.screeningPrompt ?? null,
        summary: (one["summary"] as string | undefined) ?? input.summary ?? null,
        metadata: (one["metadata"] as Record<string, unknown> | undefined) ?? input.metadata ?? {},
      }));
      const fallback = input.fallback
        ? {
            action: input.fallback.strategy,
            message: input.fallback.message ?? null,
            takeMessagePrompt: input.fallback.takeMessagePrompt ?? null,
            holdAudioUrl: input.fallback.holdAudioUrl ?? null,
          }
        : null;
      const started = attempt(
        scene(found),
        hunt("warm", input.participantIdentity ?? found.callerIdentity, destinations, fallback),
        book.now(),
      );
      return jsonAnswer(201, transferResponseWire(started, found, null));
    }),
    post("/v1/calls/:id/transfers/:transfer/complete", ({ body }, id, transferId) => {
      const found = live(id);
      const transfer = transferOf(found, transferId);
      const { summary, recipientParticipantIdentity } = parseBody(COMPLETE_BODY, body);
      if (transfer.kind !== "warm" || isTerminal(transfer))
        throw conflict("The transfer cannot be completed any more");
      transfer.summary = summary ?? transfer.summary;
      transfer.recipientIdentity = recipientParticipantIdentity ?? transfer.recipientIdentity;
      bridge(scene(found), transfer, book.now());
      return jsonAnswer(200, transferWire(transfer, found));
    }),
    post("/v1/calls/:id/transfers/:transfer/cancel", ({ body }, id, transferId) => {
      const found = call(id);
      const transfer = transferOf(found, transferId);
      const { tryNext = false, voicemailDetected = false, reason, summary } = parseBody(CANCEL_BODY, body);
      transfer.summary = summary ?? transfer.summary;
      const next = cancel(
        scene(found),
        transfer,
        { tryNext, voicemailDetected, reason: reason ?? null },
        book.now(),
      );
      return jsonAnswer(200, transferResponseWire(transfer, found, next));
    }),
    post("/v1/calls/:id/end", ({ body }, id) => {
      const found = call(id);
      parseBody(END_BODY, body);
      if (found.endedAt !== null) {
        return jsonAnswer(200, {
          ok: true,
          status: "already_ended",
          ended_at: new Date(found.endedAt).toISOString(),
        });
      }
      endCall(found, null, "callee-hung-up", book.now(), book.random);
      return jsonAnswer(200, { ok: true, status: "ending" });
    }),
  ];
  const find = createPathRoutes(routes);

  return async (request: SandboxHttpRequest): Promise<SandboxHttpAnswer> => {
    // A signed address is its own credential.
    if (request.path.startsWith("/media/")) {
      return { status: 200, headers: { "content-type": "audio/mpeg" }, body: silentMp3() };
    }
    try {
      if (request.headers.authorization !== `Bearer ${SPEKO_SANDBOX_KEY}`)
        throw new SpekoRefusal(401, "UNAUTHORIZED", "Unauthorized");
      const found = find(request);
      if (found === "path" || found === "method") throw new SpekoRefusal(404, "NOT_FOUND", "Not found");
      return await found.route.answer(request, ...found.segments);
    } catch (error) {
      if (!(error instanceof SpekoRefusal)) throw error;
      const { status, message, code, issues } = error;
      return jsonAnswer(status, { error: message, code, ...(issues ? { issues } : {}) });
    }
  };
}

function get(pattern: string, answer: PathRoute["answer"]): PathRoute {
  return { method: "GET", pattern, answer: (request, ...segments) => answer(request, ...segments) };
}

function post(pattern: string, answer: PathRoute["answer"]): PathRoute {
  return { method: "POST", pattern, answer };
}

function agentById(id = ""): Agent {
  const agent = SPEKO_AGENTS.find((candidate) => candidate.id === id);
  if (!agent) throw new SpekoRefusal(404, "AGENT_NOT_FOUND", "Agent not found");
  return agent;
}

/** Numbers asked for over HTTP pick up, unless their last digits say otherwise: …86 is busy, …80 does not answer. */
function ring(to: string): { to: string; outcome: "answered" | "busy" | "no-answer"; afterMs: number } {
  const outcome = to.endsWith("86") ? "busy" : to.endsWith("80") ? "no-answer" : "answered";
  return { to, outcome, afterMs: PICK_UP_MS };
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

/** The sessions' spelling of a turn. */
export function camelCased(wire: Record<string, unknown>): Record<string, unknown> {
  const rename = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(wire).map(([name, value]) => [rename(name), value]));
}
