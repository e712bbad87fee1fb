/** Events posted to the addresses that the tenant entered (PortSIP reference §7.1, §7.2). */
import type { SandboxPush } from "../conversation.js";
import type { PushLog } from "../kit/push-log.js";
import type { EventUrl } from "./portsip-bodies.js";
import type { PortsipBook } from "./portsip-book.js";
import type { TenantSettings } from "./portsip-directory.js";
import type { Message } from "./portsip-messages.js";
import { createSubscription } from "./portsip-push.js";

/** When a delivery that was not acknowledged is tried again, milliseconds. */
const RETRY_AFTER_MS = [15_000, 60_000, 180_000, 480_000, 900_000] as const;

/** Begins to deliver; answers what ends it. A request that is not answered does not hold up the next. */
export function deliverEvents(
  book: PortsipBook,
  tenant: TenantSettings,
  pushes: PushLog,
  now: () => number,
): () => void {
  const closing = new AbortController();
  const calls = createSubscription(book);
  calls.add("cdr_events", {}, now());
  const others = createSubscription(book);
  for (const topic of ["extension_events", "queue_events"] as const) others.add(topic, {}, now());
  const stop = book.listen((event) => {
    for (const [to, subscription] of [
      [tenant.cdr_event, calls],
      [tenant.extension_event, others],
    ] as const) {
      if (!to.enabled) continue;
      for (const message of subscription.messages(event)) {
        const push = pushes.note("webhook", String(message["event_type"] ?? ""));
        void deliver(to, { message, push }, closing.signal, 0);
      }
    }
  });
  return () => {
    stop();
    closing.abort();
  };
}

interface Delivery {
  message: Message;
  push: SandboxPush;
}

async function deliver(
  to: EventUrl,
  delivery: Delivery,
  signal: AbortSignal,
  attempt: number,
): Promise<void> {
  const status = await post(to, delivery.message, signal);
  delivery.push.status = status;
  const waitMs = RETRY_AFTER_MS[attempt];
  // Anything but 200 is no acknowledgement; 404 says that nobody is there.
  if (status === 200 || status === 404 || waitMs === undefined || signal.aborted) return;
  const timer = setTimeout(() => void deliver(to, delivery, signal, attempt + 1), waitMs);
  timer.unref();
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
}

/** @returns the status, or null when nobody answered */
async function post(to: EventUrl, message: Message, signal: AbortSignal): Promise<number | null> {
  try {
    const response = await fetch(to.url ?? "", {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8", ...authorization(to) },
      body: JSON.stringify(message),
      redirect: "manual",
      signal,
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    // Down, unreachable or no address at all: tried again like any other failure.
    return null;
  }
}

/** Digest would need the receiver's challenge first, which nobody here answers. */
function authorization({ auth, username, password, token }: EventUrl): Record<string, string> {
  switch (auth) {
    case "BASIC":
      return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
    case "BEARER":
      return { authorization: `Bearer ${token}` };
    case "DIGEST":
    case "DISABLE":
      return {};
  }
}
