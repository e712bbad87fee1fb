/** Holding, transferring and hanging up (PortSIP reference §3.6). Accepted is not completed. */
import type { AttendedInput } from "./portsip-bodies.js";
import { invalid, notFound } from "./portsip-errors.js";
import type { Exchange } from "./portsip-exchange.js";
import { digitsOf, farEnd, nameOf, sideOf } from "./portsip-parties.js";
import { currentLeg, type Leg, type Session } from "./portsip-records.js";

/** A call as one of its parties sees it. */
interface View {
  session: Session;
  leg: Leg;
  side: "caller" | "callee";
}

/** Means "the latest call of that extension"; and "no session given". */
const LATEST = "1";
const NONE = "0";

export interface Control {
  /** @param id decimal, or `1` for the extension's latest call */
  hold(id: string, extension: string, isHeld: boolean): void;
  refer(id: string, extension: string, to: string): void;
  /** Names both calls itself; they become one, and the extension is out of it. */
  attendedRefer(id: string, input: AttendedInput): void;
  destroy(id: string): void;
}

/** @param live sessions that are going on, newest first */
export function createControl(
  exchange: Exchange,
  live: () => Session[],
  decimal: (id: string) => string,
): Control {
  const { now, sip } = exchange;

  const find = (id: string): Session => {
    const session = live().find((one) => one.id === id);
    if (!session) throw notFound("No such session");
    return session;
  };

  /** @throws PbxRefusal 404 without such a call, 400 for somebody who is not on it */
  const viewOf = (id: string, extension: string): View => {
    if (id === LATEST) {
      const [latest] = viewsOf(extension);
      if (!latest) throw notFound(`No call of ${extension}`);
      return latest;
    }
    const session = find(id);
    const leg = currentLeg(session);
    const side = sideOf(leg, extension);
    if (side === null) throw invalid(`extension_number: ${extension} is not on this call`);
    return { session, leg, side };
  };

  const viewsOf = (extension: string): View[] =>
    live().flatMap((session) => {
      const leg = currentLeg(session);
      const side = sideOf(leg, extension);
      return side === null ? [] : [{ session, leg, side }];
    });

  const connected = (view: View): View => {
    if (view.leg.answeredAt === null) throw invalid("The call is not connected");
    return view;
  };

  const say = (
    method: "INVITE" | "BYE" | "CANCEL",
    { id }: Session,
    to: string,
    sdp: "sendonly" | "sendrecv" | null,
  ) =>
    void sip.push({
      method,
      sessionId: id,
      to,
      from: "",
      displayName: null,
      sdp,
      headers: { "X-Session-Id": id },
      at: now(),
    });

  /** One of the two calls of an attended transfer: by its id, else by the number at its far end. */
  const callOf = (extension: string, n: 1 | 2, id: string, number: string): View => {
    if (id !== NONE) return viewOf(decimal(id), extension);
    if (number === "") throw invalid(`refer_to_${n}: Required without session_${n}`);
    // A call on a trunk is not found by its number (§3.6).
    const found = viewsOf(extension).find(
      ({ leg, side }) => leg.trunk === null && digitsOf(farEnd(leg, side).number) === digitsOf(number),
    );
    if (!found) throw notFound(`No call of ${extension} with ${number}`);
    return found;
  };

  return {
    hold(id, extension, isHeld) {
      const { session, leg, side } = connected(viewOf(id, extension));
      say("INVITE", session, farEnd(leg, side).number, isHeld ? "sendonly" : "sendrecv");
    },
    refer(id, extension, to) {
      const { session, leg, side } = connected(viewOf(id, extension));
      const { number: caller, name: callerName } = farEnd(leg, side);
      say("BYE", session, extension, null);
      const next = { caller, callerName, callee: to, calleeName: nameOf(to), trunk: leg.trunk };
      exchange.handOn(session, "BLIND_TRANSFER_COMPLETED", next, now());
      exchange.connect(session, to, now());
    },
    attendedRefer(id, { extension_number: extension, ...input }) {
      if (id !== LATEST) find(id);
      const first = connected(callOf(extension, 1, input.session_1 ?? NONE, input.refer_to_1));
      const second = callOf(extension, 2, input.session_2 ?? NONE, input.refer_to_2);
      if (first.session === second.session) throw invalid("session_2: Expected two different calls");
      const { number: caller, name: callerName } = farEnd(first.leg, first.side);
      const { number: callee, name: calleeName } = farEnd(second.leg, second.side);
      const isAnswered = second.leg.answeredAt !== null;
      for (const { session } of [first, second]) say("BYE", session, extension, null);
      const trunk = first.leg.trunk ?? second.leg.trunk;
      const at = now();
      exchange.handOn(
        first.session,
        "CONSULT_TRANSFER_COMPLETED",
        { caller, callerName, callee, calleeName, trunk },
        at,
      );
      // Whoever was consulted goes on in the first call: the second one has been replaced.
      exchange.end(second.session, "REPLACED", at);
      if (isAnswered) exchange.answer(first.session, undefined, at);
      else exchange.connect(first.session, callee, at);
    },
    destroy(id) {
      const session = find(id);
      const leg = currentLeg(session);
      const isTalk = leg.answeredAt !== null;
      say(isTalk ? "BYE" : "CANCEL", session, leg.callee, null);
      if (isTalk) exchange.end(session, "CALLER_DISCONNECTED", now());
      else exchange.end(session, "CANCELLED", now(), 487);
    },
  };
}
