/** A refused write, in the graph's names (§6). */
import type { HttpAnswer } from "../../http/http-client.js";
import type { RefusedCommand } from "../commands.js";
import { inOurNames, toRefusal, type Complaint } from "../refusal.js";
import { toCamelCase } from "../wire/index.js";
import { EVO_VOICE, type MemberNames } from "./evo-voice.command-rules.js";
import { refusalEnvelope, type ErrorEnvelope } from "./evo-voice.errors.js";

/** What was asked for, as far as it matters for why it was refused. */
export interface RefusedWrite {
  members: MemberNames;
  /** Something is done to a session rather than made. */
  hasSession: boolean;
  /** Only logins with the role User may do it (§5). */
  needsUserRole: boolean;
}

/**
 * Turns a 4xx into the answer to the command: what the status means here, where its own words would mislead, and what the
 * envelope says. HTML and empty bodies leave the status to speak.
 */
export function toEvoVoiceRefusal(answer: HttpAnswer, write: RefusedWrite): RefusedCommand {
  const envelope = refusalEnvelope(answer);
  const said = envelope === null ? [] : toComplaints(envelope, write);
  const meaning = meaningOf(answer.status, write, said.length > 0);
  return toRefusal(answer.status, EVO_VOICE, [...(meaning === null ? [] : [{ message: meaning }]), ...said]);
}

function meaningOf(status: number, write: RefusedWrite, isExplained: boolean): string | null {
  // Whatever the body says: it is the setting that has to change.
  if (status === 403 && write.needsUserRole) {
    return "The connection's login needs the role User, and the session's account, for this; other roles may only read.";
  }
  if (isExplained) return null;
  if (status === 404 && write.hasSession) {
    return "It has no such session among the current ones; archived ones, older than about 15 days, cannot be changed.";
  }
  if (status === 404)
    return "It does not know what this refers to, or has no such route at the connection's base URL.";
  if (status === 405) return "Its route for this does not work.";
  return null;
}

/** Errors of single members say all that the envelope's own message says, which copies the first of them. */
function toComplaints({ code, message, errors }: ErrorEnvelope, write: RefusedWrite): Complaint[] {
  const names = new Map(Object.entries(write.members));
  if (write.hasSession) names.set("sessionId", "sessionId");
  const complaints = errors.flatMap((error): Complaint[] => {
    if (error.message === null) return [];
    const field = error.fieldName === null ? null : fieldOf(error.fieldName);
    const ours = field === null ? undefined : names.get(field);
    return [
      {
        message: inGraphNames(error.message, field, names),
        path: ours === undefined ? null : [ours],
      },
    ];
  });
  if (complaints.length > 0) return complaints;
  if (message !== null) return [{ message: inGraphNames(message, null, names) }];
  return code === null ? [] : [{ message: `It answered ${code}.` }];
}

/** `Request.ToAddress` and `toAddress` are one member. */
function fieldOf(fieldName: string): string {
  return toCamelCase(fieldName.slice(fieldName.lastIndexOf(".") + 1).replace(/\[\d*\]$/, ""));
}

/** Ids of the provider (§3.1): ObjectIds, and the carrier's of two letters and 32 digits. */
const RECORD_ID = /\b(?:[0-9a-f]{24}|[A-Z]{2}[0-9a-f]{32})\b/g;

/**
 * Members that a sentence names, in our names. A name of one word may be no name at all ("the destination is busy"), so it
 * is replaced only where the complaint is about that member.
 */
function inGraphNames(message: string, field: string | null, names: ReadonlyMap<string, string>): string {
  const words = [...names]
    .filter(([wire]) => wire === field || /[A-Z]/.test(wire))
    .flatMap(([wire, ours]) => [[wire, ours] as const, [toPascalCase(wire), ours] as const]);
  return inOurNames(message.replace(RECORD_ID, "[id]"), new Map(words));
}

function toPascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
