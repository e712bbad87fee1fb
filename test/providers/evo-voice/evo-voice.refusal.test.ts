import { describe, expect, test } from "vitest";
import type { RefusedCommand } from "../../../src/providers/commands.js";
import { command, EACH, failureOf, run, startRefusing } from "./commands.js";
import { startEvo } from "./evo-server.js";

/** Refuses a TRANSFER_BLIND (names differ from the wire's) or another command. */
async function refusalOf(
  status: number,
  body: string,
  told = command("TRANSFER_BLIND", { to: "1001" }),
  format: "json" | "xml" = "json",
): Promise<RefusedCommand> {
  await using evo = await startRefusing(status, body, { format });
  const answer = await run(evo, told);
  if (answer.kind !== "refused") throw new Error("expected a refusal");
  expect(evo.writes()).toHaveLength(1);
  return answer;
}

const JSON_ERROR = {
  responseStatus: {
    errorCode: "NotEmpty",
    message: "'Destination' must not be empty.",
    stackTrace: "at Voice.Api.Redirect (C:/voice/api.cs:12)",
    errors: [
      { errorCode: "NotEmpty", fieldName: "Destination", message: "'Destination' must not be empty." },
      { errorCode: "Phone", fieldName: "callerId", message: "callerId +18145550193 is not owned" },
      { errorCode: "Odd", fieldName: "Mood", message: "the mood is wrong" },
    ],
  },
};
const PASCAL_ERROR = {
  ResponseStatus: {
    ErrorCode: "NotEmpty",
    Message: "'Destination' must not be empty.",
    StackTrace: "at Voice.Api.Redirect",
    Errors: [
      {
        ErrorCode: "NotEmpty",
        FieldName: "Request.Destination",
        Message: "'Destination' must not be empty.",
      },
      { ErrorCode: "Phone", FieldName: "CallerId", Message: "CallerId +18145550193 is not owned" },
      { ErrorCode: "Odd", FieldName: "Mood", Message: "the mood is wrong" },
    ],
  },
};
const TYPES = "http://schemas.servicestack.net/types";
const errorsXml = JSON_ERROR.responseStatus.errors
  .map(
    ({ errorCode, fieldName, message }) =>
      `<ResponseError><ErrorCode>${errorCode}</ErrorCode><FieldName>${fieldName}</FieldName><Message>${message}</Message><Meta i:nil="true"/></ResponseError>`,
  )
  .join("");
const xmlError = (root: string) =>
  `<?xml version="1.0"?><${root} xmlns="${TYPES}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><ResponseStatus><ErrorCode>NotEmpty</ErrorCode><Message>'Destination' must not be empty.</Message><StackTrace>at Voice.Api.Redirect</StackTrace><Errors>${errorsXml}</Errors><Meta i:nil="true"/></ResponseStatus></${root}>`;

describe("errors of single members are told in our names, in every spelling of the envelope", () => {
  test.each([
    ["JSON", JSON.stringify(JSON_ERROR), "json"],
    ["JSON in PascalCase", JSON.stringify(PASCAL_ERROR), "json"],
    ["XML", xmlError("ErrorResponse"), "xml"],
    ["XML with another root", xmlError("RedirectSessionResponse"), "xml"],
    ["XML where JSON was asked for", xmlError("ErrorResponse"), "json"],
    ["JSON where XML was asked for", JSON.stringify(JSON_ERROR), "xml"],
  ] as const)("%s", async (_, body, format) => {
    expect(await refusalOf(400, body, undefined, format)).toEqual({
      kind: "refused",
      code: "BAD_USER_INPUT",
      problems: [
        { path: ["to"], message: "Evo Voice: 'to' must not be empty." },
        { path: ["from"], message: "Evo Voice: from +•••••••••93 is not owned" },
        { path: [], message: "Evo Voice: the mood is wrong" },
      ],
    });
  });

  test("where a list has one entry only, in XML too", async () => {
    const one = xmlError("ErrorResponse").replace(/(<\/ResponseError>).*(<\/Errors>)/, "$1$2");
    expect((await refusalOf(400, one, undefined, "xml")).problems).toEqual([
      { path: ["to"], message: "Evo Voice: 'to' must not be empty." },
    ]);
  });

  test("of the members of other commands", async () => {
    const body = JSON.stringify({
      responseStatus: {
        errorCode: "X",
        errors: [
          { fieldName: "FromPhoneNumber", message: "FromPhoneNumber is not yours" },
          { fieldName: "SessionId", message: "SessionId is odd" },
        ],
      },
    });
    expect((await refusalOf(400, body, command("CREATE"))).problems).toEqual([
      { path: ["fromPhoneNumber"], message: "Evo Voice: fromPhoneNumber is not yours" },
      { path: [], message: "Evo Voice: SessionId is odd" },
    ]);
    expect((await refusalOf(400, body, command("END"))).problems[1]).toEqual({
      path: ["sessionId"],
      message: "Evo Voice: sessionId is odd",
    });
  });
});

describe("the envelope's own message", () => {
  const refused = (message: string, errors: unknown = []) =>
    refusalOf(400, JSON.stringify({ responseStatus: { errorCode: "ArgumentException", message, errors } }));

  test.each([
    ["is told where no member is named", "The destination is busy", "The destination is busy"],
    ["has names of ours where it can only be a name", "CallerId is odd", "from is odd"],
    [
      "has no ids",
      "Session 65f1c0ffee0123456789abcd has no CA0123456789abcdef0123456789abcdef",
      "Session [id] has no [id]",
    ],
    ["has no addresses", "See https://evovoice.io/help?key=1", "See [address]"],
    ["has no credentials", "password=hunter2 is wrong", "password=[redacted] is wrong"],
    ["has no whole numbers", "+18145550193 is not owned", "+•••••••••93 is not owned"],
  ])("%s", async (_, message, text) => {
    expect((await refused(message)).problems).toEqual([{ path: [], message: `Evo Voice: ${text}` }]);
  });

  test("is told where the errors have none, and the code where it has none either", async () => {
    expect((await refused("Nope", [{ fieldName: "X" }, 7])).problems[0]?.message).toBe("Evo Voice: Nope");
    expect((await refused("")).problems[0]?.message).toBe("Evo Voice: It answered ArgumentException.");
  });
});

describe("the status decides what it means", () => {
  test.each([
    [400, "BAD_USER_INPUT"],
    [403, "PROVIDER_AUTH_FAILED"],
    [404, "NOT_FOUND"],
    [405, "NOT_SUPPORTED"],
    [409, "CONFLICT"],
    [422, "BAD_USER_INPUT"],
  ])("%i is %s, with whatever body, for every command, after one request", async (status, code) => {
    const bodies = ["", "<!doctype html><html><body>secret page</body></html>", '{"error":"secret"}', "5"];
    for (const [kind, input] of EACH) {
      for (const body of bodies) {
        const refusal = await refusalOf(status, body, command(kind, input));
        expect(refusal.code).toBe(code);
        expect(refusal.problems).toHaveLength(1);
        expect(refusal.problems[0]?.message).toMatch(/^Evo Voice\b.*\.$/);
        expect(JSON.stringify(refusal)).not.toContain("secret");
      }
    }
  });

  test.each(EACH.filter(([kind]) => kind !== "UPDATE"))(
    "403 for %s says that the login needs the role User, and what else is told",
    async (kind, input) => {
      const body = '{"responseStatus":{"errorCode":"Forbidden","message":"Invalid Role"}}';
      const { problems } = await refusalOf(403, body, command(kind, input));
      expect(problems[0]?.message).toContain("role User");
      expect(problems[1]?.message).toBe("Evo Voice: Invalid Role");
    },
  );

  test("403 for UPDATE, which needs no role, does not", async () => {
    const { problems } = await refusalOf(403, "", command("UPDATE", { consoleData: "x" }));
    expect(problems[0]?.message).not.toContain("role User");
  });

  test("404 says that archived sessions cannot be changed, unless it says more itself", async () => {
    expect((await refusalOf(404, "")).problems[0]?.message).toContain("archived");
    expect((await refusalOf(404, "", command("CREATE"))).problems[0]?.message).toContain("base URL");
    const body = '{"responseStatus":{"errorCode":"NotFound","message":"Session does not exist"}}';
    expect((await refusalOf(404, body)).problems).toEqual([
      { path: [], message: "Evo Voice: Session does not exist" },
    ]);
  });
});

test.each([404, 405])("a %i is not tried on another route", async (status) => {
  await using evo = await startRefusing(status, "");
  for (const [kind, input] of EACH) expect((await run(evo, command(kind, input))).kind).toBe("refused");
  expect(evo.writes().map(({ method, url }) => `${method} ${url}`)).toEqual(EACH.map(([, , line]) => line));
});

test("402 is the account's trouble, not the command's", async () => {
  await using evo = await startEvo({ write: (_, response) => void response.writeHead(402).end() });
  expect(await failureOf(run(evo, command("CREATE")))).toMatchObject({
    code: "PROVIDER_AUTH_FAILED",
    status: 402,
  });
});
