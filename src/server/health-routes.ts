/** `/healthz`: the process runs. `/readyz`: it can answer. */
import type { FastifyInstance } from "fastify";

export interface Readiness {
  /** False from the moment the process drains. */
  accepting(): boolean;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
}

/** How long a readiness probe waits for the database, milliseconds. */
const PING_TIMEOUT_MS = 2_000;

/** Registers both probes. Migrations run before anything listens, so a process that answers has done them. */
export function registerHealthRoutes(app: FastifyInstance, readiness: Readiness): void {
  app.get("/healthz", () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const reason = readiness.accepting() ? await databaseProblem(readiness) : "draining";
    if (reason === null) return { status: "ready" };
    return reply.code(503).send({ status: "not ready", reason });
  });
}

async function databaseProblem(readiness: Readiness): Promise<string | null> {
  const patience = Promise.withResolvers<string>();
  const timer = setTimeout(() => patience.resolve("the database does not answer"), PING_TIMEOUT_MS);
  try {
    return await Promise.race([readiness.ping().then(() => null), patience.promise]);
  } catch {
    // Which error it was is the log's business; a probe only wants to know whether to send traffic.
    return "the database does not answer";
  } finally {
    clearTimeout(timer);
  }
}
