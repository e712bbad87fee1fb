/** `DELETE /sessions/{id}` hangs up, `DELETE /sessions` deletes the records of an account: no id may turn one into the other. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { CommandKind } from "../../../src/providers/commands.js";
import { canBeWrittenTo, sessionPath } from "../../../src/providers/evo-voice/evo-voice.session-path.js";
import { command, EACH, failureOf, TIMEOUT_MS } from "./commands.js";
import { startEvo } from "./evo-server.js";

const EVIL = [
  ...["", " ", "   ", "\t", "\u00a0", "\u200b", "\u0000", "\r\n"],
  ...[".", "..", "...", "./", "../", "..\\", "../..", "a/..", "a/../..", "s1/.", "./s1"],
  ...["/", "//", "\\", "a/b", "s1/", "/s1", "a\\b", "s1/hold", "x/../../auth"],
  ...["%", "%2e", "%2e%2e", "%2E%2E", "%2F", "%2f", "%252F", "%5c", "%20", "%00", "%c0%af", "a%2f.."],
  ...[
    "?",
    "?x",
    "??",
    "s1?",
    "s1?accountId=acc-1",
    "#",
    "#x",
    "s1#",
    "&",
    ";",
    "s1;x",
    ";x",
    "&accountId=acc-1",
  ],
  ...[
    "-",
    "_",
    "~",
    ":",
    "@",
    "=",
    "+",
    "+-",
    "a,b",
    "a b",
    " s1",
    "s1 ",
    '"',
    "'",
    "[]",
    "{}",
    "*",
    "|",
    "<a>",
  ],
  ...["\u2024\u2024", "\uff0f", "\uff0e\uff0e", "\u2215", "s\u00e9", "\ud800", "\u202e", "𝟏"],
  ...["my", "MY", "active", "Active", "outgoing", "Outgoing", "a".repeat(257)],
];

/** Ids that are strange, or other providers' special ones, but nothing else than one segment. */
const HARMLESS = [
  "0",
  "1",
  "directly",
  "65f1c0ffee0123456789abcd",
  "hold",
  "a..b",
  "sessions",
  "..a",
  "a=b+c",
  "x-y_z~",
];

test.each(EVIL)("an evil id (%j) is refused by the check, and nothing is sent even past it", async (id) => {
  await using evo = await startEvo({ write: (_, response) => void response.writeHead(204).end() });
  await evo.connection.probe();
  for (const [kind, input] of EACH.slice(1)) {
    const told = command(kind, input, id);
    const problems = evo.connection.commands.check(told);
    expect(problems.map(({ path }) => path)).toEqual([["sessionId"]]);
    const error = await failureOf(evo.connection.commands.send(told, { timeoutMs: TIMEOUT_MS }));
    expect(error).toMatchObject({ code: "BAD_USER_INPUT" });
    if (id.length > 5) expect(JSON.stringify([problems, String(error)])).not.toContain(id);
  }
  expect(evo.writes()).toEqual([]);
});

test("a command without a session is refused too", async () => {
  await using evo = await startEvo();
  for (const [kind, input] of EACH.slice(1)) {
    const told = { ...command(kind, input), session: null };
    expect(evo.connection.commands.check(told).map(({ path }) => path)).toEqual([["sessionId"]]);
    await failureOf(evo.connection.commands.send(told, { timeoutMs: TIMEOUT_MS }));
  }
  expect(evo.writes()).toEqual([]);
});

test("a harmless id is one segment of the path, whole", async () => {
  await using evo = await startEvo({ write: (_, response) => void response.writeHead(204).end() });
  const kinds: CommandKind[] = ["END", "HOLD"];
  for (const id of HARMLESS) {
    for (const kind of kinds) {
      const told = command(kind, {}, id);
      expect(evo.connection.commands.check(told)).toEqual([]);
      await evo.connection.commands.send(told, { timeoutMs: TIMEOUT_MS });
    }
  }
  expect(evo.writes().map(({ url }) => url)).toEqual(
    HARMLESS.flatMap((id) => [
      `/sessions/${encodeURIComponent(id)}`,
      `/sessions/${encodeURIComponent(id)}/hold`,
    ]),
  );
});

/** What the sloppiest server or proxy could make of a path: decoded over and over, folded, trimmed, cut, resolved. */
function asSloppyServerSees(path: string): string[] {
  let text = path;
  for (let round = 0; round < 4; round += 1) {
    try {
      text = decodeURIComponent(text);
    } catch {
      break;
    }
  }
  const [cut = ""] = text.normalize("NFKC").split(/[?#;\0]/);
  const segments: string[] = [];
  for (const segment of cut.replaceAll("\\", "/").split("/")) {
    const trimmed = segment.trim();
    if (trimmed === "..") segments.pop();
    else if (trimmed.replace(/[.\s]+$/, "") !== "") segments.push(trimmed);
  }
  return segments;
}

test("whatever id is let through is still there after any reading of the path", () => {
  const piece = fc.constantFrom(...EVIL, ...HARMLESS, "%25", "%32%65", "..;", "A");
  const evil = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(""));
  let through = 0;
  fc.assert(
    fc.property(fc.oneof(evil, fc.string({ unit: "binary", maxLength: 12 }), fc.string()), (id) => {
      if (!canBeWrittenTo(id)) return void expect(() => sessionPath(id)).toThrow(/sessionId/);
      through += 1;
      expect(asSloppyServerSees(sessionPath(id))).toEqual(["sessions", id]);
      expect(asSloppyServerSees(sessionPath(id, "hold"))).toEqual(["sessions", id, "hold"]);
    }),
    { numRuns: 2_000 },
  );
  expect(through).toBeGreaterThan(100);
});
