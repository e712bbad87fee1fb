/** What is refused before anything is sent (Plivo reference §5.1, §7, §11), and what is left to Plivo. */
import { afterAll, describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../../src/model/index.js";
import type { Command } from "../../../src/providers/commands.js";
import { connectPlivo, createCommand, endCommand, referenceTo, updateCommand } from "./connect-plivo.js";

// Nothing listens there: checking asks nobody.
const { plivo } = connectPlivo("http://127.0.0.1:9");
afterAll(() => plivo.close());

const PAIR = { firstParty: "+12025550134", secondParty: "+12025550156" };
const PROMPT = "https://media.example.com/prompt.mp3";
const PINS = {
  isPinAuthenticationRequired: true,
  pinPromptPlay: PROMPT,
  firstPartyPin: "1234",
  secondPartyPin: "4321",
};

const pathsOf = (command: Command) => plivo.commands.check(command).map(({ path }) => path.join("."));
const onCreate = (input: JsonObject) => pathsOf(createCommand(input));
const onUpdate = (input: JsonObject) => pathsOf(updateCommand(input));

test("the kinds are those that the capabilities promise", () => {
  expect([...plivo.commands.kinds]).toEqual(["CREATE", "UPDATE", "END"]);
  for (const kind of ["CREATE", "UPDATE", "END"] as const) expect(plivo.module.capabilities).toContain(kind);
});

describe("the two people", () => {
  test.each<[JsonObject, string[]]>([
    [PAIR, []],
    [{}, ["firstParty", "secondParty"]],
    [{ firstParty: "+12025550134" }, ["secondParty"]],
    [{ firstParty: "+12025550134", createSessionWithSingleParty: false }, ["secondParty"]],
    [{ firstParty: "+12025550134", createSessionWithSingleParty: true }, []],
    [{ secondParty: "+12025550134", createSessionWithSingleParty: true }, []],
    [{ createSessionWithSingleParty: true }, [""]],
    [{ ...PAIR, createSessionWithSingleParty: true }, []],
  ])("%j is complete or says what is missing: %j", (input, paths) => {
    expect(onCreate(input)).toEqual(paths);
  });

  test.each([
    "12025550156", "+4930901820", "+1 (202) 555-0156", "1-202-555-0156", "+6834000", "sip:carol@example.com",
    "SIPS:carol@example.com",
  ])("%s is plausible", (secondParty) => {
    expect(onCreate({ ...PAIR, secondParty })).toEqual([]);
  }); // prettier-ignore

  test.each(["", "   ", "carol", "123", "+1202555015612345", "++12025550156", "sip:", "mailto:a@b.example", "1202555o156"])(
    "%j is not",
    (secondParty) => {
      expect(onCreate({ ...PAIR, secondParty })).toEqual(["secondParty"]);
      expect(onUpdate({ secondParty })).toEqual(["secondParty"]);
    },
  ); // prettier-ignore

  test.each([
    ["+12025550134", "12025550134"],
    ["+1 202-555-0134", "+12025550134"],
    ["sip:Carol@example.com", "SIP:carol@example.com"],
  ])("%s and %s are one person", (firstParty, secondParty) => {
    expect(onCreate({ firstParty, secondParty })).toEqual(["secondParty"]);
    expect(onUpdate({ firstParty, secondParty })).toEqual(["secondParty"]);
  });
});

describe("values", () => {
  const url = (length: number) => `https://example.com/${"x".repeat(length - "https://example.com/".length)}`;
  const shared: [string, JsonValue[], JsonValue[]][] = [
    ["sessionExpiry", [1, 86_400], [0, -1, 1.5]],
    ["callTimeLimit", [1, 14_400], [0, -1]],
    ["ringTimeout", [1, 120], [0, -1]],
    ["callbackUrl", ["https://a.example/x", "http://a.example", url(3_000)], ["a.example", "ftp://a.example", ""]],
    ["callbackMethod", ["GET", "POST"], ["get", "PUT", ""]],
    ["record", [true, false], []],
    ["recordFileFormat", ["mp3", "wav"], [".mp3", "ogg", "MP3"]],
    ["recordingCallbackUrl", [url(999)], [url(1_000), "nowhere"]],
    ["recordingCallbackMethod", ["GET", "POST"], ["DELETE"]],
    ["firstPartyPlayUrl", ["https://a.example/a.mp3"], ["a.mp3"]],
    ["secondPartyPlayUrl", ["https://a.example/a.wav"], ["/a.wav"]],
  ]; // prettier-ignore
  const created: typeof shared = [
    ["subaccount", ["SAXXXXXXXXXXXXXXXXXX"], ["SAXXX", "MAXXXXXXXXXXXXXXXXXX", "SAXXXXXXXXXXXXXXXXX/"]],
    ["virtualNumberCooloffPeriod", [0, 3_600], [-1, 3_601]],
    ["unknownCallerPlay", ["https://a.example/a.wav"], ["a.wav"]],
    ["geomatch", [true, false], []],
    ["initiateCallToFirstParty", [true, false], []],
  ];

  test.each([...shared, ...created])("%s takes %j and not %j when created", (name, good, bad) => {
    for (const value of good) expect(onCreate({ ...PAIR, [name]: value })).toEqual([]);
    for (const value of bad) expect(onCreate({ ...PAIR, [name]: value })).toEqual([name]);
  });

  test.each(shared)("%s takes %j and not %j when changed", (name, good, bad) => {
    for (const value of good) expect(onUpdate({ [name]: value })).toEqual([]);
    for (const value of bad) expect(onUpdate({ [name]: value })).toEqual([name]);
  });

  test("all that is wrong is said at once, and nothing of it repeated", () => {
    const problems = plivo.commands.check(
      createCommand({
        firstParty: "ring-the-alarm",
        record: true,
        recordFileFormat: "secret-format",
        pinRetry: 77,
        firstPartyPin: "99",
      }),
    );
    expect(problems.map(({ path }) => path[0])).toEqual(
      expect.arrayContaining(["firstParty", "secondParty", "recordFileFormat", "pinRetry", "firstPartyPin"]),
    );
    expect(JSON.stringify(problems)).not.toMatch(/ring-the-alarm|secret-format|77|99/);
  });
});

describe("PIN authentication", () => {
  test.each<[string, JsonObject, string[]]>([
    ["is complete with prompt and PINs", PINS, []],
    ["needs the prompt", { ...PINS, pinPromptPlay: null }, ["pinPromptPlay"]],
    ["needs the PINs", { ...PINS, firstPartyPin: null, secondPartyPin: null }, ["firstPartyPin", "secondPartyPin"]],
    ["needs none where Plivo makes them up", { isPinAuthenticationRequired: true, pinPromptPlay: PROMPT, generatePin: true, generatePinLength: 15 }, []],
    ["needs different PINs", { ...PINS, secondPartyPin: "1234" }, ["secondPartyPin"]],
    ["takes PINs of 15 digits", { ...PINS, firstPartyPin: "123456789012345" }, []],
    ["takes PINs of digits only", { ...PINS, firstPartyPin: "12a4", secondPartyPin: "١٢٣٤" }, ["firstPartyPin", "secondPartyPin"]],
    ["takes no longer or shorter PINs", { ...PINS, firstPartyPin: "1234567890123456", secondPartyPin: "123" }, ["firstPartyPin", "secondPartyPin"]],
    ["takes a length only for PINs that Plivo makes up", { ...PINS, generatePinLength: 4 }, ["generatePinLength"]],
    ["takes lengths of 4 to 15", { ...PINS, generatePin: true, generatePinLength: 3 }, ["generatePinLength"]],
    ["takes 5 tries at most", { ...PINS, pinRetry: 6 }, ["pinRetry"]],
    ["takes no try", { ...PINS, pinRetry: 0 }, []],
    ["takes 5 to 10 seconds between tries", { ...PINS, pinRetryWait: 4 }, ["pinRetryWait"]],
    ["takes 10 seconds", { ...PINS, pinRetryWait: 10, incorrectPinPlay: PROMPT, forcePinAuthentication: true }, []],
    ["takes addresses for its sounds", { ...PINS, incorrectPinPlay: "a.wav", pinPromptPlay: "b.wav" }, ["pinPromptPlay", "incorrectPinPlay"]],
  ])("%s", (_, input, paths) => {
    expect(onCreate({ ...PAIR, ...input })).toEqual(paths);
  }); // prettier-ignore

  test.each<[string, JsonValue]>([
    ["generatePin", true],
    ["generatePinLength", 4],
    ["firstPartyPin", "1234"],
    ["secondPartyPin", "4321"],
    ["pinPromptPlay", PROMPT],
    ["pinRetry", 1],
    ["pinRetryWait", 5],
    ["incorrectPinPlay", PROMPT],
    ["forcePinAuthentication", true],
  ])("%s means nothing without it", (name, value) => {
    expect(onCreate({ ...PAIR, [name]: value })).toEqual([name]);
    expect(onCreate({ ...PAIR, isPinAuthenticationRequired: false, [name]: value })).toEqual([name]);
  });

  test("what is switched off needs nothing to be on", () => {
    const off = { isPinAuthenticationRequired: false, generatePin: false, forcePinAuthentication: false };
    expect(onCreate({ ...PAIR, ...off })).toEqual([]);
  });
});

describe("changes", () => {
  test("must change something", () => {
    expect(onUpdate({})).toEqual([""]);
    expect(onUpdate({ ringTimeout: null })).toEqual([""]);
  });

  test.each(["pinRetry", "isPinAuthenticationRequired", "geomatch", "subaccount", "unknownCallerPlay", "somethingElse"])(
    "%s cannot be changed",
    (name) => expect(onUpdate({ ringTimeout: 30, [name]: "x" })).toEqual([name]),
  ); // prettier-ignore

  test.each<[JsonValue | undefined, string[]]>([
    [true, []],
    [null, []],
    [undefined, []],
    [false, ["firstParty", "secondParty"]],
  ])("of people, with createSessionWithSingleParty %s known: %j", (createSessionWithSingleParty, paths) => {
    const session = referenceTo("s-1", { createSessionWithSingleParty });
    expect(pathsOf(updateCommand(PAIR, session))).toEqual(paths);
  });

  test("of sessions that have ended as far as we know are left to Plivo, and so is ending them again", () => {
    const ended = { ...referenceTo(), endedAt: 1, phase: "ENDED", state: "EXPIRED" } as const;
    expect(pathsOf(updateCommand({ sessionExpiry: 60 }, ended))).toEqual([]);
    expect(pathsOf(endCommand(ended))).toEqual([]);
  });
});

test("ending takes nothing", () => {
  expect(pathsOf(endCommand(referenceTo(), { reason: "Transferring" }))).toEqual(["reason"]);
});

test.each(["", ".", "..", "a\nb", "\ud800"])("a session whose id is %j is not asked about", (id) => {
  expect(pathsOf(endCommand(referenceTo(id)))).toEqual([""]);
  expect(pathsOf(updateCommand({ ringTimeout: 30 }, referenceTo(id)))).toEqual([""]);
});

test("a kind that Plivo does not have is a mistake of ours", () => {
  expect(() => plivo.commands.check({ ...endCommand(), kind: "HOLD" })).toThrow(RangeError);
});
