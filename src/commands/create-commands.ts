/** Mutations: checked, recorded, sent once, their outcome recorded, the session read again. */
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isProviderError } from "../errors/index.js";
import type { Logger } from "../http/http-client.js";
import type { Ingest } from "../ingest/ingest.js";
import type { EpochMs, SessionSnapshot } from "../model/index.js";
import { COMMAND_CAPABILITIES, neverSent, type Command, type CommandAnswer } from "../providers/commands.js";
import type { CommandRow, Store } from "../store/store.js";
import type { Commands, Report, Surroundings, UserErrorRow, Wish } from "./commands.js";
import { badInput, findTarget, givenMembers, referenceTo, type Target } from "./find-target.js";
import { hashInput } from "./hash-input.js";
import { NOTHING, refused, report } from "./report.js";
import { retry } from "./retry.js";
import { toOutcome, toStoredError, unknownError } from "./outcome.js";
import { Turns } from "./turns.js";

/** What the commands are built from. */
export interface CommandsOptions {
  store: Pick<Store, "commands" | "sessions" | "transfers">;
  ingest: Ingest;
  surroundings: Surroundings;
  log: Logger;
  now: () => EpochMs;
  /** Milliseconds that a provider may take to answer (`SWITCHBOARD_COMMAND_TIMEOUT_MS`). */
  timeoutMs: number;
}

/** A transfer that waits for people may take five times the usual answer; whoever waits for it, a little more. */
const LONGEST_ANSWER = 6;
/** Between looks at a command that another process is sending, milliseconds. */
const LOOK_MS = 100;
const MAX_KEY_LENGTH = 255;

const NO_SUCH_SESSION: CommandAnswer = {
  kind: "refused",
  code: "NOT_FOUND",
  problems: [{ path: [], message: "The provider knows no such session." }],
};

/** How a command ended, ready to be recorded. */
type End = Parameters<Store["commands"]["finish"]>[1];

/** Builds the process's one `Commands`. */
export function createCommands(options: CommandsOptions): Commands {
  const { store, ingest, surroundings, log, now, timeoutMs } = options;
  const turns = new Turns();
  const running = new Map<string, Promise<Report>>();
  const background = new Set<Promise<unknown>>();

  async function run(wish: Wish): Promise<Report> {
    const input = givenMembers(wish.input);
    const inputHash = hashInput(input);
    const key = (input["idempotencyKey"] as string | undefined) ?? null;
    if (key !== null && (key.trim() === "" || key.length > MAX_KEY_LENGTH)) {
      const message = `idempotencyKey: expected text of 1 to ${MAX_KEY_LENGTH} characters.`;
      return refused([badInput(message, "idempotencyKey")]);
    }
    const known = key === null ? null : await store.commands.byKey(wish.principal.name, wish.name, key);
    if (known !== null) return repeat(known, inputHash);

    const target = await findTarget(wish, store, surroundings);
    if (Array.isArray(target)) return refused(target);
    const problems = check(target);
    if (problems.length > 0) return refused(problems);

    const { row, isNew } = await store.commands.begin({
      id: randomBytes(16).toString("base64url"),
      connection: target.connection.name,
      principal: wish.principal.name,
      name: wish.name,
      inputHash,
      idempotencyKey: key,
      providerKey: target.session?.providerKey ?? null,
      providerId: target.session?.providerId ?? null,
      createdAt: now(),
    });
    if (!isNew) return repeat(row, inputHash);
    const work = execute(row, target).finally(() => running.delete(row.id));
    running.set(row.id, work);
    return work;
  }

  /** What the connection cannot do, or what is wrong with the input: both before anything is written or sent. */
  function check({ connection, command }: Target): UserErrorRow[] {
    const { kind } = command;
    if (!connection.commands.kinds.has(kind)) {
      const capability = COMMAND_CAPABILITIES[kind];
      const message = `${connection.module.provider} cannot do this: it needs the capability ${capability}.`;
      return [{ message, code: "NOT_SUPPORTED", path: null, capability }];
    }
    return connection.commands.check(command).map(({ path, message }) => badInput(message, ...path));
  }

  async function execute(row: CommandRow, target: Target): Promise<Report> {
    const turn = row.providerKey === null ? null : `${row.connection}\n${row.providerKey}`;
    const end = await turns.take(turn, async () => {
      await waitForOthers(row);
      const ended = await send(row, target);
      await finish(row, ended);
      return ended;
    });
    log.info(
      {
        command: row.id,
        name: row.name,
        connection: row.connection,
        outcome: end.outcome,
        code: end.error?.code,
      },
      "command",
    );
    const finished = { ...row, ...end, providerId: end.providerId ?? row.providerId };
    return report(finished, await lookAgain(finished));
  }

  /** Another gateway on this database may be sending an earlier command on the same session. */
  async function waitForOthers(row: CommandRow): Promise<void> {
    if (row.providerKey === null) return;
    const deadline = now() + timeoutMs * LONGEST_ANSWER;
    while (now() < deadline && (await store.commands.hasEarlier(row))) {
      await recover();
      await sleep(LOOK_MS);
    }
  }

  async function send(row: CommandRow, target: Target): Promise<End> {
    const { connection } = target;
    const { providerKey, providerId } = row;
    const ends = { answer: NOTHING, providerKey, providerId };
    try {
      const command = await getToKnow(target);
      if (command === null) return take(NO_SUCH_SESSION, row, connection.module.toProviderKey);
      const answer = await connection.commands.send(command, { timeoutMs });
      surroundings.observe(connection.name, null);
      return await take(answer, row, connection.module.toProviderKey);
    } catch (thrown) {
      if (!isProviderError(thrown)) {
        log.error({ err: thrown, command: row.id, connection: connection.name }, "command broke");
        const error = unknownError("Something went wrong here while it was under way.", now());
        return { ...ends, outcome: "UNKNOWN", error, finishedAt: now() };
      }
      surroundings.observe(connection.name, thrown);
      const { outcome, error } = toOutcome(thrown, now());
      const userErrors =
        outcome === "FAILED" ? [{ message: error.message, code: error.code, path: null }] : [];
      return { ...ends, outcome, error, answer: { ...NOTHING, userErrors }, finishedAt: now() };
    }
  }

  /**
   * The command with what its provider says of sessions that the cache has never seen; null when one is none of this
   * connection's. An id alone proves nothing: a login may reach more than the connection is configured for.
   */
  async function getToKnow({ connection, command, unseen }: Target): Promise<Command | null> {
    const known = { ...command };
    for (const ids of unseen) {
      const failure = await surroundings.reread(connection.name, ids);
      if (failure !== null) throw neverSent(failure);
      const { isKnown, ...reference } = await referenceTo(connection, ids.providerId, store);
      if (!isKnown) return null;
      if (known.session?.providerId === ids.providerId) known.session = reference;
      else known.consultation = reference;
    }
    return known;
  }

  /** An answer that came: a yes with what it tells, or a no with its reasons. */
  async function take(answer: CommandAnswer, row: CommandRow, toKey: (id: string) => string): Promise<End> {
    if (answer.kind === "refused") {
      const [first] = answer.problems;
      const error = toStoredError(answer.code, first?.message ?? "The provider refused.", now());
      const userErrors = answer.problems.map(({ message, path }) => ({
        message,
        code: answer.code,
        path: path.length > 0 ? ["input", ...path] : null,
      }));
      const { providerKey, providerId } = row;
      return {
        outcome: "FAILED",
        error,
        answer: { ...NOTHING, userErrors },
        providerKey,
        providerId,
        finishedAt: now(),
      };
    }
    await learn(row, answer.snapshots ?? []);
    const { createdId } = answer;
    return {
      outcome: "SUCCEEDED",
      error: null,
      answer: {
        userErrors: [],
        transferKey: answer.transferKey ?? null,
        nextTransferKey: answer.nextTransferKey ?? null,
        routingAttemptKeys: answer.routingAttemptKeys ?? [],
        fallback: answer.fallback ?? null,
        webhook: answer.webhook ?? null,
      },
      providerKey: createdId === undefined ? row.providerKey : toKey(createdId),
      providerId: createdId ?? row.providerId,
      finishedAt: now(),
    };
  }

  /** Stores what an answer told. It is a yes all the same when that cannot be stored: the session is read again. */
  async function learn({ id, connection }: CommandRow, snapshots: readonly SessionSnapshot[]): Promise<void> {
    if (snapshots.length === 0) return;
    try {
      await ingest.ingest(connection, snapshots);
    } catch (error) {
      log.error({ err: error, command: id, connection }, "what a command's answer told could not be stored");
    }
  }

  /**
   * Records how a command ended. A database that is away just now gets it later; a process that ends before leaves the
   * command pending, and whoever finds it makes it UNKNOWN.
   */
  async function finish({ id }: CommandRow, end: End): Promise<void> {
    try {
      await store.commands.finish(id, end);
    } catch (error) {
      log.error(
        { err: error, command: id, outcome: end.outcome },
        "a command's outcome could not be recorded yet",
      );
      const later = retry(() => store.commands.finish(id, end)).finally(() => background.delete(later));
      background.add(later);
    }
  }

  /** What the provider says now that it has been told; and, where a creation got lost, whether there is a new session. */
  async function lookAgain({ connection, providerId, providerKey, outcome }: CommandRow) {
    try {
      if (providerId !== null && providerKey !== null)
        return await surroundings.reread(connection, { providerId, providerKey });
      if (outcome === "UNKNOWN") await surroundings.relist(connection);
    } catch (error) {
      log.error({ err: error, connection }, "reading after a command failed");
    }
    return null;
  }

  /** The same wish again: answers what was recorded, once there is something. */
  async function repeat(known: CommandRow, inputHash: string): Promise<Report> {
    if (known.inputHash !== inputHash) {
      const message = "idempotencyKey: it was used before, with another input.";
      return refused([{ message, code: "CONFLICT", path: ["input", "idempotencyKey"], capability: null }]);
    }
    const here = running.get(known.id);
    if (here !== undefined) return here;
    return report(known.outcome === "PENDING" ? await untilEnded(known) : known, null);
  }

  /** Waits for a command that another process is sending. */
  async function untilEnded(row: CommandRow): Promise<CommandRow> {
    const deadline = now() + timeoutMs * LONGEST_ANSWER;
    for (let last = row; ;) {
      if (last.outcome !== "PENDING" || now() >= deadline) return last;
      await recover();
      await sleep(LOOK_MS);
      last = (await store.commands.byId(row.id, "all")) ?? last;
    }
  }

  async function recover(): Promise<void> {
    const error = unknownError("The gateway that sent it ended before the answer came.", now());
    const abandoned = await store.commands.abandon({ error, finishedAt: now() });
    for (const row of abandoned) {
      log.warn(
        { command: row.id, name: row.name, connection: row.connection },
        "command left pending is unknown",
      );
      const look = lookAgain(row).finally(() => background.delete(look));
      background.add(look);
    }
  }

  return {
    run,
    recover,
    async idle() {
      await Promise.allSettled([...running.values(), ...background]);
    },
  };
}
