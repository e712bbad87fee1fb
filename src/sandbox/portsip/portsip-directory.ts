/** Resources beside the calls: trunks, users, the tenant (PortSIP reference §3.7, §7.1). */
import { PBX_COMPANY, PBX_STAFF, TRUNKS } from "../world/companies.js";
import type { EventUrl } from "./portsip-bodies.js";
import { PBX_LOGIN } from "./portsip-logins.js";
import { callStatusOf } from "./portsip-parties.js";
import type { Session } from "./portsip-records.js";
import { TENANT_ID } from "./portsip-sessions.js";

type Wire = Record<string, unknown>;

const USERS_CREATED_AT = "2025-01-14T09:00:00.000Z";

/** Where events are posted to. */
export interface TenantSettings {
  cdr_event: EventUrl;
  extension_event: EventUrl;
}

export function createTenantSettings(): TenantSettings {
  const off = { enabled: false, auth: "DISABLE" as const };
  return { cdr_event: { ...off }, extension_event: { ...off } };
}

export function trunkWires(): Wire[] {
  return TRUNKS.map(({ name, didNumbers }, index) => ({
    id: String(index + 1),
    name,
    enabled: true,
    brand: "Generic",
    hostname: "sip.example.test",
    port: 5060,
    did_numbers: didNumbers,
    shared: false,
  }));
}

export function userWires(): Wire[] {
  return PBX_STAFF.map((person, index) => ({
    id: String(index + 1),
    name: person.email ?? person.name,
    enabled: true,
    email: person.email,
    display_name: person.name,
    role: "StandardUser",
    mobile_phone: "",
    office_phone: "",
    home_phone: "",
    department: "",
    extension_number: person.extension,
    created_at: USERS_CREATED_AT,
  }));
}

/** A user's state as 22.2 writes it; null for an unknown user. */
export function userStatusWire(id: string, live: readonly Session[]): Wire | null {
  const extension = PBX_STAFF[Number(id) - 1]?.extension;
  if (extension === undefined || extension === null) return null;
  const isOnCall = live.some((session) => callStatusOf(session, extension) === "ON_CALL");
  return {
    status: isOnCall ? "ON_CALL" : "ONLINE",
    presence: "AVAILABLE",
    presence_note: "",
    registration: [
      {
        instance_id: `urn:uuid:00000000-0000-4000-8000-${extension.padStart(12, "0")}`,
        user_agent: "PortSIP ONE",
        application: "MOBILE",
        ip: "192.0.2.10",
        enable_push: true,
        contact_address: `sip:${extension}@192.0.2.10:5066`,
      },
    ],
    enable_dnd: false,
    enable_acb: false,
  };
}

/** Secrets are taken and never told. */
export function tenantWire({ cdr_event, extension_event }: TenantSettings): Wire {
  const told = ({ enabled, auth, username = "", url = "" }: EventUrl) => ({ enabled, auth, username, url });
  return {
    id: TENANT_ID,
    name: PBX_COMPANY,
    domain: PBX_LOGIN.domain,
    enabled: true,
    cdr_event: told(cdr_event),
    extension_event: told(extension_event),
  };
}

export function tenantStatusWire(live: readonly Session[]): Wire {
  return {
    current_calls: live.length,
    online_users: PBX_STAFF.length,
    current_users: PBX_STAFF.length,
    version: "22.2.20",
    calls_in_24_hours: [],
  };
}
