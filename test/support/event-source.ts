/** Reads an event stream as the HTML standard has browsers read it. */
export interface StreamEvent {
  event: string;
  data: string;
}

export interface OpenStream extends AsyncDisposable {
  readonly response: Response;
  /** The next event; null when the stream has ended. Throws when it broke off. */
  next(): Promise<StreamEvent | null>;
  /** Comments so far. */
  readonly comments: readonly string[];
  /** Hangs up. */
  abort(): void;
}

/** Sends a request and reads what comes as a stream. */
export async function openStream(url: string, init: RequestInit = {}): Promise<OpenStream> {
  const hangUp = new AbortController();
  const headers = { accept: "text/event-stream", ...(init.headers as Record<string, string>) };
  const response = await fetch(url, { ...init, headers, signal: hangUp.signal });
  const comments: string[] = [];
  const events = read(response, comments);
  return {
    response,
    comments,
    abort: () => hangUp.abort(),
    async next() {
      const { value } = await events.next();
      return value ?? null;
    },
    [Symbol.asyncDispose]() {
      hangUp.abort();
      return Promise.resolve();
    },
  };
}

async function* read(response: Response, comments: string[]): AsyncGenerator<StreamEvent, null> {
  if (response.body === null) return null;
  let rest = "";
  let event = "message";
  let data: string[] = [];
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { event, data: data.join("\n") };
        event = "message";
        data = [];
      } else if (line.startsWith(":")) comments.push(line.slice(1));
      else {
        const [, field, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
        if (field === "event") event = value;
        if (field === "data") data.push(value);
      }
    }
  }
  return null;
}

/** A request with an operation in its body. */
export function posted(body: object, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}
