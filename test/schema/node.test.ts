import { expect, test } from "vitest";
import { resolveNodeType } from "../../schema/index.js";

test("a source's __typename decides its object type", () => {
  expect(resolveNodeType({ __typename: "Member", provider: "PLIVO" })).toBe("Member");
});

test.each([
  ["PLIVO", "PlivoSession"],
  ["EVO_VOICE", "EvoVoiceSession"],
  ["SPEKO", "SpekoSession"],
  ["PORTSIP", "PortsipSession"],
])("a session of %s without a __typename is a %s", (provider, typeName) => {
  expect(resolveNodeType({ provider })).toBe(typeName);
});

test.each([[null], ["Member"], [{}], [{ provider: "ACME" }]])("%j has no object type", (source) => {
  expect(resolveNodeType(source)).toBeUndefined();
});
