/**
 * `webhooks`: a delivery signed as the provider signs, to this gateway's own route from outside. It has to be taken,
 * and the same with a spoiled signature has to be refused.
 */
import { request } from "undici";
import { redactUrl } from "../http/redact.js";
import type { ProviderConnection, WebhookProbe } from "../providers/provider.js";
import { describeNetwork, nameSettings, waitedMs } from "./describe-failure.js";
import { toDuration } from "./duration.js";
import type { Examination } from "./examination.js";
import type { Check } from "./report.js";
import { withinTime } from "./within-time.js";

/** Stands for the address that is not configured; nothing is sent there. */
const NOWHERE = "https://switchboard.invalid";
/** Headers that carry a signature or a token, in every provider's spelling. A nonce beside them proves nothing. */
const PROOF = /(?:authorization|token|signature(?:-v\d+)?)$/i;

export async function checkWebhook(examination: Examination): Promise<Check[]> {
  const { connection, publicUrl } = examination;
  const url = `${publicUrl ?? NOWHERE}/webhooks/${connection.name}`;
  const probe = connection.webhookProbe(url);
  if (probe === null || publicUrl === null)
    return [check("skipped", howToBeTold(connection, publicUrl, probe))];
  const shown = redactUrl(url);
  try {
    const status = await send(url, probe, examination);
    if (status < 200 || status > 299) return [check("failed", describeRefusal(shown, status))];
    return [judgeForged(shown, await send(url, spoil(probe), examination), connection.module.webhookPlace)];
  } catch (error) {
    if (examination.signal.aborted) return [check("skipped", "interrupted")];
    return [check("failed", describeSilence(shown, error))];
  }
}

function check(status: Check["status"], message: string): Check {
  return { name: "webhooks", status, message };
}

/** Answers the status. Redirects are answers: providers do not follow them. */
async function send(url: string, probe: WebhookProbe, { timeoutMs, signal }: Examination): Promise<number> {
  return withinTime(timeoutMs, signal, async (inTime) => {
    const { method, headers, body } = probe;
    // Not `fetch`, which refuses ports that a gateway may well have.
    const response = await request(url, {
      method,
      headers,
      signal: inTime,
      // The process has nothing more to say there, and should not wait for the connection to end.
      reset: true,
      ...(method === "GET" ? {} : { body }),
    });
    await response.body.dump();
    return response.statusCode;
  });
}

/** The same delivery with another character where each proof begins: `v1,Ab…` becomes `v1,Bb…`. */
function spoil(probe: WebhookProbe): WebhookProbe {
  const headers = Object.entries(probe.headers).map(([name, value]) => [
    name,
    PROOF.test(name)
      ? value.replace(/[^\s,]+$/, (proof) => (proof.startsWith("A") ? "B" : "A") + proof.slice(1))
      : value,
  ]);
  return { ...probe, headers: Object.fromEntries(headers) as Record<string, string> };
}

function judgeForged(url: string, status: number, place: string | undefined): Check {
  if (status === 401) {
    const where = place === undefined ? "" : `. At the provider it is entered in ${place}`;
    return check("ok", `${url} takes signed deliveries and refuses forged ones${where}`);
  }
  if (status >= 200 && status <= 299) {
    const message =
      `${url} takes forged deliveries too: anybody can send news there. Either something in between answers ` +
      "for the gateway, or the gateway behind it is not this one";
    return check("failed", message);
  }
  return check(
    "failed",
    `${url} answers ${status} to a forged delivery instead of 401: something in between interferes`,
  );
}

function describeRefusal(url: string, status: number): string {
  const at = `${url} answers ${status}`;
  if (status === 401) {
    return `${at} to a delivery signed with this configuration's secret: the gateway there has another secret, another SWITCHBOARD_PUBLIC_URL, or a clock that is wrong`;
  }
  if (status === 404) {
    return `${at}: no gateway with this connection is there; check SWITCHBOARD_PUBLIC_URL and that the gateway runs`;
  }
  if (status >= 300 && status < 400) {
    return `${at}, a redirect, which providers do not follow: set SWITCHBOARD_PUBLIC_URL to where it leads`;
  }
  return `${at} to a signed delivery instead of 2xx: check that the gateway runs, and what stands in front of it`;
}

function describeSilence(url: string, error: unknown): string {
  const waited = waitedMs(error);
  if (waited !== null)
    return `no answer from ${url} within ${toDuration(waited)}: check that the gateway runs`;
  const why = describeNetwork(error) ?? "the request fails";
  return `${url} cannot be reached from here: ${why}. Check SWITCHBOARD_PUBLIC_URL and that the gateway runs`;
}

/** Why nothing is sent, that this is fine, and what it takes to be told at once. */
function howToBeTold(
  { name, module }: ProviderConnection,
  publicUrl: string | null,
  probe: WebhookProbe | null,
): string {
  const polled = "changes are found by polling, which is fine";
  // Settings that deliveries are verified with are called webhook…, whoever the provider is.
  const secrets = nameSettings(module, ({ key, secret = false }) => secret && key.startsWith("webhook"));
  if (probe === null && secrets === "") return `this provider sends none; ${polled}`;
  const missing = [publicUrl === null ? "SWITCHBOARD_PUBLIC_URL" : "", probe === null ? secrets : ""];
  const address = `${redactUrl(publicUrl ?? "<SWITCHBOARD_PUBLIC_URL>")}/webhooks/${name}`;
  return `not set up; ${polled}. To be told at once: set ${missing.filter(Boolean).join(" and ")}, and enter ${address} at the provider${module.webhookPlace === undefined ? "" : ` in ${module.webhookPlace}`} (docs/webhooks.md)`;
}
