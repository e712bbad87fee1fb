/** Who may sign in, and what each may do (PortSIP reference §2.6). */

export interface Login {
  username: string;
  password: string;
  domain: string;
  role: "Admin" | "StandardUser";
  /** Company Call Sessions. */
  sessions: "full" | "view" | "none";
  /** Analytics: View Only or more, which events and the tenant's history need. */
  analytics: boolean;
  /** Signing in asks for a code by mail. */
  hasTwoFactors: boolean;
}

export const PBX_LOGIN: Login = {
  username: "gateway",
  password: "sandbox-pbx-password",
  domain: "parcels.example.test",
  role: "Admin",
  sessions: "full",
  analytics: true,
  hasTwoFactors: false,
};

/** All with the same password and domain. */
export const LOGINS: readonly Login[] = [
  PBX_LOGIN,
  { ...PBX_LOGIN, username: "careful", hasTwoFactors: true },
  // Sees every call and may touch none.
  { ...PBX_LOGIN, username: "viewer", sessions: "view" },
  // Sees nothing but the directory.
  {
    ...PBX_LOGIN,
    username: "nobody",
    role: "StandardUser",
    sessions: "none",
    analytics: false,
  },
];

/** Null for credentials of nobody. */
export function loginOf(fields: Readonly<Record<string, unknown>>): Login | null {
  const matches = (login: Login) =>
    fields["username"] === login.username &&
    fields["password"] === login.password &&
    fields["domain"] === login.domain;
  return LOGINS.find(matches) ?? null;
}
