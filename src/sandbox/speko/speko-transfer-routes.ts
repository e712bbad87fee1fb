import { setTimeout as wait } from "node:timers/promises";
import type { z } from "zod";
import { jsonAnswer } from "../kit/json-answer.js";
import type { PathRoute } from "../kit/path-routes.js";
import { BLIND_BODY, CANCEL_BODY, COMPLETE_BODY, parseBody, WARM_BODY } from "./speko-bodies.js";
import type { Call, Destination, Hunt, Transfer } from "./speko-records.js";
import { callOf, liveCallOf, post, transferOf, type SpekoDesk } from "./speko-route.js";
import { transferResponseWire, transferWire } from "./speko-serialize.js";
import { attempt, cancel, complete } from "./speko-transfers.js";

/** How long a destination rings when the request does not say, and how often somebody held looks. Milliseconds. */
const RINGING_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 20;

/** Starting, completing and cancelling transfers (Speko reference §3.1, §4.6, §6). */
export function transferRoutes(desk: SpekoDesk): PathRoute[] {
  const { book } = desk;
  return [
    post("/v1/calls/:id/transfers/blind", ({ body }, id) => {
      const call = liveCallOf(desk, id);
      const hunt = blindHunt(call, parseBody(BLIND_BODY, body));
      return jsonAnswer(201, transferWire(attempt(book.scene(call), hunt, book.now()), call));
    }),
    post("/v1/calls/:id/transfers/warm", async ({ body }, id) => {
      const call = liveCallOf(desk, id);
      const input = parseBody(WARM_BODY, body);
      const hunt = warmHunt(call, input);
      const started = attempt(book.scene(call), hunt, book.now());
      const active = input.waitUntilAnswered === true ? await untilDecided(desk, call, hunt) : started;
      return jsonAnswer(201, transferResponseWire(active, call, null));
    }),
    post("/v1/calls/:id/transfers/:transfer/complete", ({ body }, id, transferId) => {
      const known = transferOf(callOf(desk, id), transferId);
      const call = liveCallOf(desk, id);
      const { summary = null, recipientParticipantIdentity = null } = parseBody(COMPLETE_BODY, body);
      const given = { summary, recipientIdentity: recipientParticipantIdentity };
      complete(book.scene(call), known, given, book.now());
      return jsonAnswer(200, transferWire(known, call));
    }),
    post("/v1/calls/:id/transfers/:transfer/cancel", ({ body }, id, transferId) => {
      const call = callOf(desk, id);
      const transfer = transferOf(call, transferId);
      const {
        tryNext = false,
        voicemailDetected = false,
        reason = null,
        summary = null,
      } = parseBody(CANCEL_BODY, body);
      const given = { tryNext, voicemailDetected, reason, summary };
      const next = cancel(book.scene(call), transfer, given, book.now());
      return jsonAnswer(200, transferResponseWire(transfer, call, next));
    }),
  ];
}

/** Resolves with the attempt that was answered, or with the last one when nobody did. */
async function untilDecided({ book, closing }: SpekoDesk, call: Call, hunt: Hunt): Promise<Transfer> {
  for (;;) {
    book.find(call.id);
    const active = hunt.attempts.at(-1) as Transfer;
    if (active.status !== "requested") return active;
    await wait(LOOK_EVERY_MS, undefined, { signal: closing, ref: false });
  }
}

function blindHunt(call: Call, input: z.infer<typeof BLIND_BODY>): Hunt {
  const { to, participantIdentity, ringingTimeout, playDialtone, headers } = input;
  return {
    ...newHunt("blind", call, participantIdentity, ringingTimeout),
    destinations: [newDestination(to)],
    details: defined({
      participant_identity: participantIdentity,
      play_dialtone: playDialtone,
      ringing_timeout: ringingTimeout,
      headers,
    }),
  };
}

function warmHunt(call: Call, input: z.infer<typeof WARM_BODY>): Hunt {
  const { to = "", destinations = [{ to }], ringingTimeout, fallback, voicemailDetection } = input;
  return {
    ...newHunt("warm", call, input.participantIdentity, ringingTimeout),
    destinations: destinations.map((one) => ({
      ...newDestination(one.to),
      ...defined({ label: "label" in one ? one.label : undefined }),
      outboundTrunkId:
        ("outboundTrunkId" in one ? one.outboundTrunkId : null) ?? input.outboundTrunkId ?? null,
      screeningPrompt:
        ("screeningPrompt" in one ? one.screeningPrompt : null) ?? input.screeningPrompt ?? null,
      summary: ("summary" in one ? one.summary : null) ?? input.summary ?? null,
      metadata: { ...input.metadata, ...("metadata" in one ? one.metadata : {}) },
    })),
    fallback: fallback
      ? {
          action: fallback.strategy,
          message: fallback.message ?? null,
          takeMessagePrompt: fallback.takeMessagePrompt ?? null,
          holdAudioUrl: fallback.holdAudioUrl ?? null,
        }
      : null,
    detectsVoicemail: voicemailDetection?.enabled !== false && voicemailDetection?.mode !== "disabled",
    details: defined({
      from: input.from,
      ringing_timeout: ringingTimeout,
      wait_until_answered: input.waitUntilAnswered,
      voicemail_detection: voicemailDetection,
    }),
  };
}

function newHunt(
  kind: Hunt["kind"],
  call: Call,
  participantIdentity: string | undefined,
  ringingTimeout: number | undefined,
): Hunt {
  return {
    kind,
    callerIdentity: participantIdentity ?? call.callerIdentity,
    destinations: [],
    attempts: [],
    fallback: null,
    isFallbackApplied: false,
    voicemailDetected: false,
    isTold: false,
    ringingTimeoutMs: ringingTimeout === undefined ? RINGING_TIMEOUT_MS : ringingTimeout * 1000,
    detectsVoicemail: true,
    details: {},
  };
}

function newDestination(to: string): Destination {
  return {
    to,
    label: null,
    outboundTrunkId: null,
    screeningPrompt: null,
    summary: null,
    metadata: {},
    told: null,
  };
}

/** Without the members nobody gave. */
function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
