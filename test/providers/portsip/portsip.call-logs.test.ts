/** What call logs become (PortSIP reference §5.2, §7.4, §10). */
import { describe, expect, test } from "vitest";
import type { SessionSnapshot } from "../../../src/model/index.js";
import { callLog, startPbx, worldOf, type Log } from "./pbx.js";

const ID = "812345678901234567";

async function logged(...logs: Log[]): Promise<SessionSnapshot> {
  await using pbx = await startPbx(worldOf([], logs));
  const [outcome] = await pbx.connection.readSessions([ID]);
  if (outcome?.kind !== "found") throw new Error(`expected a session, got ${outcome?.kind}`);
  return outcome.snapshot;
}

describe("a call log", () => {
  test("in full", async () => {
    const row = callLog({
      direction: "INBOUND_CALL",
      did_cid: "+12025550178",
      outbound_caller_id: "15550100",
      service_number: "8000",
      trunk: "CarrierA",
      caller: "12025550134",
    });
    const snapshot = await logged(row);
    expect(snapshot).toMatchObject({
      source: "READ",
      facts: {
        direction: "INBOUND",
        phase: "ENDED",
        state: "COMPLETED",
        from: { address: "12025550134", number: "+12025550134", displayName: "Front Desk" },
        to: { address: "1002", displayName: "Sales" },
        startedAt: Date.parse("2026-03-01T10:00:00.123Z"),
        answeredAt: Date.parse("2026-03-01T10:00:05Z"),
        endedAt: Date.parse("2026-03-01T10:00:40Z"),
        durationSeconds: 35,
      },
      fields: {
        serviceNumber: "8000",
        callLog: {
          id: "812345678901234560",
          sessionId: ID,
          rangAt: Date.parse("2026-03-01T10:00:02Z"),
          callId: "abc@192.0.2.1",
          direction: "INBOUND_CALL",
          endReason: "CALLER_DISCONNECTED",
          rerouteReason: null,
          statusCode: 0,
          didCid: "+12025550178",
          duration: 35,
        },
      },
      report: { origin: "DERIVED", outcome: "CALLER_DISCONNECTED" },
      transfers: [],
      problems: [],
    });
    expect(snapshot.sections).toContain("detail");
    expect(snapshot.addresses).toEqual(["+12025550178", "15550100", "8000"]);
  });

  test.each([
    ["EXTENSION_CALL", "INTERNAL"],
    ["INBOUND_CALL", "INBOUND"],
    ["OUTBOUND_CALL", "OUTBOUND"],
    ["INBOUND_OUTBOUND_CALL", "TRANSIT"],
    ["internal", "INTERNAL"],
    ["inbound", "INBOUND"],
    ["outbound", "OUTBOUND"],
    ["inbound_outbound", "TRANSIT"],
    ["ext", "INTERNAL"],
    ["in", "INBOUND"],
    ["out", "OUTBOUND"],
    ["in2out", "TRANSIT"],
    ["", "UNKNOWN"],
    [null, "UNKNOWN"],
    ["SIDEWAYS", "UNKNOWN"],
  ])("going %j is %s (Q6)", async (word, direction) => {
    expect((await logged(callLog({ direction: word }))).facts.direction).toBe(direction);
  });

  const unanswered = { answered_at: "", duration: 0 };

  test.each<[Log, string]>([
    [{ end_reason: "CALLER_DISCONNECT" }, "COMPLETED"],
    [{ end_reason: "callee_disconnected" }, "COMPLETED"],
    [{ end_reason: "CALLEE_DISCONNECT", answered_at: null }, "COMPLETED"],
    [{ end_reason: "None", ...unanswered, status_code: 0 }, "NO_ANSWER"],
    [{ ...unanswered, status_code: 486 }, "BUSY"],
    [{ ...unanswered, status_code: "600" }, "BUSY"],
    [{ ...unanswered, status_code: 480 }, "NO_ANSWER"],
    [{ ...unanswered, status_code: 408 }, "NO_ANSWER"],
    [{ ...unanswered, status_code: 480, rang_at: "" }, "FAILED"],
    [{ ...unanswered, status_code: 487 }, "NO_ANSWER"],
    [{ ...unanswered, status_code: 503 }, "FAILED"],
    [{ ...unanswered, status_code: 404, rang_at: null }, "FAILED"],
    [{ ...unanswered, end_reason: "CANCELLED" }, "CANCELLED"],
    [{ ...unanswered, end_reason: "cancelled", status_code: 487 }, "CANCELLED"],
    [{ ...unanswered, end_reason: "canceled" }, "CANCELLED"],
  ])("that ended with %j is %s (Q7)", async (given, state) => {
    const { facts } = await logged(callLog(given));
    expect([facts.phase, facts.state]).toEqual(["ENDED", state]);
  });

  test("whose reason stands under the other name, or is the text None", async () => {
    const other = callLog({ ended_reason: "cancelled", ...unanswered });
    delete other["end_reason"];
    expect((await logged(other)).facts.state).toBe("CANCELLED");
    expect((await logged(callLog({ end_reason: "None" }))).report?.outcome).toBeNull();
  });

  test("without an end, of a session that is gone, is only incomplete", async () => {
    const { facts } = await logged(callLog({ ended_at: "", end_reason: "" }));
    expect(facts).toMatchObject({ phase: "ENDED", state: "COMPLETED", endedAt: null });
  });

  test.each([
    ["crm-4711", "crm-4711", null],
    ["user-data=crm-4711;service-number=8000", "crm-4711", "8000"],
    ["user-data=a;b=c;service-number=8000", "a;b=c", "8000"],
    ["user-data=;service-number=8000", null, "8000"],
    ["", null, null],
  ])("carries %j as user data (Q12)", async (text, userData, serviceNumber) => {
    const { fields } = await logged(callLog({ user_data: text }));
    expect([fields["userData"], fields["serviceNumber"]]).toEqual([userData, serviceNumber]);
  });

  test("of several steps is one session, in the order of time however they are listed", async () => {
    const steps = [
      callLog({ id: "1", callee: "8000", ended_at: "2026-03-01T10:00:10Z", ...unanswered }),
      callLog({
        id: "2",
        callee: "1003",
        started_at: "2026-03-01T10:00:10Z",
        ended_at: "2026-03-01T10:00:20Z",
        ...unanswered,
      }),
      callLog({
        id: "3",
        callee: "1004",
        started_at: "2026-03-01T10:00:20Z",
        answered_at: "2026-03-01T10:00:25Z",
        ended_at: "2026-03-01T10:01:05Z",
        duration: 40,
      }),
    ];
    const forward = await logged(...steps);
    expect(forward.facts).toMatchObject({
      state: "COMPLETED",
      to: { address: "8000" },
      answeredAt: Date.parse("2026-03-01T10:00:25Z"),
      endedAt: Date.parse("2026-03-01T10:01:05Z"),
      durationSeconds: 40,
    });
    expect(forward.interactions?.map(({ key, index }) => [key, index])).toEqual([
      ["1001>8000", 0],
      ["1001>1003", 1],
      ["1001>1004", 2],
    ]);
    expect(forward.members?.every(({ state }) => state === "LEFT")).toBe(true);
    expect((await logged(...steps.toReversed())).interactions).toEqual(forward.interactions);
  });

  test("keeps somebody who is still in one step in the call, whatever became of another", async () => {
    const snapshot = await logged(
      callLog({ id: "1", ended_at: "", end_reason: "" }),
      callLog({ id: "2", callee: "1003", started_at: "2026-03-01T10:00:30Z", ...unanswered }),
    );
    const states = snapshot.members?.map(({ key, state }) => [key, state]);
    expect(states).toEqual([
      ["1001", "CONNECTED"],
      ["1002", "CONNECTED"],
      ["1003", "LEFT"],
    ]);
  });
});
