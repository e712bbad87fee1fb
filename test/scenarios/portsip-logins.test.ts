/** Every generation of PortSIP's login, and tokens that stop working in the middle. */
import { expect, it } from "vitest";
import type { PortsipSandboxServer } from "../../src/sandbox/portsip/portsip-server.js";
import { startSandbox } from "../../src/sandbox/sandbox.js";
import { startTestGateway, untilSynchronised } from "../support/gateway.js";

const COUNT =
  "{ connections { name health sessionCount lastError { code message } } sessions(maxAge: 0, filter: { phases: [LIVE] }) { totalCount sources { ok error { code message } } } }";

interface Answer {
  connections: {
    health: string;
    sessionCount: number;
    lastError: { code: string; message: string } | null;
  }[];
  sessions: {
    totalCount: number;
    sources: { ok: boolean; error: { code: string; message: string } | null }[];
  };
}

it.each(["22.2", "oauth", "login"] as const)(
  "signs in at a PBX of generation %s, and again when its token dies",
  async (generation) => {
    const sandbox = await startSandbox({ providers: ["portsip"], traffic: null, days: 2 });
    try {
      const pbx = sandbox.servers.portsip as PortsipSandboxServer;
      pbx.setGeneration(generation);
      await using gateway = await startTestGateway({ environment: { ...sandbox.environment } });
      await untilSynchronised(gateway);
      pbx.expireTokens();
      const { data, errors } = await gateway.query<Answer>(COUNT);
      expect(errors).toEqual([]);
      expect(data?.sessions.sources).toEqual([{ ok: true, error: null }]);
      expect(data?.connections[0]).toMatchObject({ health: "UP", lastError: null });
      expect(data?.sessions.totalCount).toBe(pbx.records()["session"]?.length);
    } finally {
      await sandbox.close();
    }
  },
  30_000,
);

it("tells the operator that two-factor accounts cannot be used, and answers lists all the same", async () => {
  const sandbox = await startSandbox({ providers: ["portsip"], traffic: null, days: 1 });
  try {
    const environment = { ...sandbox.environment, PORTSIP_USERNAME: "careful" };
    await using gateway = await startTestGateway({ environment });
    const { data, errors } = await gateway.query<Answer>(COUNT);
    expect(errors).toEqual([]);
    expect(data?.sessions).toMatchObject({ totalCount: 0, sources: [{ ok: false }] });
    expect(data?.sessions.sources[0]?.error?.code).toBe("PROVIDER_AUTH_FAILED");
    expect(data?.sessions.sources[0]?.error?.message).toMatch(/second factor/);
  } finally {
    await sandbox.close();
  }
}, 30_000);
