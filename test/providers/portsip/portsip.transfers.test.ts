/** How transfers show in the call log, and that they are the ones that were asked for (PortSIP reference §3.6, §5.2). */
import { describe, expect, test } from "vitest";
import type { CommandKind } from "../../../src/providers/commands.js";
import type { SessionReference } from "../../../src/providers/provider.js";
import { callLog, session, startPbx, worldOf, type Log } from "./pbx.js";

const ID = "812345678901234567";
const UNANSWERED = { answered_at: "", duration: 0 };

/** A step that begins this many seconds after ten o'clock and lasts ten. */
function step(second: number, given: Log): Log {
  const at = (offset: number) =>
    new Date(Date.parse("2026-03-01T10:00:00Z") + (second + offset) * 1000).toISOString();
  const times = { started_at: at(0), rang_at: at(1), answered_at: at(2), ended_at: at(10), duration: 8 };
  return callLog({ id: `81234567890123${second}`, ...times, ...given });
}

async function transfersOf(logs: readonly Log[]) {
  await using pbx = await startPbx(worldOf([], logs));
  const [outcome] = await pbx.connection.readSessions([ID]);
  return outcome?.kind === "found" ? (outcome.snapshot.transfers ?? []) : [];
}

/** The key that asking for a transfer gives it. */
async function keyOf(kind: CommandKind, to: string): Promise<string | null | undefined> {
  await using pbx = await startPbx((_, response) => (response.end(), true));
  const sessionReference: SessionReference = { providerId: ID, startedAt: null, endedAt: null, fields: {} };
  const input = { extensionNumber: "1002", to };
  const answer = await pbx.connection.commands.send(
    { kind, input, session: sessionReference, transferId: null, consultation: null },
    { timeoutMs: 4_000 },
  );
  return answer.kind === "accepted" ? answer.transferKey : null;
}

describe("a transfer in the call log", () => {
  test.each([
    ["BLIND_TRANSFER_COMPLETED", "BLIND"],
    ["blind_transfer_complete", "BLIND"],
    ["REFERRED", "BLIND"],
    ["CONSULT_TRANSFER_COMPLETED", "WARM"],
    ["attended_transfer_complete", "WARM"],
  ])("that ended a step with %s is %s, and completed when somebody came", async (reason, kind) => {
    const logs = [step(0, { end_reason: reason }), step(10, { callee: "1003", reroute_reason: "TRANSFER" })];
    expect(await transfersOf(logs)).toMatchObject([
      {
        key: "to:1003",
        kind,
        status: "COMPLETED",
        transferTo: "1003",
        recipientParticipantIdentity: "1003",
        callerParticipantIdentity: "1001",
        failureCause: null,
        createdAt: Date.parse("2026-03-01T10:00:10Z"),
      },
    ]);
  });

  test.each<[string, Log, string]>([
    ["REFERRED", { status_code: 480, end_reason: "" }, "SIP status 480"],
    ["BLIND_TRANSFER_COMPLETED", { status_code: 486, end_reason: "" }, "SIP status 486"],
    ["REFERRED", { status_code: 0, end_reason: "CANCELLED" }, "CANCELLED"],
    ["REFERRED", { status_code: 408, end_reason: "CANCELLED" }, "CANCELLED, SIP status 408"],
    ["REFERRED", { status_code: 0, end_reason: "" }, "no answer"],
  ])("%s to somebody who never answers has failed: %j", async (reason, next, cause) => {
    const logs = [
      step(0, { end_reason: reason }),
      step(10, { callee: "1003", reroute_reason: "TRANSFER", ...UNANSWERED, ...next }),
    ];
    expect(await transfersOf(logs)).toMatchObject([
      {
        key: "to:1003",
        status: "FAILED",
        failureCause: cause,
        recipientParticipantIdentity: null,
        completedAt: Date.parse("2026-03-01T10:00:20Z"),
      },
    ]);
  });

  test("that shows only in its own step has failed with that step's status", async () => {
    const logs = [
      step(0, { end_reason: "REFERRED", status_code: 480, destination: "sip:1003@192.0.2.10:5066" }),
    ];
    expect(await transfersOf(logs)).toMatchObject([
      { key: "to:1003", status: "FAILED", transferTo: "1003", failureCause: "REFERRED, SIP status 480" },
    ]);
  });

  test("that only shows in the step it led to counts as well", async () => {
    const logs = [
      step(0, { end_reason: "CALLEE_DISCONNECTED" }),
      step(10, { callee: "1003", reroute_reason: "TRANSFER" }),
    ];
    expect(await transfersOf(logs)).toMatchObject([{ key: "to:1003", kind: "BLIND", status: "COMPLETED" }]);
  });

  test("is none where a call was only forwarded, overflowed or picked up", async () => {
    for (const reason of ["REDIRECTED", "REPLACED", "CALLEE_DISCONNECTED"]) {
      const logs = [step(0, { end_reason: reason }), step(10, { reroute_reason: "OVERFLOW" })];
      expect(await transfersOf(logs)).toEqual([]);
    }
  });

  test("keeps its key when more of the session is known, and shares it with no other", async () => {
    const logs = [
      step(0, { end_reason: "BLIND_TRANSFER_COMPLETED" }),
      step(10, { callee: "1003", end_reason: "BLIND_TRANSFER_COMPLETED" }),
      step(20, { callee: "1004", end_reason: "CONSULT_TRANSFER_COMPLETED" }),
      step(30, { callee: "1003" }),
    ];
    const keys = (await transfersOf(logs)).map(({ key }) => key);
    expect(keys).toEqual(["to:1003", "to:1004", "to:1003#2"]);
    expect((await transfersOf(logs.slice(0, 2))).map(({ key }) => key)).toEqual(["to:1003", "transfer"]);
    expect((await transfersOf(logs.toReversed())).map(({ key }) => key)).toEqual(keys);
  });

  test("of a call that is still up waits until its recipient is in the log", async () => {
    await using pbx = await startPbx(
      worldOf([session()], [step(0, { end_reason: "BLIND_TRANSFER_COMPLETED" })]),
    );
    const reference: SessionReference = {
      providerId: ID,
      startedAt: null,
      endedAt: null,
      fields: {},
      phase: "LIVE",
    };
    const outcome = await pbx.connection.readSection(reference, "detail");
    expect(outcome).toMatchObject({
      kind: "found",
      // Nor has the session ended with its first step.
      snapshot: { transfers: [], facts: { phase: "UNKNOWN", endedAt: null } },
    });
  });
});

describe("a transfer that was asked for", () => {
  test.each<[CommandKind, string, string]>([
    ["TRANSFER_BLIND", "1003", "1003"],
    ["TRANSFER_BLIND", "sip:1003@example.test", "1003"],
    ["TRANSFER_BLIND", "+1 (202) 555-0134", "12025550134"],
    ["TRANSFER_WARM", "tel:+12025550134", "2025550134"],
    ["TRANSFER_WARM", "Reception", "sip:reception@example.test:5060"],
  ])("by %s to %s is the one that the log shows to %s", async (kind, to, callee) => {
    const logs = [step(0, { end_reason: "REFERRED" }), step(10, { callee, reroute_reason: "TRANSFER" })];
    const [transfer] = await transfersOf(logs);
    expect(transfer?.key).toBe(await keyOf(kind, to));
  });
});
