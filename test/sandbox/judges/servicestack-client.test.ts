import { JsonServiceClient, type ApiResult } from "@servicestack/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  GATEWAY_LOGIN,
  MANAGER_LOGIN,
  PHONE_USER_LOGIN,
  type Login,
} from "../../../src/sandbox/evo/evo-directory.js";
import type { EvoSandboxServer } from "../../../src/sandbox/evo/evo-server.js";
import { startSandbox, type Sandbox } from "../../../src/sandbox/sandbox.js";
import { ACCOUNTS } from "../../../src/sandbox/world/companies.js";
import * as evo from "./evo-requests.js";
import { AGENT, CALLER, CHATTING, COLLEAGUE, DONE, RINGING, TALKING, talk } from "./evo-talks.js";

/** The official client of the framework that Evo Voice is built with drives the sandbox. */

const START = Date.parse("2026-03-20T10:00:00Z");
const DAY = 86_400_000;

let clock = START;
let sandbox: Sandbox;
let server: EvoSandboxServer;
let client: JsonServiceClient;

beforeEach(async () => {
  clock = START;
  sandbox = await startSandbox({ providers: ["evo"], days: 0, traffic: null, seed: 7, now: () => clock });
  server = sandbox.servers.evo as EvoSandboxServer;
  client = clientOf(GATEWAY_LOGIN);
});
afterEach(() => sandbox.close());

/** A client that signs every request. */
function clientOf({ userName, password }: Pick<Login, "userName" | "password">): JsonServiceClient {
  const made = new JsonServiceClient(server.baseUrl);
  made.setCredentials(userName, password);
  return made;
}

const CREDENTIALS = {
  provider: "credentials",
  userName: GATEWAY_LOGIN.userName,
  password: GATEWAY_LOGIN.password,
};

/** The answer, or the error as a failed expectation that shows it. */
function response<T>({ response, error }: ApiResult<T>): T {
  expect(error).toBeUndefined();
  return response as T;
}

/** The session as lists carry it, log included. */
async function listed(id: string): Promise<evo.SessionInfo> {
  const { items } = response(
    await client.api(new evo.ListSessions({ specificIds: [id], simplifiedPaging: true })),
  );
  const [session] = items;
  if (!session) throw new Error(`Session ${id} is not in the list`);
  return session;
}

/** The newest session. */
async function only(): Promise<evo.SessionInfo> {
  const { items } = response(
    await client.api(new evo.ListSessions({ sortField: "dateCreated", sortOrder: "Descend" })),
  );
  const [session] = items;
  if (!session) throw new Error("There is no session");
  return session;
}

const messages = ({ log }: evo.SessionInfo) => log.map(({ message }) => message);
const memberOf = ({ members }: evo.SessionInfo, identity: string | null) =>
  members.find((member) => member.identity === identity);

describe("signing in", () => {
  test("the cookies of Authenticate open the API, junk ones beside them", async () => {
    const cookies = new JsonServiceClient(server.baseUrl);
    const auth = await cookies.post(new evo.Authenticate({ ...CREDENTIALS, rememberMe: true }));
    expect(auth).toMatchObject({ userName: GATEWAY_LOGIN.userName, roles: ["Manager", "User"] });
    expect(Object.keys(cookies.cookies)).toEqual(expect.arrayContaining(["ss-id", "ss-pid", "ss-opt"]));
    // The date of an expiry has a comma, at which this client splits.
    expect(Object.keys(cookies.cookies).length).toBeGreaterThan(3);
    expect(response(await cookies.api(new evo.ListSessions())).items).toEqual([]);
    const status = await cookies.get<Record<string, unknown>>("/auth/status");
    expect(status).toMatchObject({ isAuthenticated: true, accountNames: ACCOUNTS.map(({ name }) => name) });
    expect(status).toEqual(await cookies.get(new evo.GetAuthStatus()));
  });

  test("when the cookies stop working a client that signs in again goes on", async () => {
    const cookies = new JsonServiceClient(server.baseUrl);
    await cookies.post(new evo.Authenticate(CREDENTIALS));
    server.expireLogins();
    const refused = await cookies.api(new evo.ListSessions());
    expect(refused.error).toMatchObject({ errorCode: "401" });
    expect(await cookies.get(new evo.GetAuthStatus())).toMatchObject({ isAuthenticated: false });

    cookies.onAuthenticationRequired = () => cookies.post(new evo.Authenticate(CREDENTIALS));
    server.forget();
    expect(response(await cookies.api(new evo.ListSessions())).items).toEqual([]);
    expect(server.requests.map(({ status }) => status)).toEqual([401, 200, 200]);
  });

  test("Basic needs no cookie, a wrong password is refused either way", async () => {
    expect(await client.get(new evo.GetAuthStatus())).toMatchObject({ isAuthenticated: true });
    expect(client.cookies).toEqual({});
    const wrong = clientOf({ userName: GATEWAY_LOGIN.userName, password: "nope" });
    expect((await wrong.api(new evo.ListSessions())).error).toMatchObject({ errorCode: "401" });
    const { error } = await new JsonServiceClient(server.baseUrl).api(
      new evo.Authenticate({ ...CREDENTIALS, password: "nope" }),
    );
    expect(error).toMatchObject({ errorCode: "Unauthorized", message: "Invalid UserName or Password" });
  });

  test("asking without a name says who is signed in, or that nobody is", async () => {
    expect(response(await client.api(new evo.Authenticate()))).toMatchObject({
      userName: GATEWAY_LOGIN.userName,
    });
    const nobody = new JsonServiceClient(server.baseUrl);
    expect((await nobody.api(new evo.Authenticate())).error).toMatchObject({ errorCode: "Unauthorized" });
  });
});

describe("reading", () => {
  test("the operation's name, the custom route and the older name route answer the same", async () => {
    talk(sandbox, "one", START - 60_000, TALKING);
    const byName = await client.get(new evo.ListSessions({ countPerPage: 5 }));
    expect(byName.items).toHaveLength(1);
    expect(await client.get("/sessions", { countPerPage: 5 })).toEqual(byName);
    const older = clientOf(GATEWAY_LOGIN).useBasePath();
    expect(await older.get(new evo.ListSessions({ countPerPage: 5 }))).toEqual(byName);
    expect(server.requests.map(({ url }) => url)).toEqual([
      "/api/ListSessions?countPerPage=5",
      "/sessions?countPerPage=5",
      "/json/reply/ListSessions?countPerPage=5",
    ]);
  });

  test("pages, ids and accounts", async () => {
    for (let n = 0; n < 7; n += 1) {
      talk(sandbox, `c${n}`, START - n * 60_000, DONE, { traits: { accountIndex: n % 2 } });
    }
    const sort = { sortField: "dateCreated", sortOrder: "Descend" };
    const all = await client.get(new evo.ListSessions({ ...sort, all: true }));
    expect(all).toMatchObject({ totalCount: 7, totalPages: 1 });
    const paged: string[] = [];
    for (let page = 0, pages = 1; page < pages; page += 1) {
      const found = await client.get(new evo.ListSessions({ ...sort, page, countPerPage: 3 }));
      pages = found.totalPages;
      paged.push(...found.items.map(({ id }) => id));
    }
    const simplified: string[] = [];
    for (let page = 0, hasMore = true; hasMore; page += 1) {
      const found = await client.get(
        new evo.ListSessions({ ...sort, page, countPerPage: 3, simplifiedPaging: true }),
      );
      hasMore = found.hasMorePages;
      simplified.push(...found.items.map(({ id }) => id));
    }
    const ids = all.items.map(({ id }) => id);
    expect(paged).toEqual(ids);
    expect(simplified).toEqual(ids);

    const two = await client.get(new evo.ListSessions({ ...sort, specificIds: ids.slice(2, 4) }));
    expect(two.items.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    const [account] = (await client.get(new evo.GetAuthStatus())).accountIds as string[];
    expect((await client.get(new evo.ListSessions({ accountIds: [account] }))).totalCount).toBe(4);
  });

  test("the archive is another search, and by id there is nothing old", async () => {
    talk(sandbox, "old", START - 16 * DAY, DONE);
    expect((await client.get(new evo.ListSessions())).items).toEqual([]);
    const [old] = (await client.get(new evo.ListSessions({ searchArchive: true }))).items;
    const { error } = await client.api(new evo.GetSession({ sessionId: old?.id }));
    expect(error).toMatchObject({ errorCode: "NotFound", message: "Session does not exist" });
    const ended = await client.api(new evo.EndSession({ sessionId: old?.id }));
    expect(ended.error).toMatchObject({ errorCode: "NotFound" });
  });

  test("a single session comes without its log", async () => {
    talk(sandbox, "one", START - 60_000, TALKING);
    const session = await only();
    expect(session.log.length).toBeGreaterThan(0);
    expect(await client.get(new evo.GetSession({ sessionId: session.id }))).toEqual({ ...session, log: [] });
    expect(await client.get(`/sessions/${session.id}`)).toEqual({ ...session, log: [] });
  });

  test("files of a session, and a transcript of a chat", async () => {
    talk(sandbox, "call", START - 600_000, DONE);
    talk(sandbox, "chat", START - 60_000, CHATTING, { channel: "chat" });
    const [call, chat] = (await client.get(new evo.ListSessions())).items;
    const files = await client.get(new evo.ListFiles({ sessionId: call?.id, type: "CallRecording" }));
    expect(files.items).toMatchObject([{ type: "CallRecording", contentType: "audio/wav" }]);
    const { messages } = await client.get(new evo.GetChatTranscript({ sessionId: chat?.id }));
    expect(messages).toMatchObject([
      { from: CALLER.number, body: "Hello?" },
      { from: AGENT.number, body: "Hi, how can I help?" },
    ]);
    expect(await client.get(`/sessions/${chat?.id}/transcript`)).toEqual({ messages });
  });

  test("a batch is answered in order, and one bad member fails it", async () => {
    talk(sandbox, "one", START - 120_000, TALKING);
    talk(sandbox, "two", START - 60_000, TALKING);
    const [one, two] = (await client.get(new evo.ListSessions())).items;
    for (const base of [client, clientOf(GATEWAY_LOGIN).useBasePath()]) {
      const answers = await base.sendAll([
        new evo.ListSessions({ specificIds: [two?.id] }),
        new evo.ListSessions({ specificIds: [one?.id] }),
        new evo.ListSessions({ specificIds: ["none"] }),
      ]);
      expect(answers.map(({ items }) => items.map(({ id }) => id))).toEqual([[two?.id], [one?.id], []]);
    }
    const bad = client.sendAll([new evo.ListSessions(), new evo.ListSessions({ page: "two" })]);
    await expect(bad).rejects.toMatchObject({ responseStatus: { errors: [{ fieldName: "page" }] } });
  });
});

describe("changing", () => {
  async function live(steps = TALKING): Promise<evo.SessionInfo> {
    talk(sandbox, "live", START - 60_000, steps);
    return only();
  }

  test("a new session has the documented defaults and is the caller's own", async () => {
    const created = response(
      await client.api(
        new evo.NewSession({
          toAddress: "+12025550180",
          parentSessionId: "p1",
          fromPhoneNumber: "+12025550100",
        }),
      ),
    );
    expect(created).toMatchObject({
      channel: "Voice",
      direction: "Outgoing",
      callState: "Connected",
      fromAddress: GATEWAY_LOGIN.userName,
      toAddress: "+12025550180",
      ended: false,
      members: [
        { identity: GATEWAY_LOGIN.userName, role: "Agent", callState: "Connected" },
        { identity: "+12025550180", role: "None", callState: "Connected" },
      ],
    });
    expect(created).not.toHaveProperty("parentSessionId");
    const children = await client.get(new evo.ListSessions({ parentSessionId: "p1" }));
    expect(children.items.map(({ id }) => id)).toEqual([created.id]);
    const own = await client.get(new evo.GetMySessions());
    expect(own.sessions.map(({ id }) => id)).toEqual([created.id]);
  });

  test("an outgoing call answers nothing, is found by its number, and is answered after a while", async () => {
    const dialled = await client.apiVoid(
      new evo.NewOutgoingSession({ flowId: "f1", numberToDial: "+12025550181" }),
    );
    expect(dialled.succeeded).toBe(true);
    const [session] = (await client.get(new evo.ListSessions({ to: "2025550181" }))).items;
    expect(session).toMatchObject({
      callState: "Ringing",
      dialState: "Active",
      members: [{ identity: "+12025550181", callState: "Ringing", callSid: session?.callSid }],
    });
    clock += 8000;
    expect(await listed(session?.id ?? "")).toMatchObject({
      callState: "Connected",
      dialState: "None",
      answeredByName: "+12025550181",
    });
  });

  test("a patch changes what it sends, by name and by route", async () => {
    const before = await live();
    const patched = await client.patch(new evo.PatchSession({ sessionId: before.id, consoleData: "note" }));
    expect(patched).toMatchObject({ consoleData: "note", callState: "Connected", log: [] });
    expect(messages(await listed(before.id))).toEqual(messages(before));
    await client.patchToUrl(`/sessions/${before.id}`, new evo.PatchSession({ queueState: "None" }));
    expect(await listed(before.id)).toMatchObject({ consoleData: "note", queueState: "None" });
    await client.patch(new evo.PatchSession({ sessionId: before.id, consoleData: "", queueState: null }));
    expect(await listed(before.id)).toMatchObject({ consoleData: "", queueState: "None" });

    const flying = await client.api(
      new evo.PatchSession({ sessionId: before.id, consoleData: "no", callState: "Flying" }),
    );
    expect(flying.fieldError("callState")).toMatchObject({ errorCode: "RequestBindingException" });
    expect((await listed(before.id)).consoleData).toBe("");
  });

  test("a held session reads as held, for the reason given, until it is patched back", async () => {
    const { id } = await live();
    const held = await client.post(new evo.HoldSession({ sessionId: id, reason: "Transferring" }));
    expect(held).toMatchObject({
      callState: "Hold",
      queueState: "Hold",
      holdReason: "Transferring",
      log: [],
    });
    const reread = await listed(id);
    expect(reread).toMatchObject({
      callState: "Hold",
      holdReason: "Transferring",
      holdQueueName: expect.any(String),
      heldByUserId: (await client.get(new evo.GetAuthStatus())).id,
      lastModifiedBy: GATEWAY_LOGIN.userName,
    });
    expect(memberOf(reread, CALLER.number)).toMatchObject({ callState: "Hold" });
    expect(memberOf(reread, AGENT.email)).toMatchObject({ callState: "Connected" });
    expect(messages(reread).at(-1)).toBe("Held by Switchboard Gateway");

    await client.patch(new evo.PatchSession({ sessionId: id, callState: "Connected" }));
    const resumed = await listed(id);
    expect(resumed).toMatchObject({ callState: "Connected", queueState: "Connected", holdReason: "None" });
    expect(resumed).not.toHaveProperty("heldByUserId");
    expect(memberOf(resumed, CALLER.number)).toMatchObject({ callState: "Connected" });
    expect(messages(resumed).at(-1)).toBe("Resumed by Switchboard Gateway");
  });

  test("the leg that is named holds, the others are held; a leg of another call is refused", async () => {
    const session = await live();
    const agent = memberOf(session, AGENT.email);
    const held = await client.post(new evo.HoldSession({ sessionId: session.id, callSid: agent?.callSid }));
    expect(held.holdReason).toBe("None");
    expect(memberOf(held, AGENT.email)?.callState).toBe("Connected");
    expect(memberOf(held, CALLER.number)?.callState).toBe("Hold");
    // The session's own sid is the leg of who called; a call can be held from either end.
    const other = await client.post(new evo.HoldSession({ sessionId: session.id, callSid: session.callSid }));
    expect(memberOf(other, AGENT.email)?.callState).toBe("Hold");
    expect(memberOf(other, CALLER.number)?.callState).toBe("Connected");
    const strange = await client.api(new evo.HoldSession({ sessionId: session.id, callSid: "CA0" }));
    expect(strange.fieldError("callSid")).toMatchObject({ message: "Call is not a leg of the session" });
    const unknown = await client.api(new evo.HoldSession({ sessionId: session.id, reason: "Bored" }));
    expect(unknown.hasFieldError("reason")).toBe(true);
  });

  test("a redirect answers nothing and is seen in the members, the log and who answered", async () => {
    const { id } = await live();
    await client.post(new evo.HoldSession({ sessionId: id, reason: "Transferring" }));
    const sent = await client.apiVoid(
      new evo.RedirectSession({ sessionId: id, destination: COLLEAGUE.email, callerId: "+12025550100" }),
    );
    expect(sent.succeeded).toBe(true);
    expect(server.requests.at(-1)).toMatchObject({ status: 204 });
    const ringing = await listed(id);
    expect(ringing).toMatchObject({
      callState: "Ringing",
      dialState: "Active",
      queueState: "Disconnected",
      holdReason: "None",
      fromPhoneNumber: "+12025550100",
    });
    expect(memberOf(ringing, CALLER.number)?.callState).toBe("Connected");
    expect(memberOf(ringing, AGENT.email)?.callState).toBe("None");
    expect(memberOf(ringing, COLLEAGUE.email)).toMatchObject({
      role: "Transfer",
      callState: "Ringing",
      callSid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
      endpointId: expect.any(String),
    });
    expect(messages(ringing).at(-1)).toBe(`Redirected to ${COLLEAGUE.email} by Switchboard Gateway`);

    clock += 8000;
    const answered = await listed(id);
    expect(answered).toMatchObject({ callState: "Connected", answeredByName: COLLEAGUE.name });
    expect(messages(answered).at(-1)).toBe(`Answered by ${COLLEAGUE.name}`);
    const nowhere = await client.api(new evo.RedirectSession({ sessionId: id }));
    expect(nowhere.hasFieldError("destination")).toBe(true);
  });

  test("an ended session reads as ended, with the leg that is named or without", async () => {
    const session = await live();
    const agent = memberOf(session, AGENT.email);
    const ended = await client.apiVoid(
      new evo.EndSession({ sessionId: session.id, callSid: agent?.callSid }),
    );
    expect(ended.succeeded).toBe(true);
    const reread = await listed(session.id);
    expect(reread).toMatchObject({
      ended: true,
      callState: "Disconnected",
      outcome: "Completed",
      wasMissed: false,
      dateCompleted: "2026-03-20T10:00:00.000Z",
    });
    expect(reread.members.every(({ callState }) => callState === "None")).toBe(true);
    expect(messages(reread).slice(-2)).toEqual([`Hung up by ${AGENT.name}`, "Session ended: Completed"]);
    expect(await client.get("/sessions/my")).toEqual({ sessions: [] });

    // Twice does no harm; nothing else can be done with it.
    await client.delete(`/sessions/${session.id}`);
    expect(await listed(session.id)).toEqual(reread);
    for (const request of [
      new evo.HoldSession({ sessionId: session.id }),
      new evo.RedirectSession({ sessionId: session.id, destination: "+12025550199" }),
    ]) {
      const { error } = await client.api<unknown>(request);
      expect(error).toMatchObject({ message: "Session has already ended" });
    }
  });

  test("a call that nobody answered yet is cancelled by hanging up", async () => {
    const session = await live(RINGING);
    await client.delete(new evo.EndSession({ sessionId: session.id }));
    expect(await listed(session.id)).toMatchObject({ ended: true, outcome: "Cancelled", wasMissed: false });
  });

  test("a conference gets members, and a recording its file when the call ends", async () => {
    const { id } = await live();
    const added = await client.post(
      new evo.AddConferenceMember({ sessionId: id, destination: "+12025550190", fromNumber: "+12025550100" }),
    );
    expect(added).toMatchObject({
      conferenceSid: expect.stringMatching(/^CF[0-9a-f]{32}$/),
      callState: "Connected",
      mostRecentParticipantCallSid: memberOf(added, "+12025550190")?.callSid,
    });
    expect(memberOf(added, "+12025550190")).toMatchObject({ role: "Transfer", callState: "Ringing" });
    clock += 8000;
    expect(memberOf(await listed(id), "+12025550190")?.callState).toBe("Connected");
    await client.postToUrl(`/sessions/${id}/record`, new evo.NewSession());
    await client.delete(`/sessions/${id}`);
    const { items } = await client.get(new evo.ListFiles({ sessionId: id }));
    expect(items).toMatchObject([{ type: "CallRecording" }]);
  });

  test("a chat gets messages and members", async () => {
    talk(sandbox, "chat", START - 60_000, CHATTING, { channel: "chat" });
    const { id: sessionId } = await only();
    const sent = await client.post(new evo.SendMessage({ sessionId, body: "One moment." }));
    expect(sent).toMatchObject({ text: "One moment.", direction: "Outgoing", otherAddress: CALLER.number });
    expect(sent).not.toHaveProperty("sessionId");
    const { messages: transcript } = await client.get(new evo.GetChatTranscript({ sessionId }));
    expect(transcript.at(-1)).toMatchObject({ from: GATEWAY_LOGIN.userName, body: "One moment." });

    const invited = await client.post(new evo.InviteChatMember({ sessionId, memberToAdd: COLLEAGUE.email }));
    expect(memberOf(invited, COLLEAGUE.email)).toMatchObject({
      role: "Agent",
      endpointId: expect.any(String),
    });
    // The path's name for the member is not the one that binds (quirk Q6).
    const path = `/sessions/${sessionId}/members/${encodeURIComponent(COLLEAGUE.email ?? "")}`;
    await expect(client.delete(path)).rejects.toMatchObject({
      responseStatus: { errorCode: "ArgumentException" },
    });
    const left = await client.delete<evo.SessionInfo>(path, { memberToRemove: COLLEAGUE.email });
    expect(memberOf(left, COLLEAGUE.email)).toBeUndefined();
  });

  test("a message from an endpoint finds the chat that goes on, or begins one", async () => {
    talk(sandbox, "chat", START - 60_000, CHATTING, { channel: "chat" });
    const chat = await only();
    const endpointId = memberOf(chat, AGENT.email)?.endpointId;
    await client.post(new evo.SendMessage({ endpointId, toAddress: CALLER.number, body: "Still there?" }));
    const { messages: transcript } = await client.get(new evo.GetChatTranscript({ sessionId: chat.id }));
    expect(transcript.at(-1)).toMatchObject({ body: "Still there?" });

    await client.get("/messages", { endpointId, toAddress: "+12025550195", body: "Your bill is ready." });
    const { items } = await client.get(new evo.ListSessions({ to: "2025550195" }));
    expect(items).toMatchObject([{ channel: "Chat", endpointId, ended: false }]);
  });
});

describe("errors", () => {
  test.each([
    ["User", PHONE_USER_LOGIN, ["ListFiles", "GetActiveCalls", "NewOutgoingSession"]],
    [
      "Manager",
      MANAGER_LOGIN,
      [
        ...["NewSession", "EndSession", "HoldSession", "RedirectSession", "SendMessage", "InviteChatMember"],
        ...["DeleteChatMember", "GetChatTranscript", "GetMySessions"],
      ],
    ],
  ] as const)(
    "a login with nothing but the role %s is refused what needs another",
    async (_, login, refused) => {
      talk(sandbox, "live", START - 60_000, TALKING);
      const before = await only();
      const limited = clientOf(login);
      const members = { sessionId: before.id, accountId: before.accountId, destination: "+12025550199" };
      const outcomes: Record<string, string | undefined> = {};
      for (const Request of [
        ...[evo.ListFiles, evo.GetActiveCalls, evo.NewOutgoingSession, evo.NewSession, evo.EndSession],
        ...[evo.HoldSession, evo.RedirectSession, evo.SendMessage, evo.InviteChatMember],
        ...[evo.DeleteChatMember, evo.GetChatTranscript, evo.GetMySessions, evo.ListSessions],
        ...[evo.GetSession, evo.PatchSession, evo.AddConferenceMember],
      ]) {
        const request = new Request(members);
        outcomes[request.getTypeName()] = (await limited.api<unknown>(request)).errorCode;
      }
      const forbidden = Object.keys(outcomes).filter((name) => outcomes[name] === "Forbidden");
      expect(forbidden.toSorted()).toEqual([...refused].toSorted());
    },
  );

  test("another's account, an unknown session, an unknown operation", async () => {
    const error = async (request: Parameters<typeof client.api>[0]) => (await client.api(request)).error;
    expect(await error(new evo.ListSessions({ accountIds: ["f".repeat(24)] }))).toMatchObject({
      errorCode: "Forbidden",
    });
    expect(await error(new evo.HoldSession({ sessionId: "f".repeat(24) }))).toMatchObject({
      errorCode: "NotFound",
      message: "Session does not exist",
    });
    await expect(client.get("/json/reply/FlySession")).rejects.toMatchObject({
      responseStatus: { errorCode: "NotFound" },
    });
    // A write is not done by asking.
    await expect(client.get("/api/EndSession", { sessionId: "x" })).rejects.toMatchObject({
      responseStatus: { errorCode: "NotImplementedException" },
    });
  });

  test("an error without the envelope gets the status as its code", async () => {
    server.setFaults({ statuses: [{ status: 502, body: "<h1>Bad Gateway</h1>" }] });
    const { error } = await client.api(new evo.ListSessions());
    expect(error).toMatchObject({ errorCode: "502" });
  });

  test("the bulk delete is there, and whoever comes near it is on record", async () => {
    talk(sandbox, "live", START - 60_000, TALKING);
    talk(sandbox, "old", START - 16 * DAY, DONE);
    const { accountId, id } = await only();
    server.forget();
    await client.get(new evo.GetSession({ sessionId: id }));
    expect(server.operations).toEqual(["GetSession"]);

    // A hang-up whose id is blank.
    await expect(client.delete("/sessions/")).rejects.toMatchObject({ responseStatus: {} });
    expect(server.operations).toEqual(["GetSession", "DeleteSessions"]);
    expect((await client.get(new evo.ListSessions())).totalCount).toBe(1);
    await client.delete(
      new evo.DeleteSessions({
        accountId,
        startDateTime: "2026-01-01T00:00:00Z",
        endDateTime: "2026-04-01T00:00:00Z",
      }),
    );
    expect((await client.get(new evo.ListSessions())).totalCount).toBe(0);
    expect((await client.get(new evo.ListSessions({ searchArchive: true }))).totalCount).toBe(0);
    expect(server.operations.filter((name) => name === "DeleteSessions")).toHaveLength(2);
  });
});
