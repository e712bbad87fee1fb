import { describe, expect, test } from "vitest";
import { parseXmlTree } from "../../../src/providers/evo-voice/evo-voice.xml-tree.js";
import { decodeXml, decodeXmlError } from "../../../src/providers/evo-voice/evo-voice.xml.js";
import {
  CHAT_TRANSCRIPT,
  FILE_INFO,
  listOf,
  SESSION_INFO,
  USER_INFO,
} from "../../../src/providers/evo-voice/evo-voice.wire.js";
import {
  endedRow,
  FILES_NAMESPACE,
  sessionRow,
  SESSIONS_NAMESPACE,
  toListXml,
  toXml,
  USER_NAMESPACE,
} from "./bodies.js";

const API = "http://schemas.datacontract.org/2004/07/Voice.Api";

/** A session whose members are written by hand. */
function session(inner: string): unknown {
  const xml = `<SessionInfo xmlns="${API}.Sessions" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">${inner}</SessionInfo>`;
  return decodeXml(xml, SESSION_INFO);
}

describe("XML decodes to what the same row is in JSON", () => {
  test.each([
    ["a live session", sessionRow()],
    ["an ended session", endedRow()],
    ["empty lists", sessionRow({ log: [], members: [], customerBreadcrumb: [] })],
    [
      "one-element lists",
      sessionRow({ log: [{ message: "only" }], members: [{ identity: "a", muted: false }] }),
    ],
    ["line ends and blanks", sessionRow({ consoleData: "  a\n b  " })],
  ])("%s, in the same order", (_, row) => {
    const decoded = decodeXml(toXml("SessionInfo", SESSIONS_NAMESPACE, row), SESSION_INFO);
    expect(JSON.stringify(decoded)).toBe(JSON.stringify(row));
  });

  test("a list, whatever the hash in its name", () => {
    const body = {
      items: [sessionRow(), endedRow({ id: "s2" })],
      totalCount: 2,
      totalPages: 1,
      hasMorePages: false,
    };
    const xml = toListXml("SessionInfo", SESSIONS_NAMESPACE, body);
    expect(decodeXml(xml, listOf(SESSION_INFO))).toEqual(body);
  });

  test("files, messages and the user", () => {
    const file = { type: "CallRecording", contentLength: 5_000_000_000, aiTranscription: "hi", id: "f1" };
    expect(decodeXml(toXml("FileInfo", FILES_NAMESPACE, file), FILE_INFO)).toEqual(file);
    const chat = { messages: [{ date: "2026-03-01T10:15:00Z", body: "hello" }] };
    expect(decodeXml(toXml("GetChatTranscriptResponse", SESSIONS_NAMESPACE, chat), CHAT_TRANSCRIPT)).toEqual(
      chat,
    );
    const user = { isAuthenticated: true, accountIds: ["a", "b"] };
    expect(decodeXml(toXml("UserInfo", USER_NAMESPACE, user), USER_INFO)).toEqual(user);
  });
});

describe("names", () => {
  test("are matched by namespace, not by prefix", () => {
    const decoded = session(
      `<q:Id xmlns:q="${API}">s1</q:Id><x:FromName xmlns:x="urn:elsewhere">wrong</x:FromName><FromName>Ada</FromName>`,
    );
    expect(decoded).toEqual({ fromName: "Ada", id: "s1" });
  });

  test("are taken from another of the vendor's namespaces only where their own has none", () => {
    expect(session(`<Id>wrong</Id><Id xmlns="${API}">s1</Id><Id>wrong</Id>`)).toEqual({ id: "s1" });
    expect(session(`<Id>s1</Id>`)).toEqual({ id: "s1" });
  });

  test("that no table has are kept after the known ones", () => {
    expect(session(`<SMSCount>3</SMSCount><Mood><Kind>good</Kind></Mood><Outcome>x</Outcome>`)).toEqual({
      outcome: "x",
      smsCount: "3",
      mood: { kind: "good" },
    });
  });
});

describe("values", () => {
  test("that are nil are left out like missing ones", () => {
    expect(
      session(`<Outcome i:nil="true"/><Log i:nil="true" /><Ended>1</Ended><WasMissed> false </WasMissed>`),
    ).toEqual({ ended: true, wasMissed: false });
  });

  test("of the wrong type stay as they are written, for the readers to report", () => {
    expect(session(`<Ended>maybe</Ended><Log>none</Log><FromName><First>Ada</First></FromName>`)).toEqual({
      ended: "maybe",
      log: "none",
      fromName: { first: "Ada" },
    });
  });

  test("have their entities, CDATA and comments resolved", () => {
    const text = `a &amp;amp; &#x1F4DE;&#233;<!-- no --><![CDATA[<b> &amp;]]>&#13;`;
    expect(session(`<ConsoleData>${text}</ConsoleData>`)).toEqual({ consoleData: "a &amp; 📞é<b> &amp;\r" });
  });

  test("may be many thousands of entities", () => {
    expect(session(`<ConsoleData>${"&lt;".repeat(20_000)}</ConsoleData>`)).toEqual({
      consoleData: "<".repeat(20_000),
    });
  });
});

describe("what is not the expected document", () => {
  test.each([
    ["plain text", "hello"],
    ["HTML", "<!doctype html><html><body>Sign in</body></html>"],
    ["an unfinished document", `<SessionInfo xmlns="${API}.Sessions"><Id>`],
    ["an undeclared prefix", `<a:SessionInfo><a:Id>s1</a:Id></a:SessionInfo>`],
    ["another root", `<CallInfo xmlns="${API}.Sessions"/>`],
    ["a root of somebody else", `<SessionInfo xmlns="urn:elsewhere"/>`],
    ["a DOCTYPE", `<!DOCTYPE s [<!ENTITY x "y">]><SessionInfo xmlns="${API}.Sessions"/>`],
  ])("%s is refused without quoting it", (_, text) => {
    expect(() => decodeXml(text, SESSION_INFO)).toThrow(/^expected (?:declared )?XML/);
  });

  test("errors come out as their envelope, and anything else as none", () => {
    const error = `<ErrorResponse xmlns="http://schemas.servicestack.net/types"><ResponseStatus><ErrorCode>NotFound</ErrorCode><Message>x</Message></ResponseStatus></ErrorResponse>`;
    const envelope = { responseStatus: { errorCode: "NotFound", message: "x" } };
    expect(decodeXml(error, SESSION_INFO)).toEqual(envelope);
    expect(decodeXmlError(error)).toEqual(envelope);
    const list = `<Errors><ResponseError><FieldName>To</FieldName><Message>bad</Message></ResponseError></Errors>`;
    expect(
      decodeXmlError(error.replace("</Message>", `</Message><StackTrace>at</StackTrace>${list}`)),
    ).toEqual({
      responseStatus: { errorCode: "NotFound", message: "x", errors: [{ fieldName: "To", message: "bad" }] },
    });
    expect(decodeXmlError("<html></html>")).toBeNull();
    expect(decodeXmlError("")).toBeNull();
  });

  test("a success that carries an empty error status is a success", () => {
    expect(session(`<Outcome>x</Outcome><ResponseStatus xmlns=""/>`)).toMatchObject({ outcome: "x" });
    expect(session(`<Outcome>x</Outcome><ResponseStatus i:nil="true"/>`)).toEqual({ outcome: "x" });
  });

  test("nil is null", () => {
    const xml = `<UserInfo i:nil="true" xmlns="${USER_NAMESPACE}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"/>`;
    expect(decodeXml(xml, USER_INFO)).toBeNull();
    expect(parseXmlTree(xml)).toMatchObject({ name: "UserInfo", nil: true, namespace: USER_NAMESPACE });
  });
});
