import type { Faults } from "../conversation.js";
import { PLIVO_ACCOUNT } from "./plivo-accounts.js";
import { billedSeconds, durationSeconds, legsOf, priceOf } from "./plivo-calls.js";
import type { PlivoModes } from "./plivo-modes.js";
import { statusOf, type Interaction, type Leg, type MaskingSession } from "./plivo-records.js";

export type Wire = Record<string, unknown>;

/** How records are written at this moment. */
export interface WriteStyle {
  modes: Readonly<PlivoModes>;
  faults: Faults;
  now: number;
}

/** Absolute URLs name the production host whatever the client talked to. */
const API_ORIGIN = "https://api.plivo.com";

/** The session object of Plivo reference §2, without `resource_uri`. */
export function toWireSession(session: MaskingSession, style: WriteStyle): Wire {
  const billed = session.interactions.map(billedSeconds).reduce(add, 0);
  const wire: Wire = {
    session_uuid: session.uuid,
    ...(session.subaccount === null ? {} : { subaccount: session.subaccount }),
    first_party: session.firstParty,
    second_party: session.secondParty,
    virtual_number: session.virtualNumber,
    status: style.faults.unknownEnums ? "hibernating" : statusOf(session, style.now),
    created_time: formatTime(session.createdAt, session.micros, style.modes),
    modified_time: formatTime(session.modifiedAt, session.micros, style.modes),
    expiry_time: formatTime(session.expiresAt, session.micros, style.modes),
    last_interaction_time: lastInteractionTime(session, style.modes),
    duration: durationOf(session),
    ...session.settings,
    amount: money(0, style.modes),
    interaction:
      session.interactions.length === 0
        ? null
        : session.interactions.map((interaction) => toWireInteraction(interaction, session, style)),
    total_call_amount: money(priceOf(billed), style.modes),
    total_call_count: session.interactions.map((one) => legsOf(one).length).reduce(add, 0),
    total_call_billed_duration: billed,
    total_session_amount: money(priceOf(billed), style.modes),
  };
  const written = style.modes.unset === "absent" ? dropNulls(wire) : wire;
  return style.faults.malformed === "wrong-types" ? withWrongTypes(written) : written;
}

/** A list row: alphabetical keys, and where it lives (§9.2). */
export function toWireRow(session: MaskingSession, accountId: string, style: WriteStyle): Wire {
  const row: Wire = {
    ...toWireSession(session, style),
    resource_uri: `/v1/Account/${accountId}/Masking/Session/${session.uuid}/`,
  };
  return Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Seconds from creation to expiry, cut off: may be one below the difference of the times as written (Q9). */
export function durationOf(session: MaskingSession): number {
  return Math.trunc((session.expiresAt - session.createdAt) / 1000);
}

/** Go's default rendering of a time; a fraction loses its trailing zeros (Q5). */
export function formatTime(ms: number, micros: number, modes: Readonly<PlivoModes>): string {
  const [date = "", clock = ""] = new Date(ms).toISOString().split("T");
  const fraction = `${clock.slice(9, 12)}${String(micros).padStart(3, "0")}`.replace(/0+$/, "");
  const shown = modes.timestamps === "microseconds" && fraction !== "" ? `.${fraction}` : "";
  return `${date} ${clock.slice(0, 8)}${shown} +0000 ${modes.zone}`;
}

/** The precision that is visible outside, which is also what filters compare. */
export function visibleTime(ms: number, modes: Readonly<PlivoModes>): number {
  return modes.timestamps === "microseconds" ? ms : Math.floor(ms / 1000) * 1000;
}

export function money(value: number, modes: Readonly<PlivoModes>): number | string {
  return modes.money === "string" ? value.toFixed(5) : value;
}

function toWireInteraction(interaction: Interaction, session: MaskingSession, style: WriteStyle): Wire {
  const accountId = session.subaccount ?? PLIVO_ACCOUNT.authId;
  const { first, second, recording, isDetailed } = interaction;
  const billed = billedSeconds(interaction);
  const legUrl = (leg: Leg): string => `${API_ORIGIN}/v1/Account/${accountId}/Call/${leg.callUuid}`;
  const legStatus = (leg: Leg | null): string =>
    style.faults.unknownEnums ? "levitating" : (leg?.status ?? "");
  return {
    start_time: formatTime(interaction.startedAt, session.micros, style.modes),
    end_time:
      interaction.endedAt === null ? "" : formatTime(interaction.endedAt, session.micros, style.modes),
    // Documented as null until the leg exists, missing in the fixtures (Q17): each kind of row does one of them.
    ...(first
      ? { first_party_resource_url: legUrl(first) }
      : nullWhen(isDetailed, "first_party_resource_url")),
    ...(second
      ? { second_party_resource_url: legUrl(second) }
      : nullWhen(isDetailed, "second_party_resource_url")),
    ...(isDetailed && first ? { first_party_status: legStatus(first) } : {}),
    ...(isDetailed && second ? { second_party_status: legStatus(second) } : {}),
    type: style.faults.unknownEnums ? "hologram" : "call",
    ...(billed > 0 ? { total_call_amount: money(priceOf(billed), style.modes) } : {}),
    ...(billed > 0 ? { call_billed_duration: billed } : {}),
    ...(recording
      ? { recording_resource_url: `${API_ORIGIN}/v1/Account/${accountId}/Recording/${recording.uuid}` }
      : nullWhen(isDetailed, "recording_resource_url")),
    ...(isDetailed ? { auth_id: accountId } : {}),
    total_call_count: legsOf(interaction).length,
    duration: durationSeconds(interaction),
  };
}

function lastInteractionTime(session: MaskingSession, modes: Readonly<PlivoModes>): string {
  const ends = session.interactions.map(({ endedAt }) => endedAt).filter((end) => end !== null);
  return ends.length === 0 ? "" : formatTime(Math.max(...ends), session.micros, modes);
}

/** Members whose type is not the promised one; the id stays readable so that a client can say whose they are. */
function withWrongTypes(wire: Wire): Wire {
  return {
    ...wire,
    status: 7,
    first_party: { number: wire.first_party },
    created_time: 1_700_000_000,
    duration: "half an hour",
    record: "maybe",
    interaction: "none",
    total_call_amount: { value: wire.total_call_amount },
    total_call_count: [wire.total_call_count],
  };
}

function dropNulls(wire: Wire): Wire {
  return Object.fromEntries(
    Object.entries(wire).filter(([key, value]) => value !== null || key === "interaction"),
  );
}

function nullWhen(condition: boolean, key: string): Wire {
  return condition ? { [key]: null } : {};
}

function add(a: number, b: number): number {
  return a + b;
}
