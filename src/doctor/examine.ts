/** Looks at connections, all side by side; the checks of one run in order, each bounded in time. */
import { checkClock } from "./check-clock.js";
import { checkLogin } from "./check-login.js";
import { checkPaging } from "./check-paging.js";
import { checkPermissions } from "./check-permissions.js";
import { checkWebhook } from "./check-webhook.js";
import type { Examination } from "./examination.js";
import type { Check, ConnectionReport, DoctorReport } from "./report.js";

interface Step {
  /** The name that stands in the report when it is skipped. */
  name: string;
  run(examination: Examination): Promise<Check[]>;
}

/** What is left to look at once the provider has let us in. */
const STEPS: readonly Step[] = [
  { name: "clock", run: checkClock },
  { name: "permissions", run: checkPermissions },
  { name: "paging", run: checkPaging },
  { name: "webhooks", run: checkWebhook },
];

/** Looks at every connection by reads alone. Never rejects: what goes wrong is in the report. Closes nothing. */
export async function examine(examinations: readonly Examination[]): Promise<DoctorReport> {
  const connections = await Promise.all(examinations.map(examineOne));
  return { ok: connections.every(({ ok }) => ok), connections };
}

async function examineOne(examination: Examination): Promise<ConnectionReport> {
  const { connection, signal } = examination;
  const checks = await checkLogin(examination);
  const barrier = checks.find(({ status }) => status === "failed")?.name;
  for (const { name, run } of STEPS) {
    const reason = barrier === undefined ? "interrupted" : `not looked at: ${barrier} failed`;
    if (barrier !== undefined || signal.aborted) checks.push({ name, status: "skipped", message: reason });
    else checks.push(...(await run(examination)));
  }
  return {
    name: connection.name,
    provider: connection.module.provider,
    ok: checks.every(({ status }) => status !== "failed"),
    checks,
  };
}
