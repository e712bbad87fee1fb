import type { Faults } from "../conversation.js";
import { jsonAnswer } from "../kit/json-answer.js";
import type { Random } from "../kit/random.js";
import type { SandboxHttpAnswer, SandboxHttpRequest } from "../kit/sandbox-http.js";
import { PLIVO_ACCOUNTS, type PlivoAccount } from "./plivo-accounts.js";
import { parseCreate, parseUpdate, type Body } from "./plivo-arguments.js";
import type { PlivoBook } from "./plivo-book.js";
import { legsOf } from "./plivo-calls.js";
import { PlivoRefusal, invalidParameter, notFound } from "./plivo-errors.js";
import { RETENTION_MS, listSessions, toPageMeta } from "./plivo-list.js";
import type { PlivoModes } from "./plivo-modes.js";
import type { MaskingSession } from "./plivo-records.js";
import { ownerOf, toMedia, toWireCall, toWireRecording } from "./plivo-resources.js";
import { toWireRow, toWireSession, type Wire, type WriteStyle } from "./plivo-serialize.js";

export interface PlivoRoutesOptions {
  book: PlivoBook;
  modes: PlivoModes;
  random: Random;
  now(): number;
  /** Faults that are left to the serializer for a request on this path. */
  faultsFor(path: string): Faults;
  /** Where this server listens. */
  origin(): string;
}

/** Answers every request of Plivo reference §4, and the Recording and Call resources that sessions point to. */
export function createPlivoRoutes(
  options: PlivoRoutesOptions,
): (request: SandboxHttpRequest) => SandboxHttpAnswer {
  const { book, modes, random, now } = options;

  const answer = (status: number, members: Wire): SandboxHttpAnswer =>
    jsonAnswer(status, { api_id: random.uuid(), ...members });

  const route = (request: SandboxHttpRequest): SandboxHttpAnswer => {
    const media = /^\/media\/recordings\/([^/.]+)\.(mp3|wav)$/.exec(request.path);
    if (media) return serveMedia(media[1]);
    const path = /^\/v1\/Account\/([^/]+)\/(.+?)\/?$/.exec(request.path);
    const account = authenticate(request, path?.[1]);
    // The only answer that is not JSON: the check stands in front of the application.
    if (!account) return unauthorized();

    const [kind = "", ...rest] = path?.[2]?.split("/") ?? [];
    const style: WriteStyle = { modes, faults: options.faultsFor(request.path), now: now() };
    if (kind === "Masking" && rest[0] === "Session" && rest.length <= 2) {
      return rest[1] === undefined
        ? onCollection(request, account, style)
        : onSession(request, account, rest[1], style);
    }
    if (rest.length === 1 && (kind === "Recording" || kind === "Call")) {
      if (request.method !== "GET") throw new PlivoRefusal(405, "Method not allowed");
      const found =
        kind === "Recording" ? findRecording(rest[0] ?? "", account) : findCall(rest[0] ?? "", account);
      if (!found) throw notFound();
      return answer(200, found);
    }
    throw notFound();
  };

  const onCollection = (
    request: SandboxHttpRequest,
    account: PlivoAccount,
    style: WriteStyle,
  ): SandboxHttpAnswer => {
    switch (request.method) {
      case "GET": {
        const own = book.sessions().filter((session) => isVisible(session, account));
        const page = listSessions(own, request.query, style.now, modes);
        const path = `/v1/Account/${account.authId}/Masking/Session/`;
        return answer(200, {
          response: {
            meta: toPageMeta(page, path, request.query),
            objects: page.rows.map((session) => toWireRow(session, account.authId, style)),
          },
        });
      }
      case "POST": {
        const given = parseCreate(readBody(request), modes, random);
        const session = book.create({
          ...given,
          subaccount: account.isSubaccount ? account.authId : given.subaccount,
        });
        if (modes.failAfterCreate > 0) {
          modes.failAfterCreate -= 1;
          throw new PlivoRefusal(500, "Internal server error.");
        }
        return answer(201, {
          session_uuid: session.uuid,
          // The only place where a number has its plus (Q4).
          virtual_number: `+${session.virtualNumber}`,
          message: "Session created",
          session: toWireSession(session, style),
        });
      }
      default:
        throw new PlivoRefusal(405, "Method not allowed");
    }
  };

  const onSession = (
    request: SandboxHttpRequest,
    account: PlivoAccount,
    uuid: string,
    style: WriteStyle,
  ): SandboxHttpAnswer => {
    const session = book.find(uuid);
    if (!session || !isVisible(session, account) || session.createdAt < style.now - RETENTION_MS) {
      throw notFound();
    }
    switch (request.method) {
      case "GET":
        return answer(200, { response: toWireSession(session, style) });
      case "POST":
        book.update(session, parseUpdate(readBody(request), session));
        return answer(200, { message: "Session updated", session: toWireSession(session, style) });
      case "DELETE":
        // A body is taken and not looked at: the Node SDK sends `{}`.
        book.expire(session);
        return modes.deleteStatus === 204
          ? { status: 204, body: null }
          : answer(200, { message: "Session expired" });
      default:
        throw new PlivoRefusal(405, "Method not allowed");
    }
  };

  const findRecording = (uuid: string, account: PlivoAccount): Wire | undefined => {
    for (const session of book.sessions()) {
      if (!isVisible(session, account)) continue;
      const recording = session.interactions.find((one) => one.recording?.uuid === uuid)?.recording;
      if (recording) return toWireRecording(recording, ownerOf(session), options.origin());
    }
    return undefined;
  };

  const findCall = (uuid: string, account: PlivoAccount): Wire | undefined => {
    for (const session of book.sessions()) {
      if (!isVisible(session, account)) continue;
      for (const interaction of session.interactions) {
        const leg = legsOf(interaction).find((one) => one.callUuid === uuid);
        if (leg) return toWireCall(session, interaction, leg, ownerOf(session));
      }
    }
    return undefined;
  };

  /** Media links are open to whoever knows them, as the provider's are unless an account says otherwise. */
  const serveMedia = (uuid: string | undefined): SandboxHttpAnswer => {
    const recording = book.recordings().find((candidate) => candidate.uuid === uuid);
    if (!recording) throw notFound();
    const { contentType, body } = toMedia(recording);
    return { status: 200, headers: { "content-type": contentType }, body };
  };

  return (request) => {
    try {
      return route(request);
    } catch (error) {
      if (error instanceof PlivoRefusal) return answer(error.status, { error: error.message });
      throw error;
    }
  };
}

/** The user name has to be the account of the path (§17). */
function authenticate(request: SandboxHttpRequest, accountId: string | undefined): PlivoAccount | undefined {
  const [scheme, encoded = ""] = (request.headers.authorization ?? "").split(" ");
  if (scheme?.toLowerCase() !== "basic") return undefined;
  const [user, ...secret] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  return PLIVO_ACCOUNTS.find(
    ({ authId, authToken }) => authId === user && authToken === secret.join(":") && authId === accountId,
  );
}

function unauthorized(): SandboxHttpAnswer {
  return {
    status: 401,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "www-authenticate": 'Basic realm="Login Required"',
    },
    body: "Could not verify your access level for that URL.",
  };
}

/** A subaccount sees its own sessions, the account above it all of them. */
function isVisible(session: MaskingSession, account: PlivoAccount): boolean {
  return !account.isSubaccount || session.subaccount === account.authId;
}

/** @throws PlivoRefusal unless the body is a JSON object and says so */
function readBody(request: SandboxHttpRequest): Body {
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) {
    throw new PlivoRefusal(400, "Content-Type should be application/json.");
  }
  let value: unknown;
  try {
    value = JSON.parse(request.body.toString("utf8") || "{}");
  } catch {
    // The parser's own message says nothing that a caller of this provider would see.
    throw invalidParameter("The request body is not valid JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidParameter("The request body should be a JSON object.");
  }
  return value as Body;
}
