import type { Person } from "../conversation.js";
import type { Random } from "../kit/random.js";
import { ACCOUNTS, type Account } from "../world/companies.js";
import type { CustomerBreadcrumb } from "./evo-records.js";

export type Role = "SystemAdministrator" | "Manager" | "Customer" | "User" | "CallCenterDashboard";

/** Who may sign in. One login rarely has every role: reading files needs one, holding a call another (quirk Q9). */
export interface Login {
  userName: string;
  password: string;
  firstName: string;
  lastName: string;
  roles: readonly Role[];
  /** Places in the world's list of accounts. */
  accountIndexes: readonly number[];
}

/** The login a gateway is given. */
export const GATEWAY_LOGIN: Login = {
  userName: "gateway@switchboard.example.com",
  password: "sandbox-evo-password",
  firstName: "Switchboard",
  lastName: "Gateway",
  roles: ["Manager", "User"],
  accountIndexes: ACCOUNTS.map((_, index) => index),
};

/** A person with a phone and nothing else: may hold and hang up, may not read files. */
export const PHONE_USER_LOGIN: Login = {
  userName: ACCOUNTS[0]?.staff[0]?.email ?? "agent@switchboard.example.com",
  password: "sandbox-agent-password",
  firstName: ACCOUNTS[0]?.staff[0]?.name.split(" ")[0] ?? "Agent",
  lastName: ACCOUNTS[0]?.staff[0]?.name.split(" ")[1] ?? "Agent",
  roles: ["User"],
  accountIndexes: [0],
};

/** Someone who looks and has no phone: may read files, may not hold. */
export const MANAGER_LOGIN: Login = {
  userName: "manager@switchboard.example.com",
  password: "sandbox-manager-password",
  firstName: "Ines",
  lastName: "Baptiste",
  roles: ["Manager"],
  accountIndexes: [0, 1],
};

export const LOGINS: readonly Login[] = [GATEWAY_LOGIN, PHONE_USER_LOGIN, MANAGER_LOGIN];

export interface Tenant extends Account {
  id: string;
  /** One entry per customer path, outermost first. */
  breadcrumbs: readonly (readonly CustomerBreadcrumb[])[];
}

/** Accounts, customers, users and endpoints by their ids. */
export interface Directory {
  readonly tenants: readonly Tenant[];
  /** An account that exists and that no login here may use. */
  readonly foreignAccountId: string;
  tenantById(id: string): Tenant | undefined;
  accountIdsOf(login: Login): readonly string[];
  userIdOf(login: Login): string;
  /** The phone endpoint of a person with a mail address, hence a login somewhere; others are outside. */
  endpointIdOf(person: Pick<Person, "email">): string | undefined;
  /** Who works here, by mail address or phone endpoint. */
  userAt(address: string): DirectoryUser | undefined;
  queueIdOf(tenant: Tenant, queue: string): string;
}

/** Somebody with a mail address and a phone in one of the accounts. */
export interface DirectoryUser {
  name: string;
  email: string;
  endpointId: string;
  tenant: Tenant;
}

export function createDirectory(random: Random): Directory {
  const idOf = (label: string): string => random.fork(`directory/${label}`).hex(24);
  const tenants = ACCOUNTS.map((account) => ({
    ...account,
    id: idOf(`account/${account.name}`),
    breadcrumbs: account.customerPaths.map((path) =>
      path.map((name, depth) => ({
        id: idOf(`customer/${account.name}/${path.slice(0, depth + 1).join("/")}`),
        name,
      })),
    ),
  }));
  const byId = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  const users = tenants.flatMap((tenant) =>
    tenant.staff.flatMap(({ name, email }) =>
      email === null ? [] : [{ name, email, endpointId: idOf(`endpoint/${email}`), tenant }],
    ),
  );
  return {
    tenants,
    foreignAccountId: idOf("account/of somebody else"),
    tenantById: (id) => byId.get(id),
    accountIdsOf: (login) =>
      login.accountIndexes.map((index) => tenants[index]?.id).filter((id) => id !== undefined),
    userIdOf: (login) => idOf(`user/${login.userName}`),
    endpointIdOf: ({ email }) => (email === null ? undefined : idOf(`endpoint/${email}`)),
    userAt: (address) => users.find(({ email, endpointId }) => email === address || endpointId === address),
    queueIdOf: (tenant, queue) => idOf(`queue/${tenant.name}/${queue}`),
  };
}
