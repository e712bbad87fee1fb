import { VIRTUAL_NUMBERS } from "../world/companies.js";

/** Who may sign in. A subaccount's requests carry its own id in the path and see its own sessions only. */
export interface PlivoAccount {
  authId: string;
  authToken: string;
  isSubaccount: boolean;
  /** Numbers it may give to sessions, digits only. */
  virtualNumbers: readonly string[];
}

const digits = VIRTUAL_NUMBERS.map((number) => number.replace(/\D/g, ""));

/** Ids have 20 characters and begin `MA` or `SA` (Plivo reference §1). */
export const PLIVO_ACCOUNT: PlivoAccount = {
  authId: "MASANDBOXSWITCHBOARD",
  authToken: "sandbox-plivo-token",
  isSubaccount: false,
  virtualNumbers: digits.filter((_, index) => index % 4 !== 3),
};

export const PLIVO_SUBACCOUNT: PlivoAccount = {
  authId: "SASANDBOXSWITCHBOARD",
  authToken: "sandbox-plivo-subaccount-token",
  isSubaccount: true,
  virtualNumbers: digits.filter((_, index) => index % 4 === 3),
};

export const PLIVO_ACCOUNTS: readonly PlivoAccount[] = [PLIVO_ACCOUNT, PLIVO_SUBACCOUNT];
