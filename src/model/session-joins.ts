/**
 * What of a session may be found again in another provider's view of the same conversation, as short keys that an index
 * can find (ADR 0025). Pure; ingest writes them with the session, `Session.related` reads them.
 */
import { toJoinTokens } from "./join-tokens.js";
import { isJsonObject, type JsonObject, type JsonValue } from "./json.js";
import { parsePhoneNumber } from "./phone-number.js";
import type {
  EpochMs,
  InteractionRecord,
  MemberRecord,
  PartyRecord,
  SessionFacts,
  TransferRecord,
} from "./records.js";

/**
 * `CALL_ID`: a call id of a carrier or of SIP. `SELF`: the session's own id. `DATA`: something attached to it.
 * `CALLER`, `CALLEE`: a number at that end when it began. `PARTIES`: two numbers that took part, sorted, with a space, or
 * a number and the name of somebody else.
 * `TARGET`: whom it was transferred to. `SHOWN`: the numbers that such a transfer may show to its target. `VIRTUAL`: the
 * virtual number that a masked call went through.
 */
export type JoinKind =
  "CALL_ID" | "SELF" | "DATA" | "CALLER" | "CALLEE" | "PARTIES" | "TARGET" | "SHOWN" | "VIRTUAL";

/** One key. `at`: when what it tells of happened: the session's start, a transfer, a call through a virtual number. */
export interface SessionJoin {
  kind: JoinKind;
  value: string;
  at: EpochMs;
}

/** What the keys are made from: as much of a session as is known. */
export interface JoinSource {
  facts: Pick<SessionFacts, "from" | "to" | "startedAt">;
  providerId: string;
  providerKey: string;
  fields: JsonObject;
  members: Iterable<MemberRecord>;
  interactions: Iterable<InteractionRecord>;
  transfers: Iterable<TransferRecord>;
  /** Every address that took part. */
  addresses: Iterable<string>;
  /** Keys that were made of it before, when perhaps other parts of it were at hand. */
  known: Iterable<SessionJoin>;
}

/** Numbers of one session that pairs are made of; a conference of more is found by its first ones. */
const MAX_NUMBERS = 8;
/** Transfers, and calls through a virtual number, of one session that keys are made of: the last ones. */
const MAX_EVENTS = 20;
const MAX_LENGTH = 256;

/** Members of the providers' own fields, by their name in the graph. */
const CALL_ID_FIELDS = ["callSid", "conferenceSid", "mostRecentParticipantCallSid"];
const DATA_FIELDS = ["userData", "consoleData", "metadata"];

/** The keys of a session; none while it is not known when it began. */
export function joinsOf(source: JoinSource): SessionJoin[] {
  const { startedAt } = source.facts;
  if (startedAt === null) return [];
  const members = [...source.members];
  const interactions = [...source.interactions];
  const joins = new Map<string, SessionJoin>();
  const add = (kind: JoinKind, at: EpochMs, values: Iterable<string | null | undefined>) => {
    for (const value of values) {
      if (!value || value.length > MAX_LENGTH) continue;
      joins.set(`${kind}\n${value}\n${at}`, { kind, value, at });
    }
  };

  add("SELF", startedAt, [
    source.providerId.toLowerCase(),
    source.providerKey.toLowerCase(),
    textOf(source.fields["callId"])?.toLowerCase(),
  ]);
  add("CALL_ID", startedAt, callIds(source.fields, members, interactions));
  const attached = DATA_FIELDS.map((name) => source.fields[name]);
  add("DATA", startedAt, toJoinTokens(...attached, ...members.map((member) => member.applicationData)));

  const numbers = [...new Set(source.addresses)].filter((text) => /^\+\d{7,15}$/.test(text)).sort();
  const { from, to } = source.facts;
  const ends = [from?.number, to?.number];
  if (textOf(source.fields["virtualNumber"]) !== null) {
    const virtual = numbers.filter((number) => !ends.includes(number));
    for (const call of interactions.slice(-MAX_EVENTS))
      if (call.startedAt !== null) add("VIRTUAL", call.startedAt, virtual);
    return [...joins.values()];
  }

  const spellings = numbersByAddress(from, to, members, interactions);
  const handedTo = new Set<string>();
  for (const { kind, value } of source.known)
    if (kind === "TARGET" && !ends.includes(value)) handedTo.add(value);
  for (const transfer of [...source.transfers].slice(-MAX_EVENTS)) {
    const target = toEndpoint(transfer.transferTo, spellings);
    if (target === null || transfer.createdAt === null) continue;
    add("TARGET", transfer.createdAt, [target]);
    add("SHOWN", transfer.createdAt, ends);
    if (!ends.includes(target)) handedTo.add(target);
  }
  // When a transfer happened is known: its target was not there before, and is found by that.
  const present = numbers.filter((number) => !handedTo.has(number));
  const others = present.filter((number) => number !== from?.number).slice(0, MAX_NUMBERS);
  add("CALLER", startedAt, [from?.number]);
  add("CALLEE", startedAt, [...others, ...(to?.number ? [] : [toEndpoint(to?.address ?? null, spellings)])]);
  add("PARTIES", startedAt, pairs(from?.number ?? null, others));
  if (from?.number) {
    const names = namesBeside(from, to, members, interactions);
    add(
      "PARTIES",
      startedAt,
      names.map((name) => `${from.number} ${name}`),
    );
  }
  return [...joins.values()];
}

/** How far apart the times of one key may be told and still be one: a PBX tells a call's start in two ways. */
const SAME_TIME_MS = 1_000;

/** What is known already, in its order, and behind it what is new. */
export function addJoins(
  known: readonly SessionJoin[],
  joins: readonly SessionJoin[],
): readonly SessionJoin[] {
  const fresh = joins.filter(
    ({ kind, value, at }) =>
      !known.some(
        (join) => join.kind === kind && join.value === value && Math.abs(join.at - at) <= SAME_TIME_MS,
      ),
  );
  return fresh.length === 0 ? known : [...known, ...fresh];
}

function callIds(
  fields: JsonObject,
  members: readonly MemberRecord[],
  interactions: readonly InteractionRecord[],
): (string | null)[] {
  const { callLog } = fields;
  return [
    ...CALL_ID_FIELDS.map((name) => textOf(fields[name])),
    isJsonObject(callLog) ? textOf(callLog["callId"]) : null,
    ...members.map((member) => member.callSid),
    ...interactions.map((interaction) => textOf(interaction.fields["callId"])),
  ];
}

/** Who called with whoever else was there; where the caller has no number, everybody with everybody. */
function pairs(caller: string | null, others: readonly string[]): string[] {
  if (caller !== null) return others.map((other) => toPair(caller, other));
  const few = others.slice(0, 4);
  return few.flatMap((one, index) => few.slice(index + 1).map((other) => toPair(one, other)));
}

/**
 * Names of those who are not the caller: two providers may know one person by an e-mail address and an extension, and
 * by the same name.
 */
function namesBeside(
  from: PartyRecord,
  to: PartyRecord | null,
  members: readonly MemberRecord[],
  interactions: readonly InteractionRecord[],
): string[] {
  const legs = interactions.flatMap((interaction) => interaction.legs);
  const isCaller = (party: PartyRecord | null) =>
    party !== null && (party.number === from.number || party.address === from.address);
  const callers = [
    from.displayName,
    ...members
      .filter(({ role, party }) => role === "CALLER" || isCaller(party))
      .map((member) => member.displayName),
    ...legs.filter(({ party }) => isCaller(party)).map((leg) => leg.party?.displayName),
  ];
  const all = [
    to?.displayName,
    ...members.map((member) => member.displayName),
    ...legs.map((leg) => leg.party?.displayName),
  ];
  const own = new Set(callers.map(toName));
  return [...new Set(all.map(toName))]
    .filter((name) => name !== null && !own.has(name))
    .slice(0, MAX_NUMBERS) as string[];
}

/** For comparing; null for what is no name: too short, or an address. */
function toName(text: string | null | undefined): string | null {
  const name = (text ?? "").normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();
  return /\p{L}{2}/u.test(name) && !name.includes("@") ? name : null;
}

function toPair(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

/** Providers read numbers by their own region; what they made of an address is looked up rather than guessed. */
function numbersByAddress(
  from: PartyRecord | null,
  to: PartyRecord | null,
  members: readonly MemberRecord[],
  interactions: readonly InteractionRecord[],
): Map<string, string> {
  const parties = [
    ...[from, to],
    ...members.map((member) => member.party),
    ...interactions.flatMap((interaction) => interaction.legs.map((leg) => leg.party)),
  ];
  return new Map(
    parties.flatMap((party) =>
      party?.address && party.number ? [[party.address, party.number] as const] : [],
    ),
  );
}

/** E.164 where the address is a number, else the user part of a SIP address or the extension, in lower case. */
function toEndpoint(address: string | null, spellings: ReadonlyMap<string, string>): string | null {
  if (address === null) return null;
  const number = spellings.get(address) ?? (/\+\d{7}/.test(address) ? parsePhoneNumber(address)?.e164 : null);
  if (number) return number;
  return (
    address
      .trim()
      .replace(/^(?:sips?|tel):/i, "")
      .replace(/[@;?].*$/, "")
      .toLowerCase() || null
  );
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
