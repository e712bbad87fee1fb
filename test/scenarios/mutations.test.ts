/** Every mutation, counted on the wire: one request when it is right, none when it is wrong, still one when it is repeated. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandbox, type Sandbox } from "../../src/sandbox/sandbox.js";
import { startTestGateway, untilSynchronised, type TestGateway } from "../support/gateway.js";
import {
  createPool,
  forgetRequests,
  mutate,
  MUTATION_CASES,
  UNSUPPORTED,
  writesOf,
  type Pool,
} from "../support/mutation-cases.js";

let sandbox: Sandbox;
let gateway: TestGateway;
let folder: string;
let pool: Pool;

const start = () =>
  startTestGateway({
    environment: { ...sandbox.environment, DATABASE_URL: `sqlite:${join(folder, "mutations.db")}` },
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "switchboard-"));
  sandbox = await startSandbox({ traffic: null });
  gateway = await start();
  await untilSynchronised(gateway);
  pool = createPool(gateway);
}, 60_000);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(MUTATION_CASES)(
  "$title",
  ({ title, provider, mutation, inputType, payload, wire, wrong, ...one }) => {
    let input: Record<string, unknown>;
    const send = (given: object) => mutate(gateway, mutation, inputType, payload, given);

    it("sends ten equal mutations at once as one request, and answers all with the same command", async () => {
      input = { ...(await one.input(pool)), idempotencyKey: title };
      forgetRequests(sandbox);
      const answers = await Promise.all(Array.from({ length: 10 }, () => send(input)));
      const [write, ...more] = writesOf(sandbox);
      expect(more).toEqual([]);
      const [who, method, url = ""] = write?.split(" ") ?? [];
      expect({ who, method }).toEqual({ who: provider, method: wire.method });
      expect(url.split("?")[0]).toMatch(wire.path);
      expect(answers[0]?.userErrors).toEqual([]);
      expect(answers[0]?.command?.outcome).toBe("SUCCEEDED");
      expect(new Set(answers.map(({ command }) => command?.id)).size).toBe(1);
    });

    it("sends nothing for a repeat with the same key, nor after a restart", async () => {
      forgetRequests(sandbox);
      const again = await send(input);
      await gateway[Symbol.asyncDispose]();
      gateway = await start();
      await untilSynchronised(gateway);
      pool = createPool(gateway);
      const restarted = await send(input);
      expect(writesOf(sandbox)).toEqual([]);
      expect(restarted.command).toEqual(again.command);
      expect(restarted.command?.outcome).toBe("SUCCEEDED");
    });

    it("refuses the key with another input, and sends nothing", async () => {
      forgetRequests(sandbox);
      const { command, userErrors } = await send({
        ...input,
        ...wrong.change,
        idempotencyKey: input["idempotencyKey"],
      });
      expect({ command, userErrors }).toMatchObject({ command: null, userErrors: [{ code: "CONFLICT" }] });
      expect(writesOf(sandbox)).toEqual([]);
    });

    it("says everything that is wrong with an input at once, and sends nothing", async () => {
      forgetRequests(sandbox);
      const { command, userErrors } = await send({ ...input, idempotencyKey: null, ...wrong.change });
      expect(command).toBeNull();
      expect(userErrors.every(({ code }) => code === "BAD_USER_INPUT")).toBe(true);
      expect(new Set(userErrors.map(({ path }) => path?.[1]))).toEqual(new Set(wrong.paths));
      expect(userErrors.every(({ path }) => path?.[0] === "input")).toBe(true);
      expect(writesOf(sandbox)).toEqual([]);
    });
  },
);

describe("what a provider cannot do", () => {
  it.each(UNSUPPORTED)(
    "$provider $mutation answers NOT_SUPPORTED with $capability before any request",
    async ({ provider, mutation, inputType, payload, rest, capability }) => {
      const { id } = await createPool(gateway).take(provider);
      forgetRequests(sandbox);
      const answer = await mutate(gateway, mutation, inputType, payload, { sessionId: id, ...rest });
      expect(answer).toMatchObject({ command: null, userErrors: [{ code: "NOT_SUPPORTED", capability }] });
      expect(answer.userErrors[0]?.message).toContain(capability);
      expect(sandbox.servers[provider].requests).toEqual([]);
    },
  );

  it("and another provider's mutation is told whose session it got", async () => {
    const { id } = await createPool(gateway).take("evo");
    forgetRequests(sandbox);
    const answer = await mutate(gateway, "updatePlivoSession", "UpdatePlivoSessionInput", "session", {
      sessionId: id,
      ringTimeout: 30,
    });
    expect(answer.userErrors).toMatchObject([{ code: "BAD_USER_INPUT", path: ["input", "sessionId"] }]);
    expect(answer.userErrors[0]?.message).toMatch(/PLIVO.*EVO_VOICE/);
    expect(writesOf(sandbox)).toEqual([]);
  });
});
