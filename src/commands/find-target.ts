/** From a mutation's input to the connection and the session it means. */
import {
  parseGlobalId, type GlobalId, type JsonObject, type JsonValue,
} from "../model/index.js"; // prettier-ignore
import type { Command } from "../providers/commands.js";
import type { ProviderConnection, SessionReference } from "../providers/provider.js";
import type { Store } from "../store/store.js";
import type { Surroundings, UserErrorRow, Wish } from "./commands.js";

/** A wish with everything that it names found. */
export interface Target {
  connection: ProviderConnection;
  command: Command;
  /** Null for a session that is yet to be created. */
  session: SessionIds | null;
  /** Sessions that the cache has never seen: whether they are this connection's at all, its provider must say. */
  unseen: readonly SessionIds[];
}

/** A session's id as the provider wrote it, and the form in which its spellings are equal. */
export interface SessionIds {
  providerId: string;
  providerKey: string;
}

/** Members of an input that the gateway itself reads; the rest is the provider's. */
const OWN_MEMBERS = new Set([
  ...["connection", "sessionId", "transferId", "consultationSessionId", "idempotencyKey", "kind"],
]);

export function badInput(message: string, ...path: string[]): UserErrorRow {
  return { message, code: "BAD_USER_INPUT", path: ["input", ...path], capability: null };
}

/** The members of an input that are there, as plain JSON: null says the same as nothing. */
export function givenMembers(input: Readonly<Record<string, unknown>>): JsonObject {
  const clean = (value: unknown): JsonValue => {
    if (Array.isArray(value)) return value.map(clean);
    return typeof value === "object" && value !== null ? given(value) : (value as JsonValue);
  };
  const given = (object: object): JsonObject =>
    Object.fromEntries(
      Object.entries(object).flatMap(([name, value]) => (value == null ? [] : [[name, clean(value)]])),
    );
  return given(input);
}

/** Finds what a wish is about; or says, all at once, what it names that is not there. */
export async function findTarget(
  wish: Wish,
  store: Pick<Store, "sessions" | "transfers">,
  surroundings: Surroundings,
): Promise<Target | UserErrorRow[]> {
  const given = givenMembers(wish.input);
  const input = Object.fromEntries(Object.entries(given).filter(([name]) => !OWN_MEMBERS.has(name)));
  const nothing = { kind: wish.kind, input, session: null, transferId: null, consultation: null };
  if (wish.kind === "CREATE") {
    const connection = chooseConnection(wish, given["connection"], surroundings);
    return Array.isArray(connection)
      ? connection
      : { connection, command: nothing, session: null, unseen: [] };
  }

  const ofTransfer = wish.kind === "COMPLETE_TRANSFER" || wish.kind === "CANCEL_TRANSFER";
  const member = ofTransfer ? "transferId" : "sessionId";
  const found = locate(given[member], ofTransfer ? "transfer" : "session", wish, surroundings);
  if (found === null) {
    const what = ofTransfer ? "transfer" : "session";
    return [badInput(`${member}: expected the id of a ${what} that you may see.`, member)];
  }
  const { connection, id } = found;
  if (wish.provider !== undefined && connection.module.provider !== wish.provider) {
    const { provider } = connection.module;
    return [badInput(`${member}: expected a session of ${wish.provider}, got one of ${provider}.`, member)];
  }
  const { isKnown, ...session } = await referenceTo(connection, id.parts[0] ?? "", store);
  const target = {
    connection,
    session,
    unseen: isKnown ? [] : [session],
    command: { ...nothing, session, transferId: ofTransfer ? (id.parts[1] ?? null) : null },
  };
  const other = given["consultationSessionId"];
  if (other === undefined) return target;
  const second = locate(other, "session", wish, surroundings);
  if (second === null || second.connection !== connection) {
    const message = "consultationSessionId: expected the id of a session of the same connection.";
    return [badInput(message, "consultationSessionId")];
  }
  const { isKnown: isSeen, ...consultation } = await referenceTo(connection, second.id.parts[0] ?? "", store);
  const unseen = isSeen ? target.unseen : [...target.unseen, consultation];
  return { ...target, unseen, command: { ...target.command, consultation } };
}

/** Decodes an id; null unless it names a thing of the kind, on a connection that the principal may know of. */
function locate(
  text: JsonValue | undefined,
  kind: GlobalId["kind"],
  { principal }: Wish,
  surroundings: Surroundings,
): { connection: ProviderConnection; id: GlobalId } | null {
  const id = typeof text === "string" ? parseGlobalId(text) : null;
  if (id?.kind !== kind || !principal.connections.includes(id.connection)) return null;
  const connection = surroundings.connection(id.connection);
  if (connection === undefined || !connection.module.isProviderId(id.parts[0] ?? "")) return null;
  return { connection, id };
}

/** A session as the cache knows it; nothing but its id where it does not. */
export async function referenceTo(
  { name, module }: ProviderConnection,
  providerId: string,
  { sessions }: Pick<Store, "sessions">,
): Promise<SessionReference & { providerKey: string; isKnown: boolean }> {
  const providerKey = module.toProviderKey(providerId);
  const [row] = await sessions.byRefs([{ connection: name, providerKey }], [name]);
  if (!row) return { providerId, providerKey, startedAt: null, endedAt: null, fields: {}, isKnown: false };
  const { channel, direction, phase, state, startedAt, endedAt, fields } = row;
  const facts = { channel, direction, phase, state, startedAt, endedAt, fields };
  return { ...facts, providerId: row.providerId, providerKey, isKnown: true };
}

function chooseConnection(
  { principal, provider }: Wish,
  asked: JsonValue | undefined,
  surroundings: Surroundings,
): ProviderConnection | UserErrorRow[] {
  const visible = principal.connections.flatMap((name) => surroundings.connection(name) ?? []);
  const ofProvider = visible.filter(({ module }) => provider === undefined || module.provider === provider);
  if (typeof asked === "string") {
    const chosen = ofProvider.find(({ name }) => name === asked);
    return (
      chosen ?? [badInput(`connection: expected the name of a connection to ${provider}.`, "connection")]
    );
  }
  const [only, ...others] = ofProvider;
  if (only === undefined) return [badInput(`There is no connection to ${provider}.`, "connection")];
  if (others.length === 0) return only;
  const names = ofProvider.map(({ name }) => name).join(", ");
  return [badInput(`connection: expected one of ${names}, since there are several.`, "connection")];
}
