/** Requests that a provider makes by itself, to whoever has asked to be told. */

export interface Delivery {
  method: "GET" | "POST";
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Of a POST. */
  body: string;
}

/** A world that is made up calls nobody outside: its people have entered addresses that are made up as well. */
export function isThisMachine(url: string): boolean {
  return URL.canParse(url) && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}

/** Sends it, and again after each of the pauses until it is acknowledged with a 2xx. Resolves with the last status; null: none. */
export async function deliver(
  make: () => Delivery,
  { pausesMs, signal }: { pausesMs: readonly number[]; signal: AbortSignal },
): Promise<number | null> {
  for (let tries = 0; ; tries += 1) {
    const status = await send(make(), signal);
    const pause = pausesMs[tries];
    if ((status !== null && status >= 200 && status < 300) || pause === undefined || signal.aborted)
      return status;
    await new Promise((resolve) => setTimeout(resolve, pause).unref());
  }
}

async function send({ method, url, headers, body }: Delivery, signal: AbortSignal): Promise<number | null> {
  try {
    const post = method === "POST" ? { body } : {};
    const response = await fetch(url, { method, headers, redirect: "manual", signal, ...post });
    await response.body?.cancel();
    return response.status;
  } catch {
    // Nobody is there, or the sandbox ends.
    return null;
  }
}
