import type { Conversation, Step } from "../conversation.js";
import type { Random } from "../kit/random.js";
import { PLIVO_ACCOUNT, PLIVO_SUBACCOUNT } from "./plivo-accounts.js";
import type { CreateArguments, UpdateArguments } from "./plivo-arguments.js";
import type { PlivoCallbacks } from "./plivo-callbacks.js";
import { answerParty, closeCall, ringParty, settleRecording, unansweredStatus } from "./plivo-calls.js";
import { PlivoRefusal, alreadyExpired } from "./plivo-errors.js";
import { createPlivoLife } from "./plivo-life.js";
import { createNumberLedger } from "./plivo-numbers.js";
import { toScriptedSession } from "./plivo-script.js";
import { isExpired, type MaskingSession, type Recording } from "./plivo-records.js";

/** Everything this provider knows. */
export interface PlivoBook {
  /** Newest first by creation. */
  sessions(): readonly MaskingSession[];
  find(uuid: string): MaskingSession | undefined;
  /** @throws PlivoRefusal when no number is left */
  create(given: CreateArguments): MaskingSession;
  /** The expiry counts from now (Plivo reference §7). @throws PlivoRefusal when it has expired */
  update(session: MaskingSession, given: UpdateArguments): void;
  /** Ends the mapping now. A call that is up goes on. @throws PlivoRefusal when it has expired */
  expire(session: MaskingSession): void;
  recordings(): readonly Recording[];
  begin(conversation: Conversation): void;
  apply(conversation: Conversation, step: Step, at: number): void;
  /** The same in a session that the API made. @throws Error when there is none */
  happen(uuid: string, step: Step, at: number): void;
  /** Sessions that begin from now on have their events sent there; null: wherever their creators say. */
  deliverTo(url: string | null): void;
  /** Nothing happens by itself afterwards. */
  stop(): void;
}

export interface PlivoBookOptions {
  random: Random;
  now: () => number;
  /** Are told what happens. */
  callbacks: PlivoCallbacks;
  /** Whether the parties of sessions that the API makes pick up when the provider rings them. */
  havePeople: boolean;
}

export function createPlivoBook({ random, now, callbacks, havePeople }: PlivoBookOptions): PlivoBook {
  const sessions: MaskingSession[] = [];
  const byUuid = new Map<string, MaskingSession>();
  const ledger = createNumberLedger();
  const apiRandom = random.fork("api");
  /** One stream per conversation, so that the steps of one never change the ids of another. */
  const streams = new Map<string, { session: MaskingSession; random: Random }>();
  let isSorted = true;
  let receiver: string | null = null;

  const happen = (session: MaskingSession, step: Step, at: number, own: Random): void => {
    applyStep(session, step, at, own);
    callbacks.tell(session, step, at);
  };
  const life = createPlivoLife({
    now,
    havePeople,
    happen: (session, step, at) => happen(session, step, at, apiRandom),
    giveUp(session, at) {
      closeCall(session, at, "no-answer");
      callbacks.send(session, "SessionPartiesHangup", at);
    },
    timeOut: (session, at) => callbacks.send(session, "SessionTimeout", at),
  });

  const add = (session: MaskingSession): void => {
    sessions.push(session);
    byUuid.set(session.uuid, session);
    ledger.enter(session);
    isSorted = false;
  };

  return {
    sessions() {
      life.settle(now());
      if (!isSorted) sessions.sort((a, b) => b.createdAt - a.createdAt || b.sequence - a.sequence);
      isSorted = true;
      return sessions;
    },
    find(uuid) {
      life.settle(now());
      return byUuid.get(uuid);
    },

    create(given) {
      const createdAt = now();
      const expiresAt = createdAt + given.expirySeconds * 1000;
      const owner = given.subaccount === null ? PLIVO_ACCOUNT : PLIVO_SUBACCOUNT;
      const parties = [given.firstParty, given.secondParty].filter((party) => party !== "");
      const virtualNumber = ledger.allocate({
        parties,
        from: createdAt,
        until: expiresAt,
        pool: owner.virtualNumbers,
        sameCountryAs: given.geomatch ? (parties[0] ?? null) : null,
      });
      if (virtualNumber === null) throw new PlivoRefusal(400, "Number pool exhausted or not available.");
      const session: MaskingSession = {
        uuid: apiRandom.uuid(),
        sequence: sessions.length,
        subaccount: given.subaccount,
        firstParty: given.firstParty,
        secondParty: given.secondParty,
        virtualNumber,
        createdAt,
        modifiedAt: createdAt,
        expiresAt,
        micros: apiRandom.int(0, 999),
        settings: given.settings,
        interactions: [],
      };
      add(session);
      life.begin(session);
      return session;
    },

    update(session, given) {
      const at = now();
      if (isExpired(session, at)) throw alreadyExpired();
      Object.assign(session.settings, given.settings);
      session.firstParty = given.firstParty ?? session.firstParty;
      session.secondParty = given.secondParty ?? session.secondParty;
      ledger.enter(session);
      session.modifiedAt = at;
      if (given.expirySeconds === undefined) return;
      session.expiresAt = at + given.expirySeconds * 1000;
      life.expiresAnew(session);
    },

    expire(session) {
      const at = now();
      if (isExpired(session, at)) throw alreadyExpired();
      session.modifiedAt = at;
      session.expiresAt = at;
    },

    deliverTo: (url) => void (receiver = url),

    recordings: () =>
      sessions.flatMap((session) =>
        session.interactions.map(({ recording }) => recording).filter((recording) => recording !== null),
      ),

    begin(conversation) {
      const own = random.fork(conversation.id);
      const session = toScriptedSession(conversation, own, sessions.length, (wish) => ledger.allocate(wish));
      if (receiver !== null) {
        session.settings.callback_url = receiver;
        session.settings.recording_callback_url = session.settings.record ? receiver : "";
      }
      add(session);
      streams.set(conversation.id, { session, random: own });
    },

    apply(conversation, step, at) {
      const stream = streams.get(conversation.id);
      if (!stream) throw new Error(`Conversation ${conversation.id} was never begun`);
      happen(stream.session, step, at, stream.random);
    },
    happen(uuid, step, at) {
      life.settle(at);
      const session = byUuid.get(uuid);
      if (!session) throw new Error(`There is no session ${uuid}`);
      happen(session, step, at, apiRandom);
    },
    stop: life.stop,
  };
}

/** Everything else people do in a conversation is not visible to this provider. */
function applyStep(session: MaskingSession, step: Step, at: number, random: Random): void {
  switch (step.do) {
    case "ring":
    case "answer": {
      const isUp = session.interactions.at(-1)?.endedAt === null;
      // Past the expiry a call to the virtual number falls through to that number's own application (§5.3).
      if (!isUp && isExpired(session, at)) return;
      if (step.do === "ring") ringParty(session, step.party, at, random);
      else answerParty(session, step.party, at, random);
      return;
    }
    case "hangup":
      return closeCall(session, at, step.by === "from" ? "cancel" : "busy");
    case "end":
      closeCall(session, at, unansweredStatus(step.reason));
      if (isExpired(session, at)) return;
      session.expiresAt = at;
      // Whether running out counts as a change is unpublished; only ending early shows one in the samples (§8).
      if (step.reason !== "expired") session.modifiedAt = at;
      return;
    case "recording":
      if (step.outcome === "pending" || step.outcome === "uploading") return;
      return settleRecording(session, step.outcome === "ready", at, random);
    case "queue":
    case "say":
    case "hold":
    case "resume":
    case "mute":
    case "unmute":
    case "transfer":
    case "fax-page":
    case "report":
      return;
  }
}
