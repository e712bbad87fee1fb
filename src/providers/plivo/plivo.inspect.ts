import { isProviderError } from "../../errors/index.js";
import type { Inspection, ReadOptions } from "../provider.js";
import type { PlivoClient } from "./plivo.client.js";

/** Looks at what the account may do (Plivo reference §1, §10.2), at the price of one short list. */
export async function inspectPlivo(
  client: PlivoClient,
  subaccount: string | undefined,
  options?: ReadOptions,
): Promise<Inspection[]> {
  const list = await inspectList(client, subaccount, options);
  const create: Inspection = {
    what: "create sessions",
    ok: null,
    message:
      "Only creating one would show it: Plivo needs a voice-enabled number on the " +
      `${subaccount === undefined ? "account" : "subaccount"} to stand between the two people.`,
  };
  return list.every(({ ok }) => ok !== false) ? [...list, create] : list;
}

async function inspectList(
  client: PlivoClient,
  subaccount: string | undefined,
  options?: ReadOptions,
): Promise<Inspection[]> {
  const what = "list sessions";
  try {
    const { rows } = await client.newest(options);
    const listed: Inspection = { what, ok: true, message: "The account may use number masking." };
    if (subaccount === undefined) return [listed];
    const known: Inspection =
      rows.length > 0
        ? { what: "subaccount", ok: true, message: "The subaccount has sessions." }
        : {
            what: "subaccount",
            ok: null,
            message:
              "The subaccount has no session of the last 7 days, so it cannot be told whether the account has it: " +
              "compare PLIVO_SUBACCOUNT (`subaccount`) with the subaccounts in the Plivo console.",
          };
    return [listed, known];
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return [{ what, ok: false, message: explain(error.status, error.message, subaccount) }];
  }
}

/** What to do about it, where the failure does not say it by itself. */
function explain(status: number | undefined, message: string, subaccount: string | undefined): string {
  if (status === 404) return "Plivo has no such account: check the Auth ID and the base URL.";
  if (status === 400 && subaccount !== undefined)
    return "Plivo does not accept the list of this subaccount: check that the account has it.";
  return message;
}
