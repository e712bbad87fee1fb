/** What Speko says when it refuses a command (Speko reference §9), in the graph's names. Pure. */
import { isJsonObject, type JsonObject, type JsonValue } from "../../model/index.js";
import type { RefusedCommand } from "../commands.js";
import { inOurNames, toRefusal, type Complaint } from "../refusal.js";
import type { SpekoReply } from "./speko.client.js";
import { COMMAND_MEMBERS, isOfTransfer, type SpekoCommandKind } from "./speko.command-rules.js";

/** Reads `{error, code, issues: [{path, message}]}`, or whatever else came. */
export function toSpekoRefusal({ status, json, text }: SpekoReply, kind: SpekoCommandKind): RefusedCommand {
  const members = Object.keys(COMMAND_MEMBERS[kind]);
  // Requests are camelCase like our own names; a sentence may still use the spelling of the answers.
  const names = new Map(members.map((name) => [toSnakeCase(name), name]));
  const complaints = readComplaints(json, text).map(({ message, path }) => ({
    message: inOurNames(message, names),
    path: toInputPath(path ?? [], members, kind),
  }));
  return toRefusal(status, "Speko", complaints);
}

/** Issues say what is wrong one by one, and the error's text is then only their headline. */
function readComplaints(json: JsonValue, text: string): Complaint[] {
  // A proxy's plain text is better than nothing; a page of HTML is dropped further on.
  if (!isJsonObject(json)) return [{ message: text }];
  const issues = Array.isArray(json["issues"]) ? json["issues"].filter(isJsonObject) : [];
  const complaints = issues.flatMap((issue): Complaint[] => {
    const { message } = issue;
    return typeof message === "string" ? [{ message, path: readPath(issue) }] : [];
  });
  if (complaints.length > 0) return complaints;
  const { error } = json;
  return typeof error === "string" ? [{ message: error }] : [];
}

/** `["destinations", 0, "to"]`, `"destinations.0.to"`, `"destinations[0].to"` and `"/destinations/0/to"` are one path. */
function readPath({ path }: JsonObject): string[] {
  const segments = typeof path === "string" ? path.split(/[.[\]/]+/) : Array.isArray(path) ? path : [];
  return segments.filter((segment) => segment !== "").map(String);
}

/** A path below the mutation's input; empty for what is not part of it. Odd segments and what follows are left out. */
function toInputPath(
  path: readonly string[],
  members: readonly string[],
  kind: SpekoCommandKind,
): readonly string[] {
  const [first = "", ...rest] = path[0] === "body" ? path.slice(1) : path;
  if (first === "id" && !isOfTransfer(kind)) return ["sessionId"];
  if (first === "transferId" && isOfTransfer(kind)) return ["transferId"];
  if (!members.includes(first)) return [];
  const odd = rest.findIndex((segment) => !/^[\w-]{1,64}$/.test(segment));
  return [first, ...(odd === -1 ? rest : rest.slice(0, odd))];
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
