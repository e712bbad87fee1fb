/** Placing and controlling calls in the PortSIP sandbox, line by line as the reference has them (§3.3 to §3.6). */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Conversation, Step } from "../../src/sandbox/conversation.js";
import { startPortsipServer, type PortsipSandboxServer } from "../../src/sandbox/portsip/portsip-server.js";

const START = Date.parse("2026-03-01T10:00:00Z");
const OUTSIDE = "+12025550150";

let clock = START;
let server: PortsipSandboxServer;
let token = "";

beforeEach(async () => {
  clock = START;
  server = await startPortsipServer({ port: 0, host: "127.0.0.1", seed: 7, now: () => clock });
  server.setIdSpelling("decimal");
  const { PORTSIP_USERNAME, PORTSIP_PASSWORD, PORTSIP_DOMAIN } = server.environment;
  const login = { username: PORTSIP_USERNAME, password: PORTSIP_PASSWORD, domain: PORTSIP_DOMAIN };
  token = String((await send("POST", "/auth/sign_in", login)).json.access_token);
  for (const number of ["1001", "1002", "1003", OUTSIDE]) server.answers(number, "answers");
});
afterEach(() => server.close());

type Json = Record<string, unknown>;
interface Reply {
  status: number;
  json: Json;
}

async function send(method: string, path: string, body?: unknown): Promise<Reply> {
  const response = await fetch(`${server.baseUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? {} : (JSON.parse(text) as Json) };
}

const CALL = { caller: "1001", callee: "1002", send_sdp: true };

async function create(body: Json = {}): Promise<string> {
  const { status, json } = await send("POST", "/sessions", { ...CALL, ...body });
  expect(status).toBe(201);
  return String(json.id);
}

/** What `/sessions` shows of a call: who is on each leg. Null once it is over. */
async function legs(id: string): Promise<unknown[][] | null> {
  const { status, json } = await send("GET", `/sessions/${id}`);
  return status === 404 ? null : (json.calls as Json[]).map(({ caller, callee }) => [caller, callee]);
}

/** What `/calllogs` tells of it, leg by leg. */
async function logs(id: string): Promise<Json[]> {
  const query = new URLSearchParams({ filter: `session_id eq '${id}'`, orderby: "id" });
  return (await send("GET", `/calllogs?${query}`)).json.items as Json[];
}

const control = (id: string, action: string, body: unknown = {}) =>
  send("POST", `/sessions/${id}/${action}`, body);
const destroy = (id: string) => control(id, "destroy");

/** A call from outside to an extension, answered a second ago. */
function fromOutside(name: string, extension: string): string {
  const conversation: Conversation = {
    id: name,
    provider: "portsip",
    channel: "voice",
    direction: "inbound",
    from: { name: "Ada", number: OUTSIDE, extension: null, email: null },
    to: { name: "Elena", number: "+13125550101", extension, email: null },
    startedAt: clock - 5_000,
    steps: [],
    traits: { trunk: "AtlanticVoice" },
    links: [],
  };
  const known = new Set((server.records().session ?? []).map(({ id }) => id));
  const step: Step = { at: 4_000, do: "answer", party: "to" };
  server.begin(conversation);
  server.apply(conversation, step, clock - 1_000);
  return String((server.records().session ?? []).find(({ id }) => !known.has(id))?.id);
}

describe("placing a call", () => {
  test("answers 201 with an id and nothing else", async () => {
    const { status, json } = await send("POST", "/sessions", CALL);
    expect([status, json]).toEqual([201, { id: expect.stringMatching(/^\d{18,19}$/) as string }]);
  });

  test("takes all fourteen members at their longest", async () => {
    const id = await create({
      caller_display_name: "x".repeat(1024),
      trunk: "AtlanticVoice",
      rewrite_from: "1".repeat(16),
      rewrite_pai: "2".repeat(16),
      rewrite_rpi: "3".repeat(16),
      user_data: "x".repeat(128),
      target: "x".repeat(128),
      target_instance_id: "x".repeat(128),
      target_extension_number: "1002",
      additional_header: "CALL_INFO",
      header_direction: "ALL",
    });
    expect(await legs(id)).toEqual([["1001", "1002"]]);
  });

  test.each([
    ["caller", { caller: undefined }],
    ["caller", { caller: "" }],
    ["caller", { caller: "1".repeat(257) }],
    ["callee", { callee: undefined }],
    ["callee", { callee: "1".repeat(257) }],
    ["send_sdp", { send_sdp: undefined }],
    ["send_sdp", { send_sdp: "true" }],
    ["caller_display_name", { caller_display_name: "x".repeat(1025) }],
    ["trunk", { trunk: "" }],
    ["trunk", { trunk: "x".repeat(65) }],
    ["rewrite_from", { rewrite_from: "" }],
    ["rewrite_pai", { rewrite_pai: "x".repeat(17) }],
    ["rewrite_rpi", { rewrite_rpi: "x".repeat(17) }],
    ["user_data", { user_data: "x".repeat(129) }],
    ["target", { target: "x".repeat(129) }],
    ["target_instance_id", { target_instance_id: "x".repeat(129) }],
    ["target_extension_number", { target_extension_number: "x".repeat(129) }],
    ["additional_header", { additional_header: "answer_mode" }],
    ["header_direction", { header_direction: "BOTH" }],
  ])("with a bad %s is refused: %j", async (member, body) => {
    const { status, json } = await send("POST", "/sessions", { ...CALL, ...body });
    const message = expect.stringMatching(`^${member}: `) as string;
    expect([status, json]).toEqual([400, { errors: [{ code: "VALIDATE_FAILED", message }] }]);
    expect((await send("GET", "/sessions")).json.count).toBe(0);
  });

  test("rings the caller first, and the callee only when the caller has answered", async () => {
    server.answers("1001", "rings");
    const id = await create();
    expect(server.sip.map(({ method, to }) => [method, to])).toEqual([["INVITE", "1001"]]);
    server.answers("1001", "answers");
    await legs(id);
    expect(server.sip.map(({ method, to, from }) => [method, to, from])).toEqual([
      ["INVITE", "1001", "1002"],
      ["INVITE", "1002", "1001"],
    ]);
    clock += 3_000;
    expect((await send("GET", `/sessions/${id}`)).json).toMatchObject({ calls: [{ talking_time: 3 }] });
  });

  test("of a caller who does not answer ends by timeout, and nobody else is rung", async () => {
    server.answers("1001", "rings");
    const id = await create();
    clock += 30_000;
    expect(await legs(id)).toBeNull();
    expect(await logs(id)).toMatchObject([
      { answered_at: "", status_code: 480, destination: expect.stringContaining("1001") as string },
    ]);
    expect(server.sip).toHaveLength(1);
  });

  test.each([
    ["busy", 486],
    ["no_answer", 480],
    ["refuses", 603],
    ["unreachable", 404],
  ] as const)("to a callee who is or does %s is accepted, and fails in its log", async (behaviour, code) => {
    server.answers("1002", behaviour);
    const id = await create();
    expect(await legs(id)).toBeNull();
    expect(await logs(id)).toMatchObject([{ status_code: code, answered_at: "", duration: 0 }]);
  });

  test("to an extension that does not exist fails", async () => {
    const id = await create({ callee: "4242" });
    clock += 10_000;
    expect(await logs(id)).toMatchObject([{ status_code: 404 }]);
  });

  test("over a trunk that is not there fails, and no other one is tried", async () => {
    const id = await create({ trunk: "Nowhere" });
    expect(await legs(id)).toBeNull();
    expect(await logs(id)).toMatchObject([{ status_code: 503, trunk: "Nowhere" }]);
    expect(server.sip).toEqual([]);
  });

  test("within the house has no trunk, to the outside one", async () => {
    await create();
    await create({ callee: OUTSIDE });
    const { items } = (await send("GET", "/sessions")).json as { items: { calls: Json[] }[] };
    expect(items.map(({ calls }) => calls[0]?.trunk).sort()).toEqual(["AtlanticVoice", null]);
  });

  test.each([
    ["EXTENSION_CALL", "1001", "1002"],
    ["OUTBOUND_CALL", "1001", OUTSIDE],
    ["INBOUND_CALL", OUTSIDE, "1001"],
    ["INBOUND_OUTBOUND_CALL", OUTSIDE, "+13125550199"],
  ])("is an %s from %s to %s", async (direction, caller, callee) => {
    const id = await create({ caller, callee });
    await destroy(id);
    expect((await logs(id))[0]?.direction).toBe(direction);
  });

  test("rewrites headers with a trunk only", async () => {
    const rewritten = { rewrite_from: "15550100", rewrite_pai: "15550101", rewrite_rpi: "15550102" };
    const id = await create({ ...rewritten, callee: OUTSIDE, trunk: "AtlanticVoice" });
    await legs(id);
    expect(server.sip.at(-1)).toMatchObject({
      from: "15550100",
      headers: {
        "X-Session-Id": id,
        "X-Trunk-Name": "AtlanticVoice",
        "P-Asserted-Identity": "15550101",
        "Remote-Party-ID": "15550102",
      },
    });
    const other = await create({ ...rewritten, callee: OUTSIDE });
    await legs(other);
    expect(server.sip.at(-1)).toMatchObject({ from: "1001", headers: { "X-Session-Id": other } });
    expect(Object.keys(server.sip.at(-1)?.headers ?? {})).toEqual(["X-Session-Id"]);
    for (const one of [id, other]) await destroy(one);
    expect((await logs(id))[0]?.outbound_caller_id).toBe("15550100");
    expect((await logs(other))[0]?.outbound_caller_id).not.toBe("15550100");
  });

  test.each([
    ["ANSWER_MODE", "Answer-Mode", "Auto"],
    ["CALL_INFO", "Call-Info", "answer-after=0"],
    ["ALERT_INFO_AUTO_ANSWER_DELAY0", "Alert-Info", "info=alert-autoanswer;delay=0"],
    ["ALERT_INFO_AUTO_ANSWER", "Alert-Info", "info=Auto Answer"],
    ["ALERT_INFO_INTERCOM", "Alert-Info", "info=intercom"],
  ])("with %s adds %s to the INVITE", async (additional_header, name, value) => {
    await legs(await create({ additional_header, header_direction: "CALLER" }));
    expect(server.sip[0]?.headers[name]).toContain(value);
  });

  test.each([
    ["CALLER", [true, false]],
    ["CALLEE", [false, true]],
    ["ALL", [true, true]],
  ])("adds the header for %s", async (header_direction, expected) => {
    await legs(await create({ additional_header: "ANSWER_MODE", header_direction }));
    expect(server.sip.map(({ headers }) => "Answer-Mode" in headers)).toEqual(expected);
  });

  test("ignores a direction without a header", async () => {
    await legs(await create({ header_direction: "ALL" }));
    expect(server.sip.map(({ headers }) => Object.keys(headers))).toEqual([
      ["X-Session-Id"],
      ["X-Session-Id"],
    ]);
  });

  test("sends the offer or does not, and rings the target it was told", async () => {
    const target = "sip:1002@192.0.2.10:5066";
    await legs(await create({ send_sdp: false, target, target_instance_id: "urn:uuid:1" }));
    expect(server.sip).toMatchObject([
      { sdp: "none", to: "1001" },
      {
        sdp: "none",
        to: target,
        headers: { "Accept-Contact": expect.stringContaining("urn:uuid:1") as string },
      },
    ]);
  });

  test("tells its user data in the log, with the queue around it where one was called", async () => {
    const id = await create({ user_data: "crm-4711" });
    const queued = await create({ user_data: "crm-4711", callee: "8000" });
    const grouped = await create({ user_data: "crm-4711", callee: "6000" });
    for (const one of [id, queued, grouped]) await destroy(one);
    expect((await logs(id))[0]).toMatchObject({ user_data: "crm-4711", service_number: null });
    expect((await logs(queued))[0]).toMatchObject({
      user_data: "user-data=crm-4711;service-number=8000",
      service_number: "8000",
    });
    expect((await logs(grouped))[0]?.user_data).toBe("user-data=crm-4711;service-number=6000");
  });

  test("names who is called by the directory, and the caller as asked", async () => {
    const id = await create({ caller_display_name: "Front Desk" });
    expect((await send("GET", `/sessions/${id}`)).json.calls).toMatchObject([
      { caller_display_name: "Front Desk" },
    ]);
    await destroy(id);
    expect((await logs(id))[0]).toMatchObject({ callee_display_name: "Samuel Adeyemi" });
  });
});

describe("holding", () => {
  const held = () => server.sip.filter(({ sdp }) => sdp?.startsWith("send")).map(({ sdp, to }) => [sdp, to]);

  test("and resuming answer 200 with nothing, and only the phones notice", async () => {
    const id = await create();
    const before = (await send("GET", "/sessions")).json;
    expect(await control(id, "hold", { extension_number: "1001" })).toEqual({ status: 200, json: {} });
    expect(await control(id, "unhold", { extension_number: "1002" })).toEqual({ status: 200, json: {} });
    expect(held()).toEqual([
      ["sendonly", "1002"],
      ["sendrecv", "1001"],
    ]);
    expect((await send("GET", "/sessions")).json).toEqual(before);
  });

  test.each([{}, { extension_number: 1001 }, { extension_number: "10" }, { extension_number: "+1001" }])(
    "refuses %j",
    async (body) => {
      const { status, json } = await control(await create(), "hold", body);
      expect([status, json]).toMatchObject([400, { errors: [{ code: "VALIDATE_FAILED" }] }]);
    },
  );

  test("needs somebody who is on the call; a number outside counts too", async () => {
    const id = fromOutside("held", "1001");
    expect((await control(id, "hold", { extension_number: "1003" })).status).toBe(400);
    expect((await control(id, "hold", { extension_number: "12025550150" })).status).toBe(200);
    expect(held()).toEqual([["sendonly", "1001"]]);
  });

  test("needs a call that is connected", async () => {
    server.answers("1002", "rings");
    expect((await control(await create(), "hold", { extension_number: "1001" })).status).toBe(400);
  });

  test("with 1 takes the extension's latest call", async () => {
    fromOutside("older", "1001");
    clock += 10_000;
    await create();
    expect((await control("1", "hold", { extension_number: "1001" })).status).toBe(200);
    expect(held()).toEqual([["sendonly", "1002"]]);
    expect((await control("1", "hold", { extension_number: "1009" })).status).toBe(404);
  });

  test("knows whoever took the queue's call", async () => {
    server.setPace(0);
    const id = await create({ callee: "8000" });
    await legs(id);
    const agent = server.sip.at(-1)?.to;
    expect(agent).toMatch(/^100[1-9]$/);
    expect((await control(id, "hold", { extension_number: agent })).status).toBe(200);
    const other = agent === "1009" ? "1008" : "1009";
    expect((await control(id, "hold", { extension_number: other })).status).toBe(400);
  });
});

describe("a blind transfer", () => {
  const refer = (id: string, body: unknown) => control(id, "refer", body);

  test("by the callee leaves the caller with the new party", async () => {
    const id = fromOutside("referred", "1001");
    expect(await refer(id, { extension_number: "1001", refer_to: "1002" })).toEqual({
      status: 200,
      json: {},
    });
    expect(await legs(id)).toEqual([[OUTSIDE, "1002"]]);
    clock += 4_000;
    expect((await send("GET", `/sessions/${id}`)).json.calls).toMatchObject([{ talking_time: 4 }]);
    await destroy(id);
    expect(await logs(id)).toMatchObject([
      { callee: "1001", end_reason: "BLIND_TRANSFER_COMPLETED", reroute_reason: "", duration: 1 },
      { callee: "1002", end_reason: "CALLER_DISCONNECTED", reroute_reason: "TRANSFER", duration: 4 },
    ]);
  });

  test("by the caller leaves the callee with the new party", async () => {
    const id = await create();
    await refer(id, { extension_number: "1001", refer_to: "1003" });
    expect(await legs(id)).toEqual([["1002", "1003"]]);
  });

  test("that nobody takes ends the call: whoever transferred has gone", async () => {
    const id = fromOutside("referred", "1001");
    server.answers("1002", "busy");
    expect((await refer(id, { extension_number: "1001", refer_to: "1002" })).status).toBe(200);
    expect(await legs(id)).toBeNull();
    expect((await logs(id)).map(({ status_code }) => status_code)).toEqual([0, 486]);
  });

  test("with 1 takes the extension's latest call", async () => {
    const id = await create();
    await legs(id);
    await refer("1", { extension_number: "1002", refer_to: "1003" });
    expect(await legs(id)).toEqual([["1001", "1003"]]);
  });

  test.each([
    ["refer_to", { extension_number: "1001" }],
    ["refer_to", { extension_number: "1001", refer_to: "" }],
    ["extension_number", { refer_to: "1002" }],
    ["extension_number", { extension_number: "1009", refer_to: "1002" }],
  ])("names %s in %j as what is wrong", async (member, body) => {
    const { status, json } = await refer(await create(), body);
    const message = expect.stringMatching(`^${member}: `) as string;
    expect([status, json]).toMatchObject([400, { errors: [{ code: "VALIDATE_FAILED", message }] }]);
  });
});

describe("an attended transfer", () => {
  const attend = (body: Json, path = "1") =>
    control(path, "attended_refer", { extension_number: "1001", refer_to_1: "", refer_to_2: "", ...body });
  /** The extension's call from outside, and the one in which it asks a colleague. */
  async function consult(): Promise<[call: string, consultation: string]> {
    const call = fromOutside("consulted", "1001");
    clock += 1_000;
    const consultation = await create();
    await legs(consultation);
    return [call, consultation];
  }

  test("joins the two far ends; the transferor and the consultation are gone", async () => {
    const [call, consultation] = await consult();
    clock += 5_000;
    expect(await attend({ session_1: call, session_2: consultation })).toEqual({ status: 200, json: {} });
    expect(await legs(call)).toEqual([[OUTSIDE, "1002"]]);
    expect(await legs(consultation)).toBeNull();
    clock += 2_000;
    expect((await send("GET", "/sessions")).json).toMatchObject({
      count: 1,
      items: [{ calls: [{ talking_time: 2, trunk: "AtlanticVoice" }] }],
    });
    await destroy(call);
    expect(await logs(call)).toMatchObject([
      { callee: "1001", end_reason: "CONSULT_TRANSFER_COMPLETED", reroute_reason: "" },
      { callee: "1002", callee_display_name: "Samuel Adeyemi", reroute_reason: "TRANSFER" },
    ]);
    expect(await logs(consultation)).toMatchObject([{ end_reason: "REPLACED", duration: 5 }]);
  });

  test("finds calls within the house by their far ends", async () => {
    const first = await create({ caller: "1003", callee: "1001" });
    await legs(first);
    const second = await create();
    await legs(second);
    expect((await attend({ session_1: "0", refer_to_1: "1003", refer_to_2: "1002" })).status).toBe(200);
    expect(await legs(first)).toEqual([["1003", "1002"]]);
    expect(await legs(second)).toBeNull();
  });

  test("does not find a call on a trunk by its number", async () => {
    const [call, consultation] = await consult();
    expect((await attend({ refer_to_1: OUTSIDE, refer_to_2: "1002" })).status).toBe(404);
    expect(await legs(call)).toEqual([[OUTSIDE, "1001"]]);
    expect((await attend({ session_1: call, refer_to_1: OUTSIDE, refer_to_2: "1002" })).status).toBe(200);
    expect(await legs(consultation)).toBeNull();
  });

  test("takes either spelling of the sessions' ids", async () => {
    const [call, consultation] = await consult();
    const base64 = (id: string) => Buffer.from(id).toString("base64");
    expect((await attend({ session_1: base64(call), session_2: base64(consultation) })).status).toBe(200);
  });

  test("before the colleague has answered rings on for the caller", async () => {
    server.answers("1002", "rings");
    const [call, consultation] = await consult();
    expect((await attend({ session_1: call, session_2: consultation })).status).toBe(200);
    expect((await send("GET", `/sessions/${call}`)).json.calls).toMatchObject([{ talking_time: 0 }]);
    server.answers("1002", "answers");
    clock += 2_000;
    expect((await send("GET", `/sessions/${call}`)).json.calls).toMatchObject([{ talking_time: 2 }]);
  });

  test("fails when one of the calls is not named at all", async () => {
    const [call] = await consult();
    const { status, json } = await attend({ session_1: call, session_2: "0" });
    const message = expect.stringContaining("refer_to_2") as string;
    expect([status, json]).toMatchObject([400, { errors: [{ code: "VALIDATE_FAILED", message }] }]);
  });

  test("needs two calls, both of the extension", async () => {
    const [call, consultation] = await consult();
    expect((await attend({ session_1: call, session_2: call })).status).toBe(400);
    const body = { extension_number: "1009", session_1: call, session_2: consultation };
    expect((await attend(body)).status).toBe(400);
    expect((await attend({ session_1: "812345678901234567", session_2: consultation })).status).toBe(404);
    expect((await attend({ session_1: call, session_2: consultation }, "812345678901234567")).status).toBe(
      404,
    );
    expect(await legs(call)).toEqual([[OUTSIDE, "1001"]]);
  });

  test("needs both numbers in its body, if only empty ones", async () => {
    const { status } = await control("1", "attended_refer", { extension_number: "1001", refer_to_1: "1002" });
    expect(status).toBe(400);
  });
});

describe("hanging up", () => {
  test("answers 204; the call is gone from the list and in the log", async () => {
    const id = await create();
    await legs(id);
    clock += 7_000;
    expect(await destroy(id)).toEqual({ status: 204, json: {} });
    expect((await send("GET", "/sessions")).json).toEqual({ count: 0, items: [] });
    expect(await logs(id)).toMatchObject([
      { end_reason: "CALLER_DISCONNECTED", duration: 7, status_code: 0 },
    ]);
  });

  test("cancels a call that still rings", async () => {
    server.answers("1002", "rings");
    const id = await create();
    await destroy(id);
    expect(await logs(id)).toMatchObject([{ end_reason: "CANCELLED", answered_at: "", status_code: 487 }]);
    server.answers("1002", "answers");
    expect(await legs(id)).toBeNull();
  });

  test("takes the call out of its conversation's hands", async () => {
    const id = fromOutside("destroyed", "1001");
    await destroy(id);
    server.apply({ id: "destroyed" } as Conversation, { at: 0, do: "end", reason: "failed" }, clock + 1_000);
    clock += 2_000;
    expect(await logs(id)).toMatchObject([{ end_reason: "CALLER_DISCONNECTED" }]);
  });

  test("is refused by a bad id with 400, by an unknown one with 404, and there is no latest call", async () => {
    expect(await destroy("not%20an%20id")).toMatchObject({
      status: 400,
      json: { errors: [{ code: "VALIDATE_FAILED" }] },
    });
    expect((await destroy("0")).status).toBe(400);
    expect((await destroy("812345678901234567")).status).toBe(404);
    await create();
    expect((await destroy("1")).status).toBe(404);
    const id = await create();
    await destroy(id);
    expect((await destroy(id)).status).toBe(404);
  });
});

describe("the open way to place a call", () => {
  const query = (more: Json = {}) =>
    new URLSearchParams({
      ...{ caller: "1001", callee: "1002", send_sdp: "true" },
      ...{ extension_number: "1001", password: "extension-password", domain: "parcels.example.test" },
      ...more,
    });
  const open = (parameters: URLSearchParams) => fetch(`${server.baseUrl}/sessions/directly?${parameters}`);

  test("really rings people, without a token, and is on record", async () => {
    const response = await open(query({ user_data: "crm-1" }));
    expect(response.status).toBe(201);
    const { id } = (await response.json()) as { id: string };
    expect(await legs(id)).toEqual([["1001", "1002"]]);
    expect(server.sip).not.toEqual([]);
    expect(server.requests.some(({ url }) => url.includes("/sessions/directly"))).toBe(true);
  });

  test.each(["caller", "callee", "send_sdp", "extension_number", "password", "domain"])(
    "needs %s",
    async (name) => {
      const parameters = query();
      parameters.delete(name);
      expect((await open(parameters)).status).toBe(400);
    },
  );
});

test("there is nothing else to do with a call", async () => {
  const id = await create();
  for (const action of ["mute", "answer", "dtmf", "park", "record"])
    expect((await control(id, action, { extension_number: "1001" })).status).toBe(404);
});
