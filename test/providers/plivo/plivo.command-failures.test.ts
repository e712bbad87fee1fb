/** What becomes of a command that Plivo refuses (Plivo reference §10), or whose answer does not come. */
import { describe, expect, test } from "vitest";
import {
  ProviderAuthFailedError,
  ProviderRateLimitedError,
  ProviderTimeoutError,
  ProviderUnavailableError,
} from "../../../src/errors/index.js";
import type { Command } from "../../../src/providers/commands.js";
import { sendJson, startScriptedServer, statuses, type Script } from "../../support/scripted-server.js";
import { AUTH_TOKEN, connectPlivo, createCommand, endCommand, updateCommand } from "./connect-plivo.js";
import { answer, CREATED, EVERY_KIND, PAIR, play, TIMEOUT } from "./play-command.js";

describe("refusals", () => {
  const refusal = async (status: number, error: unknown, command: Command) => {
    const { said, requests } = await play(
      answer(error === null ? {} : { api_id: "x", error }, status),
      command,
    );
    expect(requests).toHaveLength(1);
    return said;
  };

  test.each([
    ["Invalid parameter. first_party is not a valid phone number.", ["firstParty"], "firstParty is not a valid phone number."],
    ["Mandatory parameter missing. second_party must be present.", ["secondParty"], "secondParty must be present."],
    ["Invalid parameter. session_expiry is outside the allowed range.", ["sessionExpiry"], "sessionExpiry is outside"],
    ["Invalid parameter. record allowed values are true or false.", ["record"], "record allowed values"],
    ["Invalid parameter. record_file_format allowed values are mp3 or wav.", ["recordFileFormat"], "recordFileFormat allowed"],
    ["Invalid parameter: recording_callback_url.", ["recordingCallbackUrl"], "Invalid parameter: recordingCallbackUrl."],
    ["is_pin_authentication needs pin_prompt_play", ["isPinAuthenticationRequired"], "isPinAuthenticationRequired needs pinPromptPlay"],
    ["Something is wrong", [], "Something is wrong"],
  ])("%s points at the input in its names", async (text, path, said) => {
    const refused = await refusal(400, text, createCommand(PAIR));
    expect(refused).toMatchObject({ kind: "refused", code: "BAD_USER_INPUT", problems: [{ path }] });
    expect(refused).toMatchObject({ problems: [{ message: expect.stringContaining(`Plivo: `) }] });
    expect(refused).toMatchObject({ problems: [{ message: expect.stringContaining(said) }] });
  }); // prettier-ignore

  test("a complaint about a member that the command does not take points nowhere", async () => {
    const refused = await refusal(400, "geomatch cannot be changed", updateCommand({ record: true }));
    expect(refused).toMatchObject({ kind: "refused", problems: [{ path: [] }] });
  });

  test.each<[string, Command]>([
    ["Session already expired", endCommand()],
    ["Session already expired.", updateCommand({ sessionExpiry: 60 })],
    ["Number pool exhausted or not available.", createCommand(PAIR)],
  ])("%s is a conflict with how things are, not with the input", async (text, command) => {
    const refused = await refusal(400, text, command);
    expect(refused).toMatchObject({ code: "CONFLICT", problems: [{ path: [], message: `Plivo: ${text}` }] });
  });

  test.each<[number, string]>([
    [400, "BAD_USER_INPUT"],
    [403, "PROVIDER_AUTH_FAILED"],
    [404, "NOT_FOUND"],
    [405, "NOT_SUPPORTED"],
    [409, "CONFLICT"],
    [422, "BAD_USER_INPUT"],
  ])("%i with nothing said is %s", async (status, code) => {
    for (const [, command] of EVERY_KIND) {
      const refused = await refusal(status, null, command);
      expect(refused).toMatchObject({ kind: "refused", code, problems: [{ path: [] }] });
    }
  });

  test("404 on creating is the account's, not a session's", async () => {
    expect(JSON.stringify(await refusal(404, null, createCommand(PAIR)))).toContain("Auth ID");
    expect(JSON.stringify(await refusal(404, null, endCommand()))).toContain("session");
  });

  test("a body that is no JSON says nothing, and is not shown", async () => {
    const script: Script = (_, response) =>
      void response.writeHead(400).end("<h1>Traceback 12025550134</h1>");
    const { said } = await play(script, createCommand(PAIR));
    expect(said).toMatchObject({ kind: "refused", code: "BAD_USER_INPUT" });
    expect(JSON.stringify(said)).not.toMatch(/Traceback|12025550134/);
  });

  test("PINs, numbers and addresses do not come back", async () => {
    const input = { ...PAIR, firstPartyPin: "5550", secondPartyPin: "7777" };
    const text = "first_party_pin 5550 and 7777 are too easy for 12025550134, see https://internal.example/x";
    const { said, log } = await play(answer({ error: text }, 400), createCommand(input));
    expect(said).toMatchObject({ problems: [{ path: ["firstPartyPin"] }] });
    expect(JSON.stringify(said)).toContain("[PIN] and [PIN] are too easy");
    for (const shown of [JSON.stringify(said), log]) expect(shown).not.toMatch(/5550|7777|internal\.example/);
  });
});

describe("failures", () => {
  test.each(EVERY_KIND)("%s: 401 is the connection's, asked once and safe to show", async (_, command) => {
    const { error, requests, log } = await play(statuses(401), command);
    expect(error).toBeInstanceOf(ProviderAuthFailedError);
    expect(error).toMatchObject({ status: 401, message: expect.stringContaining("Auth Token") });
    expect(requests).toHaveLength(1);
    expect(log).not.toContain(AUTH_TOKEN);
  });

  test.each(EVERY_KIND)("%s: 429 is not waited for", async (_, command) => {
    const { error, requests } = await play(statuses([429, { "retry-after": "0" }]), command);
    expect(error).toBeInstanceOf(ProviderRateLimitedError);
    expect(requests).toHaveLength(1);
  });

  test.each(EVERY_KIND)("%s: 5xx is not sent again, and may have acted", async (_, command) => {
    for (const status of [500, 502, 503]) {
      const { error, requests } = await play(statuses(status, 200), command);
      expect(error).toBeInstanceOf(ProviderUnavailableError);
      expect(error).toMatchObject({ status, sent: true });
      expect(requests).toHaveLength(1);
    }
  });

  test.each(EVERY_KIND)("%s: no answer in time may have acted", async (_, command) => {
    const { error, requests } = await play(() => undefined, command, {}, 100);
    expect(error).toBeInstanceOf(ProviderTimeoutError);
    expect(error).toMatchObject({ sent: true });
    expect(requests).toHaveLength(1);
  });

  test.each(EVERY_KIND)(
    "%s: the time is the command's own, however little a read may take",
    async (_, command) => {
      await using server = await startScriptedServer((__, response) => {
        setTimeout(() => sendJson(response, CREATED), 100);
      });
      await using connected = connectPlivo(server.url, {}, 20);
      expect(await connected.plivo.commands.send(command, TIMEOUT)).toMatchObject({ kind: "accepted" });
    },
  );

  test.each(EVERY_KIND)("%s: a reset after the request was read may have acted", async (_, command) => {
    const { error, requests } = await play((__, response) => void response.socket?.destroy(), command);
    expect(error).toBeInstanceOf(ProviderUnavailableError);
    expect(error).toMatchObject({ sent: true });
    expect(requests).toHaveLength(1);
  });

  test.each(EVERY_KIND)("%s: where nobody listens it surely was not sent", async (_, command) => {
    const server = await startScriptedServer(statuses(200));
    await server[Symbol.asyncDispose]();
    await using connected = connectPlivo(server.url);
    const sending = connected.plivo.commands.send(command, TIMEOUT);
    await expect(sending).rejects.toBeInstanceOf(ProviderUnavailableError);
    await expect(sending).rejects.toMatchObject({ sent: false });
  });
});
