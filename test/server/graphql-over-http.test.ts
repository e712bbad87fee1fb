import { serverAudits } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestWorld, type TestWorld } from "../support/gateway.js";

let world: TestWorld;
beforeAll(async () => {
  world = await startTestWorld({ sandbox: { days: 1 } });
}, 60_000);
afterAll(() => world[Symbol.asyncDispose]());

/** Recommendations (never obligations) on status codes that Apollo Server decides otherwise; a later step takes them up. */
const audits = serverAudits({ url: () => `${world.gateway.url}/graphql` });

describe("GraphQL over HTTP", () => {
  it.each(audits.filter(({ name }) => name.startsWith("MUST")).map((audit) => [audit.name, audit] as const))(
    "%s",
    async (_name, audit) => {
      const result = await audit.fn();
      expect(result).toMatchObject({ status: "ok" });
    },
  );

  it("follows all but a few of the recommendations", async () => {
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    expect(results.filter(({ status }) => status === "ok").length).toBeGreaterThanOrEqual(55);
  });
});
