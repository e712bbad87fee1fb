import type { Inspection } from "../providers/provider.js";
import { toFailedCheck } from "./describe-failure.js";
import type { Examination } from "./examination.js";
import type { Check } from "./report.js";
import { withinTime } from "./within-time.js";

/** An inspection is some reads, side by side or one after the other. */
const ANSWERS = 3;

/** `permissions: …`, one for each right or setting that the connection can look at. */
export async function checkPermissions(examination: Examination): Promise<Check[]> {
  const { connection, timeoutMs, signal } = examination;
  try {
    const inspections = await withinTime(ANSWERS * timeoutMs, signal, (inTime) =>
      connection.inspect({ signal: inTime }),
    );
    return inspections.map(toCheck);
  } catch (error) {
    return [toFailedCheck("permissions", error, examination)];
  }
}

function toCheck({ what, ok, message }: Inspection): Check {
  const status = ok === null ? "skipped" : ok ? "ok" : "failed";
  return { name: `permissions: ${what}`, status, message };
}
