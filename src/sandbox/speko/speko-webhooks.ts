/** Events posted to the organization's webhook endpoint, signed as Standard Webhooks (Speko reference §11). */
import { createHmac } from "node:crypto";
import { deliver } from "../kit/deliver.js";
import type { PushLog } from "../kit/push-log.js";
import type { Random } from "../kit/random.js";
import type { SpekoBook } from "./speko-book.js";
import { ORGANIZATION } from "./speko-organization.js";
import type { Call } from "./speko-records.js";

/** The endpoint's signing secret, which is no secret. */
export const SPEKO_WEBHOOK_KEY = Buffer.from("switchboard sandbox signing key!");

/** When a delivery that was not acknowledged is tried again, milliseconds. The real pauses are not published. */
const RETRY_AFTER_MS = [1_000, 5_000, 30_000] as const;
/** How often what nobody's step brought about is looked for, milliseconds. */
const LOOK_EVERY_MS = 250;

export interface SpekoWebhooks {
  /** From now on everything new goes there; null: nowhere. What is over by now is not told. */
  deliverTo(url: string | null): void;
  /** Something may have happened in a call. */
  look(call: Call): void;
  close(): void;
}

/** What a call was when it was last told. */
interface Told {
  status: string;
  analysis: string | undefined;
  recording: string | null;
}

const stateOf = ({ status, report, recordingStatus }: Call): Told => ({
  status,
  analysis: report?.analysis,
  recording: recordingStatus,
});

export function createSpekoWebhooks(book: SpekoBook, random: Random, pushes: PushLog): SpekoWebhooks {
  const closing = new AbortController();
  const told = new Map<string, Told>();
  let url: string | null = null;
  let timer: NodeJS.Timeout | undefined;

  function look(call: Call): void {
    if (url === null) return;
    const before = told.get(call.id);
    const now = stateOf(call);
    told.set(call.id, now);
    if (before?.status !== now.status) send(call, "call.status", {});
    if (before?.analysis !== now.analysis && call.report !== null)
      send(call, "call.report", { summary: call.report.summary, outcome: call.report.outcome });
    // Once a call, when nothing more will come of it.
    if (before?.recording !== now.recording && (now.recording === "ready" || now.recording === "failed"))
      send(call, "call.recording", { recording_url: null });
  }

  function send(call: Call, type: string, members: Record<string, unknown>): void {
    const to = url;
    if (to === null) return;
    const id = `msg_${random.hex(24)}`;
    const body = JSON.stringify({
      type,
      call_id: call.id,
      session_id: call.id,
      organization_id: ORGANIZATION.id,
      agent_id: call.agent?.id ?? null,
      direction: call.direction,
      status: call.status,
      ...members,
    });
    const make = () => {
      // Each try is signed for its own time.
      const timestamp = Math.floor(Date.now() / 1000);
      const mac = createHmac("sha256", SPEKO_WEBHOOK_KEY).update([id, timestamp, body].join("."));
      const headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": `v1,${mac.digest("base64")}`,
      };
      return { method: "POST" as const, url: to, headers, body };
    };
    const push = pushes.note("webhook", type);
    void deliver(make, { pausesMs: RETRY_AFTER_MS, signal: closing.signal }).then(
      (status) => (push.status = status),
    );
  }

  return {
    look,
    deliverTo(next) {
      url = next;
      clearInterval(timer);
      if (url === null) return;
      for (const call of book.calls()) told.set(call.id, stateOf(call));
      timer = setInterval(() => {
        for (const call of book.calls()) look(call);
      }, LOOK_EVERY_MS);
      timer.unref();
    },
    close() {
      clearInterval(timer);
      closing.abort();
    },
  };
}
