/** What the phones of the house show (PortSIP reference §6.3): no session, no peer. */
import { PBX_STAFF } from "../world/companies.js";
import { seconds, type Message } from "./portsip-messages.js";
import { callStatusOf } from "./portsip-parties.js";
import type { Session } from "./portsip-records.js";
import { sipAddress, TENANT_ID } from "./portsip-sessions.js";

export interface Presence {
  /** How the extensions are now; unknown ones are left out. */
  status(extensions: readonly string[], at: number): Message;
  /** Messages about the extensions that show something else than when it was last asked. */
  changes(at: number): { extension: string; message: Message }[];
}

const EXTENSIONS = PBX_STAFF.flatMap(({ extension }) => (extension === null ? [] : [extension]));

/** @param statusOf what an extension's phone shows now */
export function createPresence(statusOf: (extension: string) => string): Presence {
  const shown = new Map(EXTENSIONS.map((extension) => [extension, statusOf(extension)]));
  const ids = (extension: string) => ({
    extension: sipAddress(extension),
    extension_id: String(EXTENSIONS.indexOf(extension) + 1),
  });
  return {
    status: (extensions, at) => ({
      event_type: "extension_status",
      tenant_id: TENANT_ID,
      status: EXTENSIONS.filter((extension) => extensions.includes(extension)).map((extension) => ({
        ...ids(extension),
        call_status: statusOf(extension),
        online: true,
        push_online: false,
        presence: "AVAILABLE",
        presence_note: "",
        time: seconds(at),
      })),
    }),
    changes(at) {
      return EXTENSIONS.flatMap((extension) => {
        const call_status = statusOf(extension);
        if (shown.get(extension) === call_status) return [];
        shown.set(extension, call_status);
        const message = { event_type: "extension_call", ...ids(extension), call_status };
        return [{ extension, message: { ...message, tenant_id: TENANT_ID, time: seconds(at) } }];
      });
    },
  };
}

/** What a phone shows over all sessions: talking comes before ringing. */
export function phoneStatus(sessions: readonly Session[], extension: string): string {
  const all = sessions.map((session) => callStatusOf(session, extension));
  return all.find((status) => status === "ON_CALL") ?? all.find((status) => status === "RINGING") ?? "";
}
