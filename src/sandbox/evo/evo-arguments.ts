import { EvoRefusal, invalidArgument } from "./evo-errors.js";

/**
 * The members of a request, wherever they came from. Names bind whatever their case; empty values count as left out
 * (Evo Voice reference §1).
 */
export class EvoArguments {
  private readonly members = new Map<string, unknown>();

  /** Later sources win over earlier ones: a path segment over the body over the query. */
  constructor(...sources: Readonly<Record<string, unknown>>[]) {
    for (const source of sources) {
      for (const [name, value] of Object.entries(source)) this.members.set(name.toLowerCase(), value);
    }
  }

  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "object") throw serialisation(name, value);
    return String(value);
  }

  /** As `text`, but with empty text as it came: for members that a body may blank. */
  content(name: string): string | undefined {
    return this.raw(name) === "" ? "" : this.text(name);
  }

  /** @throws EvoRefusal 400 when it is missing */
  required(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw invalidArgument(name, `'${name}' should not be empty.`);
    return text;
  }

  /** `a,b`, repeated keys, JSV `[a,b]` or a JSON array. Undefined when left out or empty. */
  list(name: string): string[] | undefined {
    const value = this.raw(name);
    if (value === undefined || value === null) return undefined;
    const parts = Array.isArray(value) ? value.map(String) : [String(value)];
    const items = parts
      .flatMap((part) => part.replace(/^\[(.*)\]$/, "$1").split(","))
      .map((item) => item.trim().replace(/^"(.*)"$/, "$1"))
      .filter((item) => item !== "");
    return items.length === 0 ? undefined : items;
  }

  flag(name: string): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined || text === "false") return false;
    if (text === "true") return true;
    throw serialisation(name, text);
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^-?\d{1,9}$/.test(text)) throw serialisation(name, text);
    return Number(text);
  }

  /** A day `YYYY-MM-DD` or a full ISO 8601 time, as epoch ms; days begin at midnight UTC. */
  time(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const time = /^\d{4}-\d{2}-\d{2}([T ].*)?$/.test(text) ? Date.parse(text) : NaN;
    if (Number.isNaN(time)) throw serialisation(name, text);
    return time;
  }

  /** Enum members bind whatever their case. */
  oneOf<T extends string>(name: string, known: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = known.find((member) => member.toLowerCase() === text.toLowerCase());
    if (found === undefined) throw serialisation(name, text);
    return found;
  }

  private raw(name: string): unknown {
    return this.members.get(name.toLowerCase());
  }
}

/** Query parameters as members; a key that is repeated becomes a list. */
export function fromQuery(query: URLSearchParams): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key);
    members[key] = values.length === 1 ? values[0] : values;
  }
  return members;
}

function serialisation(name: string, value: unknown): EvoRefusal {
  return new EvoRefusal(
    400,
    "RequestBindingException",
    `Unable to bind request: '${JSON.stringify(value)}' is not a value of '${name}'`,
    name,
  );
}
