/** How a call ends, and what is made of it afterwards. */
import type { Conversation } from "../conversation.js";
import type { Random } from "../kit/random.js";
import { addEvent } from "./speko-calls.js";
import type { Call } from "./speko-records.js";
import { finishReport, makeReport } from "./speko-reports.js";
import { abandonTransfers, type TransferScene } from "./speko-transfers.js";

/** How long after the end of a call its room is torn down, milliseconds. */
const TEARDOWN_MS = 400;

const END_STATUS: Readonly<Record<string, string>> = {
  "no-answer": "no_answer",
  busy: "busy",
  cancelled: "cancelled",
  failed: "failed",
};

/** Tears the room down. A status that lies keeps lying. */
export function endCall(
  scene: TransferScene,
  conversation: Conversation | null,
  reason: string,
  at: number,
  teardownMs = TEARDOWN_MS,
): void {
  const { call, random } = scene;
  if (call.endedAt !== null) return;
  call.endedAt = at + teardownMs;
  call.updatedAt = call.endedAt;
  call.status = conversation?.traits.status ?? END_STATUS[reason] ?? "ended";
  abandonTransfers(scene, at);
  addLastWords(call, random, reason, at);
  addEvent(call, random, call.endedAt, {
    provider: "livekit",
    eventType: "room_finished",
    status: "finished",
  });
}

function addLastWords(call: Call, random: Random, reason: string, at: number): void {
  const busy = reason === "busy";
  if (reason === "failed" || busy || reason === "no-answer") {
    addEvent(call, random, at, {
      provider: "telnyx",
      eventType: reason === "failed" ? "sip.dial_failed" : "call.hangup",
      status: "failed",
      failureCause: reason.replace("-", "_"),
      sipStatusCode: busy ? 486 : reason === "no-answer" ? 480 : 503,
      sipStatus: busy
        ? "Busy Here"
        : reason === "no-answer"
          ? "Temporarily Unavailable"
          : "Service Unavailable",
    });
  } else if (reason === "callee-hung-up") {
    addEvent(call, random, at, { provider: "speko", eventType: "call.end_tool.completed" });
  }
}

/** What is made of a call that nobody's script goes on with: its recording and its report, late as always. */
const MADE_AFTER_MS = {
  pending: 0,
  heuristic: 800,
  uploading: 1_500,
  ready: 3_000,
  completed: 5_000,
} as const;

/** Ends a call because somebody asked for it: a receipt now, the end when the room is down. */
export function endOnRequest(scene: TransferScene, at: number): void {
  const { call, agenda, dialling } = scene;
  if (call.isEnding) return;
  call.isEnding = true;
  agenda.at(at + dialling.takes(TEARDOWN_MS), (time) => {
    endCall(scene, null, "requested", time, 0);
    makeLeftovers(scene, time);
  });
}

/** The recording and the report of a call that ended without its conversation. */
export function makeLeftovers(scene: TransferScene, endedAt: number): void {
  const { call, agenda, dialling, random } = scene;
  const later = (stage: keyof typeof MADE_AFTER_MS, make: (at: number) => void) =>
    agenda.at(endedAt + dialling.takes(MADE_AFTER_MS[stage]), (time) => {
      call.updatedAt = Math.max(call.updatedAt, time);
      make(time);
    });
  const report = (analysis: "heuristic" | "completed", summary: string, outcome: string) => (at: number) => {
    const step = { do: "report" as const, analysis, summary, outcome };
    call.report = call.report ? finishReport(call.report, step, at) : makeReport(call, step, at, random);
  };
  later("heuristic", report("heuristic", "", "completed"));
  later("completed", report("completed", "The call was ended from outside.", "Ended on request"));
  if (call.answeredAt === null) return;
  for (const stage of ["pending", "uploading", "ready"] as const) {
    later(stage, (at) => setRecording(call, random, stage, at));
  }
}

export function setRecording(call: Call, random: Random, status: string, at: number): void {
  call.recordingStatus = status;
  if (status !== "ready") return;
  call.recordingDurationMs = Math.max(1, (call.endedAt ?? at) - (call.answeredAt ?? call.createdAt));
  addEvent(call, random, at, { provider: "livekit", eventType: "egress_ended", status: "complete" });
}
