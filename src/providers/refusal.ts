/** What a provider's 4xx becomes: problems of the input, in the graph's names, with the provider's words made safe. */
import type { ErrorCode } from "../errors/index.js";
import { redactText } from "../http/redact.js";
import type { InputProblem, RefusedCommand } from "./commands.js";

/**
 * Statuses that refuse a command and whose body says why: pass as `HttpRequest.accept`. 401 (log in again), 402 (the
 * account's credit) and 429 (later) are the connection's troubles and stay errors.
 */
export const REFUSAL_STATUSES: readonly number[] = Array.from(
  { length: 100 },
  (_, index) => 400 + index,
).filter((status) => ![401, 402, 429].includes(status));

/** One complaint in a provider's error body. */
export interface Complaint {
  message: string;
  /** What it is about, already as a path below the input in the graph's names; null: nothing in particular. */
  path?: readonly string[] | null;
}

/** Longest sentence of a provider that is passed on, characters. */
const MAX_TEXT = 300;

/** Builds the answer to a refused command. Without complaints the status speaks. */
export function toRefusal(
  status: number,
  provider: string,
  complaints: readonly Complaint[],
): RefusedCommand {
  const problems = complaints.flatMap(({ message, path }): InputProblem[] => {
    const text = safeText(message);
    return text === "" ? [] : [{ path: path ?? [], message: `${provider}: ${text}` }];
  });
  return {
    kind: "refused",
    code: toCode(status),
    problems: problems.length > 0 ? problems : [{ path: [], message: sentenceFor(status, provider) }],
  };
}

/**
 * A provider's words, safe to show: one line without markup, addresses, ids, credentials or whole telephone numbers.
 * Empty for what is no sentence at all (an HTML page, say).
 */
export function safeText(text: string): string {
  if (/<\/?[a-z!][^>]*>/i.test(text)) return "";
  const line = redactText(text)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, "[address]")
    .replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, "[id]")
    .replace(/(?:\/[\w.-]+){2,}/g, "[path]")
    .replace(/\s+at \S+ \([^)]*\)/g, "")
    .trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT - 1)}…` : line;
}

/** Member names of the provider in a sentence, replaced by ours: `first_party` reads `firstParty`. */
export function inOurNames(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/[A-Za-z][\w.]*/g, (word) => names.get(word) ?? word);
}

function toCode(status: number): ErrorCode {
  if (status === 403) return "PROVIDER_AUTH_FAILED";
  if (status === 404 || status === 410) return "NOT_FOUND";
  if (status === 405 || status === 501) return "NOT_SUPPORTED";
  if (status === 409 || status === 412 || status === 423) return "CONFLICT";
  return "BAD_USER_INPUT";
}

function sentenceFor(status: number, provider: string): string {
  if (status === 403) return `${provider} accepts the credentials, but they may not do this.`;
  if (status === 404 || status === 410) return `${provider} knows no such session any more.`;
  if (status === 405) return `${provider} cannot do this.`;
  if (status === 409) return `${provider} cannot do this in the state the session is in.`;
  return `${provider} did not accept this (${status}).`;
}
