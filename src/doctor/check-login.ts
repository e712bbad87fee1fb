import { isProviderError, ProviderAuthFailedError, ProviderRateLimitedError } from "../errors/index.js";
import { describeNetwork, nameSettings, toFailedCheck, waitedMs } from "./describe-failure.js";
import { toDuration } from "./duration.js";
import type { Examination } from "./examination.js";
import type { Check } from "./report.js";
import { withinTime } from "./within-time.js";

/** A probe may need a login before it, so it may take the time of two answers. */
const ANSWERS = 2;

/** `reachable` and `credentials`: one probe tells both. */
export async function checkLogin(examination: Examination): Promise<Check[]> {
  const { connection, timeoutMs, signal } = examination;
  const startedAt = performance.now();
  try {
    await withinTime(ANSWERS * timeoutMs, signal, (inTime) => connection.probe({ signal: inTime }));
    const took = toDuration(performance.now() - startedAt);
    return [answers(`the provider answers (${took})`), credentials("ok", "the provider accepts them")];
  } catch (error) {
    if (error instanceof ProviderAuthFailedError) {
      return [
        answers("the provider answers"),
        credentials("failed", error.message + remedy(error, examination)),
      ];
    }
    if (error instanceof ProviderRateLimitedError) {
      const message = `${error.message} Whether the credentials are good cannot be told now; try again later.`;
      return [answers("the provider answers"), credentials("failed", message)];
    }
    const failed = toFailedCheck("reachable", error, examination);
    const because = `not looked at: ${failed.status === "failed" ? "the provider is not reachable" : failed.message}`;
    return [
      { ...failed, message: failed.message + whereToLook(error, examination) },
      credentials("skipped", because),
    ];
  }
}

function answers(message: string): Check {
  return { name: "reachable", status: "ok", message };
}

function credentials(status: Check["status"], message: string): Check {
  return { name: "credentials", status, message };
}

/** Which settings hold them; a refusal of accepted credentials (402, 403) has its remedy in its own sentence. */
function remedy({ status }: ProviderAuthFailedError, { connection: { module } }: Examination): string {
  if (status === 402 || status === 403) return "";
  const settings = nameSettings(module, ({ required = false, type = "text" }) => required && type === "text");
  return ` Settings: ${settings}.`;
}

/** The network's reason, and the setting that says where the provider is. */
function whereToLook(error: unknown, { connection: { module } }: Examination): string {
  const network = describeNetwork(error);
  const settings = nameSettings(module, ({ type }) => type === "url");
  if (waitedMs(error) !== null) return `; check ${settings} and the network`;
  if (!isProviderError(error)) return "";
  return network === null ? ` Check ${settings}.` : ` It seems that ${network}: check ${settings}.`;
}
