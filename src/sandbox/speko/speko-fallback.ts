import { addEvent, addTurn } from "./speko-calls.js";
import type { Hunt } from "./speko-records.js";
import type { TransferScene } from "./speko-transfers.js";

/** Nobody took the call: what was asked for in that case happens (Speko reference §4.6, §6). */
export function applyFallback(scene: TransferScene, hunt: Hunt, at: number): void {
  const { call, random } = scene;
  const { fallback } = hunt;
  if (fallback === null) return;
  hunt.isFallbackApplied = true;
  // A conversation tells what is said next by its own steps.
  if (hunt.isTold) return;
  const { action, message, takeMessagePrompt } = fallback;
  addEvent(call, random, at, {
    provider: "speko",
    eventType: "transfer.warm.fallback",
    payload: { action, voicemail_detected: hunt.voicemailDetected },
  });
  for (const text of [message, action === "take_message" ? takeMessagePrompt : null]) {
    if (text !== null) addTurn(call, random, { who: "agent", text, lastsMs: 0 }, at);
  }
  if (action === "end_call") scene.endCall(at);
}
