/** Commands on the wire (Plivo reference §4, §5, §7, §8) and what their success tells. */
import { describe, expect, test } from "vitest";
import { ProviderBadResponseError } from "../../../src/errors/index.js";
import type { JsonObject } from "../../../src/model/index.js";
import { statuses, type Script } from "../../support/scripted-server.js";
import { quietSession } from "./bodies.js";
import {
  AUTH_ID, AUTH_TOKEN, createCommand, endCommand, NOW, referenceTo, SESSION_ID, SUBACCOUNT, updateCommand,
} from "./connect-plivo.js"; // prettier-ignore
import { answer, CREATED, EVERY_KIND, PAIR, play, SESSIONS } from "./play-command.js";

describe("creating", () => {
  test("is one POST with Basic and JSON, and the answer's session is news", async () => {
    const { said, requests } = await play(answer(CREATED, 201), createCommand(PAIR));
    expect(requests).toHaveLength(1);
    const [seen] = requests;
    expect([seen?.method, seen?.url]).toEqual(["POST", SESSIONS]);
    const credentials = Buffer.from(`${AUTH_ID}:${AUTH_TOKEN}`).toString("base64");
    expect(seen?.headers).toMatchObject({
      authorization: `Basic ${credentials}`,
      "content-type": "application/json",
    });
    expect(JSON.parse(seen?.body ?? "")).toEqual({
      first_party: "+12025550134",
      second_party: "+12025550156",
    });
    expect(said).toMatchObject({
      kind: "accepted",
      createdId: SESSION_ID,
      snapshots: [
        {
          source: "COMMAND",
          providerId: SESSION_ID,
          observedAt: NOW,
          facts: { phase: "OPEN", from: { number: "+12025550134" } },
          fields: { virtualNumber: "12025550178" },
        },
      ],
    });
  });

  test("sends every member by Plivo's name for it, and no other", async () => {
    const input = {
      firstParty: "+12025550134", secondParty: "sip:carol@example.com", createSessionWithSingleParty: false,
      sessionExpiry: 1800, callTimeLimit: 600, ringTimeout: 45, initiateCallToFirstParty: true, geomatch: false,
      subaccount: SUBACCOUNT, callbackUrl: "https://hooks.example.com/s", callbackMethod: "GET", record: true,
      recordFileFormat: "wav", recordingCallbackUrl: "https://hooks.example.com/r", recordingCallbackMethod: "POST",
      firstPartyPlayUrl: "https://media.example.com/1.mp3", secondPartyPlayUrl: "https://media.example.com/2.mp3",
      isPinAuthenticationRequired: true, generatePin: true, generatePinLength: 6, firstPartyPin: "1234",
      secondPartyPin: "004321", pinPromptPlay: "https://media.example.com/p.mp3", pinRetry: 0, pinRetryWait: 5,
      incorrectPinPlay: "https://media.example.com/i.mp3", unknownCallerPlay: "https://media.example.com/u.mp3",
      forcePinAuthentication: true, virtualNumberCooloffPeriod: 0,
    }; // prettier-ignore
    const { requests, log } = await play(answer(CREATED, 201), createCommand(input));
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({
      first_party: "+12025550134", second_party: "sip:carol@example.com", create_session_with_single_party: false,
      session_expiry: 1800, call_time_limit: 600, ring_timeout: 45, initiate_call_to_first_party: true, geomatch: false,
      subaccount: SUBACCOUNT, callback_url: "https://hooks.example.com/s", callback_method: "GET", record: true,
      record_file_format: "wav", recording_callback_url: "https://hooks.example.com/r",
      recording_callback_method: "POST", first_party_play_url: "https://media.example.com/1.mp3",
      second_party_play_url: "https://media.example.com/2.mp3", is_pin_authentication_required: true, generate_pin: true,
      generate_pin_length: 6, first_party_pin: "1234", second_party_pin: "004321",
      pin_prompt_play: "https://media.example.com/p.mp3", pin_retry: 0, pin_retry_wait: 5,
      incorrect_pin_play: "https://media.example.com/i.mp3", unknown_caller_play: "https://media.example.com/u.mp3",
      force_pin_authentication: true, virtual_number_cooloff_period: 0,
    }); // prettier-ignore
    expect(log).not.toMatch(/1234|004321|12025550134/);
  });

  test("is for the configured subaccount unless another is named", async () => {
    const other = "SAYYYYYYYYYYYYYYYYYY";
    const config = { subaccount: SUBACCOUNT };
    const byDefault = await play(answer(CREATED, 201), createCommand(PAIR), config);
    const byName = await play(answer(CREATED, 201), createCommand({ ...PAIR, subaccount: other }), config);
    const ownerOf = ({ requests }: typeof byName) =>
      (JSON.parse(requests[0]?.body ?? "") as JsonObject)["subaccount"];
    expect([ownerOf(byDefault), ownerOf(byName)]).toEqual([SUBACCOUNT, other]);
  });

  test("is done although only the id can be read", async () => {
    const { said } = await play(answer({ session_uuid: SESSION_ID, session: "soon" }), createCommand(PAIR));
    expect(said).toEqual({ kind: "accepted", createdId: SESSION_ID });
  });

  test.each([
    ["no JSON", "<html>created</html>"],
    ["no id", JSON.stringify({ message: "async api spawned", api_id: "x" })],
    ["no object", "[]"],
    ["an id that cannot be one", JSON.stringify({ session_uuid: "../x", session: null })],
    ["nothing", ""],
  ])("has no known outcome where the answer is %s", async (_, body) => {
    const { error, requests } = await play((__, response) => void response.writeHead(202).end(body), createCommand(PAIR));
    expect(error).toBeInstanceOf(ProviderBadResponseError);
    expect(error).toMatchObject({ sent: true });
    expect(requests).toHaveLength(1);
  }); // prettier-ignore
});

describe("changing", () => {
  test("is one POST to the session of what is to change, and the answer's session is news", async () => {
    const changed = { message: "Session updated", session: quietSession({ ring_timeout: 30 }) };
    const { said, requests } = await play(
      answer(changed),
      updateCommand({ ringTimeout: 30, record: false, callTimeLimit: null }),
    );
    expect(requests.map(({ method, url }) => [method, url])).toEqual([["POST", `${SESSIONS}${SESSION_ID}/`]]);
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({ ring_timeout: 30, record: false });
    expect(said).toMatchObject({
      kind: "accepted",
      snapshots: [{ source: "COMMAND", providerId: SESSION_ID, fields: { ringTimeout: 30 } }],
    });
  });

  test.each([
    ["no JSON", 202, "changed"],
    ["nothing", 204, undefined],
    ["another session", 200, JSON.stringify({ session: quietSession({ session_uuid: "other" }) })],
    ["no session", 200, JSON.stringify({ message: "Session updated" })],
  ])("is done where the answer is %s", async (_, status, body) => {
    const script: Script = (__, response) => void response.writeHead(status).end(body);
    const { said } = await play(script, updateCommand({ sessionExpiry: 60 }));
    expect(said).toEqual({ kind: "accepted" });
  });

  test("never names a subaccount, which cannot be changed", async () => {
    const { requests } = await play(answer({}), updateCommand({ record: true }), { subaccount: SUBACCOUNT });
    expect(requests[0]?.body).toBe('{"record":true}');
  });
});

describe("ending", () => {
  test.each([
    ["200 with a body", answer({ api_id: "x", message: "Session expired" })],
    ["200 with another", answer({ api_id: "x", message: "Session Deleted" })],
    ["204", statuses(204)],
  ])("is one DELETE without a body, done with %s", async (_, script) => {
    const { said, requests } = await play(script, endCommand());
    expect(requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["DELETE", `${SESSIONS}${SESSION_ID}/`, ""],
    ]);
    expect(requests[0]?.headers).not.toHaveProperty("content-type");
    expect(said).toEqual({ kind: "accepted" });
  });
});

describe("subaccount credentials", () => {
  test.each(EVERY_KIND)("stand in the path of %s", async (_, command) => {
    const { requests } = await play(answer(CREATED), command, { authId: SUBACCOUNT });
    expect(requests[0]?.path.startsWith(`/v1/Account/${SUBACCOUNT}/Masking/Session/`)).toBe(true);
  });
});

describe("ids", () => {
  const commandsFor = (id: string) => [
    updateCommand({ ringTimeout: 30 }, referenceTo(id)),
    endCommand(referenceTo(id)),
  ];

  test.each(["", ".", ".."])("%j is never sent: it would name the list, where POST creates", async (id) => {
    for (const command of commandsFor(id)) {
      const { error, requests } = await play(answer({}), command);
      expect(error).toBeInstanceOf(Error);
      expect(requests).toEqual([]);
    }
  });

  test.each(["a/b", "../x", "?x", "a#b", "%2e%2e", "a b", "directly", "1", "0"])(
    "%j is one segment of the path and nothing else",
    async (id) => {
      for (const command of commandsFor(id)) {
        const { requests } = await play(answer({}), command);
        expect(requests.map(({ url }) => url)).toEqual([`${SESSIONS}${encodeURIComponent(id)}/`]);
      }
    },
  );
});
