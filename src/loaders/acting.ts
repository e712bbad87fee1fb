/** Mutations of one operation: a command to a provider, and its report as the source of a payload. */
import { toGlobalId, type Provider } from "../model/index.js";
import type { CommandRow } from "../store/store.js";
import type { Commands, Report } from "../commands/commands.js";
import type { OperationContext } from "../context/context.js";
import type { LoaderDependencies } from "./dependencies.js";
import type { ReportNode, SessionNode, TransferNode } from "./nodes.js";

/** What a command can be, from the resolvers' side. */
export type ActKind = Parameters<Commands["run"]>[0]["kind"];

/** A mutation: its name in the graph, what it does, its input, and the provider where it is for one only. */
export interface Act {
  name: string;
  kind: ActKind;
  input: object;
  provider?: Provider;
}

/** Source of `Command`. */
export interface CommandNode extends CommandRow {
  __typename: "Command";
}

interface Payload {
  command: CommandNode | null;
  session: SessionNode | Error | null;
  userErrors: Report["userErrors"];
}
export type SessionPayloadNode = Payload;
export interface TransferPayloadNode extends Payload {
  transfer: TransferNode | null;
  nextTransfer: TransferNode | null;
  routingAttempts: readonly TransferNode[];
  fallback: unknown;
}
export interface ReportPayloadNode extends Omit<Payload, "session"> {
  report: ReportNode | Error | null;
  webhook: unknown;
}

export interface Acting {
  onSession(act: Act): Promise<SessionPayloadNode>;
  onTransfer(act: Act): Promise<TransferPayloadNode>;
  /** Starts a transfer of the kind that the input says. */
  transfer(act: Omit<Act, "kind" | "input"> & { input: { kind: string } }): Promise<TransferPayloadNode>;
  onReport(act: Act): Promise<ReportPayloadNode>;
  /** Reads a session again from its provider now. Null for an id that names none the principal may see. */
  refresh(id: string): Promise<SessionNode | null>;
}

const TRANSFER_KINDS: ReadonlyMap<string, ActKind> = new Map([
  ["BLIND", "TRANSFER_BLIND"],
  ["WARM", "TRANSFER_WARM"],
]);

const NO_TRANSFER = {
  ...{ command: null, session: null, transfer: null, nextTransfer: null },
  ...{ routingAttempts: [], fallback: null },
};

/** An Error in a field's place fails that field alone: what became of the command is told all the same. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function isNode(session: SessionNode | Error | null): session is SessionNode {
  return session !== null && !(session instanceof Error);
}

function reportOf(reading: OperationContext, session: SessionNode): Promise<ReportNode | Error | null> {
  return (async () => reading.fields.report(session))().catch(asError);
}

/** A row of the command log as the source of `Command`. */
export function toCommandNode(row: CommandRow): CommandNode {
  return { ...row, __typename: "Command", id: toGlobalId("command", row.connection, row.id) };
}

/** @param renew makes everything that reads start afresh, and answers it: what was loaded before an act is history. */
export function createActing(
  { commands, principal }: LoaderDependencies,
  renew: () => OperationContext,
): Acting {
  const mayRead = principal.scopes.has("sessions:read");

  async function act(wish: Act): Promise<{ report: Report; payload: Payload; reading: OperationContext }> {
    const input = wish.input as Readonly<Record<string, unknown>>;
    const report = await commands.run({ ...wish, input, principal });
    const reading = renew();
    const { command, session, readFailure, userErrors } = report;
    const node =
      session === null || !mayRead
        ? null
        : await reading.sessions.justRead(session.connection, session.providerId, readFailure).catch(asError);
    const payload = { command: command && toCommandNode(command), session: node, userErrors };
    return { report, payload, reading };
  }

  async function onTransfer(wish: Act): Promise<TransferPayloadNode> {
    const { report, payload, reading } = await act(wish);
    const { session } = payload;
    const transfers = isNode(session) ? await reading.fields.transfers(session) : [];
    const byKey = (key: string | null) => transfers.find((transfer) => transfer.key === key) ?? null;
    return {
      ...payload,
      transfer: byKey(report.transferKey),
      nextTransfer: byKey(report.nextTransferKey),
      routingAttempts: report.routingAttemptKeys.flatMap((key) => byKey(key) ?? []),
      fallback: report.fallback,
    };
  }

  return {
    onSession: async (wish) => (await act(wish)).payload,
    onTransfer,
    async transfer({ name, input }) {
      const kind = TRANSFER_KINDS.get(input.kind);
      if (kind !== undefined) return onTransfer({ name, kind, input });
      const message = "kind: expected BLIND or WARM.";
      const error = { message, code: "BAD_USER_INPUT", path: ["input", "kind"], capability: null } as const;
      return { ...NO_TRANSFER, userErrors: [error] };
    },
    async onReport(wish) {
      const { report, payload, reading } = await act(wish);
      const { session, ...rest } = payload;
      return {
        ...rest,
        report: isNode(session) ? await reportOf(reading, session) : session,
        webhook: report.webhook,
      };
    },
    // Any copy is too old, one of this very millisecond included.
    refresh: (id) => renew().sessions.byId(id, -1),
  };
}
