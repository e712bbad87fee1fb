/** The live stream of one call as server-sent events (Speko reference §8). */
import type { SandboxHttpAnswer } from "../kit/sandbox-http.js";
import { invalid } from "./speko-errors.js";
import type { Call } from "./speko-records.js";
import type { SpekoDesk } from "./speko-route.js";
import { camelCased, eventWire, turnWire } from "./speko-serialize.js";

/** How often the stream looks for news, and how long it lasts before it asks to be opened again. Milliseconds. */
const LOOK_EVERY_MS = 200;
const ROTATE_AFTER_MS = 10 * 60 * 1000;
/** Events this much older than the cursor come again. */
const OVERLAP_MS = 2_000;

/** Everything after the cursor, then what happens, until the call is over. */
export function streamCall(
  call: Call,
  cursor: string | null,
  { book, pushes }: Pick<SpekoDesk, "book" | "pushes">,
): SandboxHttpAnswer {
  const match = /^(-?\d+):(\d+)$/.exec(cursor ?? "-1:0");
  if (match === null) throw invalid("cursor", "Expected <lastTurnIndex>:<lastEventCreatedMs>");
  let lastTurn = Number(match[1]);
  let lastEvent = Number(match[2]) - OVERLAP_MS;
  let lastStatus = "";
  return {
    status: 200,
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    body: null,
    stream(response) {
      const openedAt = book.now();
      const send = (event: string, data: unknown) => {
        pushes.note("stream", event);
        response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      };
      const look = () => {
        const now = book.now();
        book.find(call.id);
        const endedAt =
          call.endedAt !== null && call.endedAt <= now ? new Date(call.endedAt).toISOString() : null;
        if (`${call.status} ${endedAt}` !== lastStatus) send("status", { status: call.status, endedAt });
        lastStatus = `${call.status} ${endedAt}`;
        for (const turn of call.turns.filter(({ index, endsAt }) => index > lastTurn && endsAt <= now)) {
          send("transcript", { ...camelCased(turnWire(turn, call, now)), toolCalls: [] });
          lastTurn = turn.index;
        }
        for (const event of call.events.filter(
          ({ createdAt }) => createdAt > lastEvent && createdAt <= now,
        )) {
          send("event", eventWire(event, call));
          lastEvent = Math.max(lastEvent, event.createdAt);
        }
        if (endedAt !== null) finish("session_ended");
        else if (now - openedAt > ROTATE_AFTER_MS) finish("timeout");
      };
      const finish = (reason: string) => {
        clearInterval(timer);
        send("end", { reason });
        response.end();
      };
      const timer = setInterval(look, LOOK_EVERY_MS);
      timer.unref();
      response.on("close", () => clearInterval(timer));
      look();
    },
  };
}
