/** List options (PortSIP reference §4): `top`, `skip`, `orderby`, and the subset of OData in `filter`. */

type Row = Readonly<Record<string, unknown>>;
type Test = (row: Row) => boolean;

/** What a list answers, or null when an option makes no sense. */
export function toList(rows: readonly Row[], query: URLSearchParams): { count: number; items: Row[] } | null {
  const top = Number(query.get("top") ?? 100);
  const skip = Number(query.get("skip") ?? 0);
  const test = parseFilter(query.get("filter") ?? "");
  if (!Number.isInteger(top) || top < 1 || top > 100 || !Number.isInteger(skip) || skip < 0 || test === null)
    return null;
  const search = query.get("search")?.toLowerCase() ?? "";
  const found = rows.filter(
    (row) => test(row) && (search === "" || JSON.stringify(row).toLowerCase().includes(search)),
  );
  const [field, direction] = (query.get("orderby") ?? "").split(/\s+/);
  if (field) {
    const sign = direction?.toLowerCase() === "desc" ? -1 : 1;
    found.sort((a, b) => sign * compare(a[field], b[field]));
  }
  return { count: found.length, items: found.slice(skip, skip + top) };
}

const TOKEN = /\s*(?:'((?:[^']|'')*)'|([A-Za-z_][\w]*)|(-?\d+(?:\.\d+)?)|([(),]))/y;

interface Token {
  kind: "text" | "word" | "number" | "mark";
  value: string;
}

function tokenize(filter: string): Token[] | null {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < filter.trimEnd().length) {
    const match = TOKEN.exec(filter);
    if (match === null) return null;
    const [, text, word, number, mark] = match;
    if (text !== undefined) tokens.push({ kind: "text", value: text.replaceAll("''", "'") });
    else if (word !== undefined) tokens.push({ kind: "word", value: word });
    else if (number !== undefined) tokens.push({ kind: "number", value: number });
    else tokens.push({ kind: "mark", value: mark ?? "" });
  }
  return tokens;
}

/** A test, or null for anything that is not the documented subset. */
export function parseFilter(filter: string): Test | null {
  if (filter.trim() === "") return () => true;
  const found = tokenize(filter);
  if (found === null) return null;
  const tokens: readonly Token[] = found;
  let at = 0;
  const next = () => tokens[at++];
  const isWord = (word: string) => tokens[at]?.kind === "word" && tokens[at]?.value.toLowerCase() === word;

  function alternatives(): Test | null {
    let left = conjunction();
    while (left !== null && isWord("or")) {
      at += 1;
      left = either(left, conjunction());
    }
    return left;
  }
  function conjunction(): Test | null {
    let left = comparison();
    while (left !== null && isWord("and")) {
      at += 1;
      left = both(left, comparison());
    }
    return left;
  }
  function comparison(): Test | null {
    const token = next();
    if (token?.value === "(") {
      const inner = alternatives();
      return next()?.value === ")" ? inner : null;
    }
    if (token?.kind !== "word") return null;
    const call = FUNCTIONS[token.value.toLowerCase()];
    if (call !== undefined && tokens[at]?.value === "(") {
      const [, field, , value, close] = [next(), next(), next(), next(), next()];
      return field?.kind === "word" && value?.kind === "text" && close?.value === ")"
        ? (row) => call(String(row[field.value] ?? ""), value.value)
        : null;
    }
    const operator = OPERATORS[next()?.value.toLowerCase() ?? ""];
    const value = next();
    if (operator === undefined || value === undefined || value.kind === "mark") return null;
    const field = token.value;
    return (row) =>
      operator(compare(row[field], value.kind === "number" ? Number(value.value) : value.value));
  }

  const test = alternatives();
  return at === tokens.length ? test : null;
}

function either(first: Test, second: Test | null): Test | null {
  return second && ((row) => first(row) || second(row));
}

function both(first: Test, second: Test | null): Test | null {
  return second && ((row) => first(row) && second(row));
}

const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

const FUNCTIONS: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  startswith: (text, part) => text.startsWith(part),
  endswith: (text, part) => text.endsWith(part),
  contains: (text, part) => text.includes(part),
};

/** Times are compared as times, whatever their number of fractional digits. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [x, y] = [String(a ?? ""), String(b ?? "")];
  if (/^\d{4}-\d\d-\d\dT/.test(x) && /^\d{4}-\d\d-\d\dT/.test(y)) return Date.parse(x) - Date.parse(y);
  return x < y ? -1 : x > y ? 1 : 0;
}
