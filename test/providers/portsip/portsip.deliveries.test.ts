/** Which webhook calls are taken, and what they tell (PortSIP reference §7). */
import { describe, expect, test } from "vitest";
import type { WebhookDelivery } from "../../../src/providers/provider.js";
import { createPortsipReceiver } from "../../../src/providers/portsip/portsip.webhooks.js";

const TOKEN = "a-token-of-the-tenant";
const receiver = createPortsipReceiver(TOKEN);
const NOW = Date.UTC(2026, 2, 1, 12);
const SECONDS = String(NOW / 1000 - 5);

function delivery(
  authorization: string | undefined,
  body: unknown = {},
  method: "GET" | "POST" = "POST",
): WebhookDelivery {
  return {
    method,
    url: "https://x/webhooks/portsip",
    headers: { authorization },
    body: Buffer.from(JSON.stringify(body)),
  };
}

test.each([
  [`Bearer ${TOKEN}`, "genuine"],
  [`bearer  ${TOKEN} `, "genuine"],
  [`Bearer ${TOKEN}x`, "refused"],
  [`Bearer ${TOKEN.slice(1)}`, "refused"],
  [`Basic ${TOKEN}`, "refused"],
  ["Bearer ", "refused"],
  [TOKEN, "refused"],
  [undefined, "refused"],
])("authorization %j: %s", (authorization, kind) => {
  expect(receiver.verify(delivery(authorization)).kind).toBe(kind);
});

test("a GET is refused", () => {
  expect(receiver.verify(delivery(`Bearer ${TOKEN}`, {}, "GET")).kind).toBe("refused");
});

test("what is sent again has the same id, anything else another", () => {
  const idOf = (body: unknown) => {
    const verdict = receiver.verify(delivery(`Bearer ${TOKEN}`, body));
    return verdict.kind === "genuine" ? verdict.id : null;
  };
  expect(idOf({ time: "1" })).toBe(idOf({ time: "1" }));
  expect(idOf({ time: "1" })).not.toBe(idOf({ time: "2" }));
  expect(idOf({})).not.toContain(TOKEN);
});

describe("an event", () => {
  const read = (event: object) =>
    receiver.read(JSON.stringify({ session_id: "700551909773148160", time: SECONDS, ...event }), NOW);

  test("tells the direction, whatever its words, and nothing of how the call is doing", () => {
    for (const [word, direction] of [
      ["in", "INBOUND"],
      ["outbound", "OUTBOUND"],
      ["ext", "INTERNAL"],
      ["in2out", "TRANSIT"],
      ["", "UNKNOWN"],
    ]) {
      const { about, snapshot } = read({ event_type: "call_start", direction: word });
      expect(about).toEqual({ providerId: "700551909773148160", providerKey: "700551909773148160" });
      expect(snapshot).toMatchObject({
        source: "PUSH",
        observedAt: NOW - 5_000,
        facts: { direction, phase: "UNKNOWN", endedAt: null },
      });
    }
  });

  test.each([
    [{ call_status: "answered", status_code: "0" }, "COMPLETED"],
    [{ call_status: "noanswer", status_code: "480" }, "NO_ANSWER"],
    [{ call_status: "noanswer", ended_reason: "cancelled" }, "CANCELLED"],
    [{ call_status: "fail", status_code: 486 }, "BUSY"],
    [{ call_status: "fail", status_code: "503", end_reason: "None" }, "FAILED"],
    [{ call_status: "whatever" }, "UNKNOWN"],
  ])("call_cdr %j ends it as %s", (cdr, state) => {
    const ended_time = String(NOW / 1000 - 7);
    const { snapshot } = read({ event_type: "call_cdr", ended_time, ...cdr });
    expect(snapshot?.facts).toMatchObject({ phase: "ENDED", state, endedAt: NOW - 7_000 });
  });

  test.each(["blind_transfer_complete", "attended_transfer_complete", "REFERRED"])(
    "call_cdr of a step that was handed on (%s) ends nothing",
    (ended_reason) => {
      const { about, snapshot } = read({ event_type: "call_cdr", call_status: "answered", ended_reason });
      expect(about).not.toBeNull();
      expect(snapshot?.facts).toMatchObject({ phase: "UNKNOWN", state: "UNKNOWN", endedAt: null });
    },
  );

  test("is an end under any spelling of its type, and at the latest now", () => {
    const { snapshot } = read({
      event_type: " CALL_CDR",
      ended_time: "99999999999",
      call_status: "answered",
    });
    expect(snapshot?.facts).toMatchObject({ phase: "ENDED", state: "COMPLETED", endedAt: NOW });
  });

  test("of a kind that is new has its call read", () => {
    const { about, snapshot } = read({ event_type: "call_parked" });
    expect(about?.providerKey).toBe("700551909773148160");
    expect(snapshot?.facts).toMatchObject({ phase: "UNKNOWN", endedAt: null });
  });

  test.each([
    ["target_answer", "sip:1001@pbx.example.test", true],
    ["cdr_target_answer", "sip:1001@192.0.2.7:5060;transport=tls", true],
    ["cdr_target_answer", "", true],
    // Whoever asked for the call has picked up, and hears the other's phone ring.
    ["cdr_target_answer", "sip:1002@pbx.example.test", false],
    ["cdr_target_ringing", "sip:1001@pbx.example.test", false],
  ])("%s at %j answers the call: %j", (event_type, destiantion, isAnswered) => {
    const { snapshot } = read({ event_type, destiantion, caller: "1002" });
    expect(snapshot?.facts).toMatchObject(
      isAnswered
        ? { phase: "LIVE", state: "IN_PROGRESS", answeredAt: NOW - 5_000 }
        : { phase: "UNKNOWN", state: "UNKNOWN", answeredAt: null },
    );
  });

  test("of the future is of now, and one without a time as well", () => {
    for (const time of ["99999999999", "0", ""])
      expect(read({ event_type: "call_start", time }).snapshot?.observedAt).toBe(NOW);
  });

  test.each([
    {},
    [],
    { session_id: "0" },
    { session_id: "1" },
    { session_id: "directly" },
    { session_id: "a/b" },
    { event_type: "switchboard_probe" },
  ])("of no call tells nothing: %j", (event) => {
    expect(receiver.read(JSON.stringify(event), NOW)).toEqual({ about: null, snapshot: null });
  });
});
