import type { Person } from "../conversation.js";
import { fictionalNumber } from "./numbers.js";

/**
 * The parts of the world that every seed shares, because the servers list them as resources of their own: accounts,
 * voice agents, extensions, queues, trunks, virtual numbers.
 */

/** A tenant of the hosted phone system (Evo Voice). */
export interface Account {
  name: string;
  /** Its public number. */
  number: string;
  fax: string;
  /** Customers below it and theirs, as paths from the outermost. */
  customerPaths: readonly (readonly string[])[];
  queues: readonly string[];
  /** People who answer, with a login each. */
  staff: readonly Person[];
}

/** A voice agent (Speko). */
export interface VoiceAgent {
  name: string;
  company: string;
  language: string;
  number: string;
  /** First sentence of its instructions. */
  purpose: string;
  /** The dialogues it holds, by name. */
  dialogues: readonly string[];
}

export const ACCOUNTS: readonly Account[] = [
  {
    name: "Brightwater Energy",
    number: fictionalNumber("washington", 0),
    fax: fictionalNumber("washington", 1),
    customerPaths: [
      ["Residential", "Capitol Hill"],
      ["Residential", "Georgetown"],
      ["Business", "Harbor District", "Pier 9"],
    ],
    queues: ["Billing", "Outages"],
    staff: [
      colleague("Maya Lindqvist", null, fictionalNumber("washington", 2), "brightwater.example.com"),
      colleague("Owen Castellano", null, fictionalNumber("washington", 3), "brightwater.example.com"),
      colleague("Priya Raman", null, fictionalNumber("washington", 4), "brightwater.example.com"),
    ],
  },
  {
    name: "Northgate Medical Group",
    number: fictionalNumber("london", 0),
    fax: fictionalNumber("london", 1),
    customerPaths: [["Clinics", "Islington"], ["Clinics", "Hackney"], ["Laboratory"]],
    queues: ["Reception", "Prescriptions"],
    staff: [
      colleague("Dr. Harriet Oyelaran", null, fictionalNumber("london", 2), "northgate.example.com"),
      colleague("Tomasz Wójcik", null, fictionalNumber("london", 3), "northgate.example.com"),
      colleague("Siân Pritchard", null, fictionalNumber("london", 4), "northgate.example.com"),
    ],
  },
  {
    name: "Casa Verde Property Care",
    number: fictionalNumber("miami", 0),
    fax: fictionalNumber("miami", 1),
    customerPaths: [["Bayshore Towers"], ["Coral Court", "Building B"]],
    queues: ["Tenants", "Maintenance"],
    staff: [
      colleague("Lucía Fernández", null, fictionalNumber("miami", 2), "casaverde.example.com"),
      colleague("Darnell Whitfield", null, fictionalNumber("miami", 3), "casaverde.example.com"),
    ],
  },
];

export const AGENTS: readonly VoiceAgent[] = [
  {
    name: "Table booking",
    company: "Harbour Lane Bistro",
    language: "en-US",
    number: fictionalNumber("sanFrancisco", 0),
    purpose: "You take table bookings for Harbour Lane Bistro.",
    dialogues: ["restaurant-booking", "restaurant-change"],
  },
  {
    name: "Appointment desk",
    company: "Maple Street Dental",
    language: "en-GB",
    number: fictionalNumber("manchester", 0),
    purpose: "You book, move and cancel appointments for Maple Street Dental.",
    dialogues: ["dental-appointment", "appointment-reminder"],
  },
  {
    name: "Delivery desk",
    company: "Parcel Pigeon",
    language: "en-US",
    number: fictionalNumber("chicago", 0),
    purpose: "You help people who are waiting for a parcel from Parcel Pigeon.",
    dialogues: ["parcel-late", "parcel-redirect"],
  },
  {
    name: "Asistente de reservas",
    company: "Hotel Las Jacarandas",
    language: "es-US",
    number: fictionalNumber("miami", 5),
    purpose: "Atiendes las reservas del Hotel Las Jacarandas.",
    dialogues: ["hotel-es"],
  },
  {
    name: "Störungsannahme",
    company: "Stadtwerke Lindenau",
    language: "de-DE",
    number: fictionalNumber("berlin", 0),
    purpose: "Du nimmst Störungsmeldungen für die Stadtwerke Lindenau entgegen.",
    dialogues: ["outage-de"],
  },
];

/** The PBX: one tenant, a company of its own. */
export const PBX_COMPANY = "Parcel Pigeon";

export const PBX_STAFF: readonly Person[] = [
  colleague("Front Desk", "1000", null, "pigeon.example.test"),
  colleague("Elena Marchetti", "1001", null, "pigeon.example.test"),
  colleague("Samuel Adeyemi", "1002", null, "pigeon.example.test"),
  colleague("Grace Thornton", "1003", null, "pigeon.example.test"),
  colleague("Jürgen Weiß", "1004", null, "pigeon.example.test"),
  colleague("Noor Haddad", "1005", null, "pigeon.example.test"),
  colleague("Björk Sigurðardóttir", "1006", null, "pigeon.example.test"),
  colleague("Caleb Nakamura", "1007", null, "pigeon.example.test"),
  colleague("Zoë O'Sullivan", "1008", null, "pigeon.example.test"),
  colleague("Mateo Quispe", "1009", null, "pigeon.example.test"),
  colleague("Warehouse", "201", null, "pigeon.example.test"),
  colleague("Night Porter", "202", null, "pigeon.example.test"),
];

/** Call queues and ring groups of the PBX; `number` is what is dialled. */
export const PBX_QUEUES: readonly { name: string; number: string; kind: "queue" | "ring-group" }[] = [
  { name: "Support", number: "8000", kind: "queue" },
  { name: "Lost parcels", number: "8001", kind: "queue" },
  { name: "Dispatch", number: "6000", kind: "ring-group" },
];

/** Trunks by the name the PBX knows them under, with the numbers that arrive on each. */
export const TRUNKS: readonly { name: string; didNumbers: readonly string[] }[] = [
  {
    name: "AtlanticVoice",
    didNumbers: [
      fictionalNumber("chicago", 1),
      fictionalNumber("chicago", 2),
      fictionalNumber("chicago", 3),
      fictionalNumber("chicago", 4),
    ],
  },
  { name: "ThamesLink SIP", didNumbers: [fictionalNumber("london", 10), fictionalNumber("london", 11)] },
];

/** The pool of virtual numbers for masked calls (Plivo). */
export const VIRTUAL_NUMBERS: readonly string[] = [
  ...Array.from({ length: 8 }, (_, index) => fictionalNumber("newYork", index)),
  ...Array.from({ length: 4 }, (_, index) => fictionalNumber("manchester", 5 + index)),
];

function colleague(name: string, extension: string | null, number: string | null, domain: string): Person {
  const mailbox = name
    .normalize("NFD")
    .replace(/ß/g, "ss")
    .replace(/ð/g, "d")
    .replace(/[^A-Za-z ]/g, "")
    .trim()
    .toLowerCase()
    .replace(/ +/g, ".");
  return { name, extension, number, email: `${mailbox}@${domain}` };
}
