/** Plivo's payloads, from its reference (§2, §3, §9). */
import fc from "fast-check";
import { plivoModule } from "../../../src/providers/plivo/plivo.module.js";
import { NOW } from "./bench.js";
import type { Backstage, Surface } from "./surface.js";
import {
  address, amount, asNumberOrString, boolean, goTime, integer, maybe, row, text, word,
} from "./values.js"; // prettier-ignore
import { toJson, withMembers, type WireRow, type WireValue } from "./wire-text.js";

const AUTH_ID = "MAXXXXXXXXXXXXXXXXXX";
const callUrl = fc.uuid().map((id) => `https://api.plivo.com/v1/Account/${AUTH_ID}/Call/${id}`);

/** Digits of money; fractions as fine as any price. */
const plivoAmount = asNumberOrString(amount(12));

const interaction = row({
  start_time: maybe(goTime()),
  end_time: maybe(goTime()),
  first_party_resource_url: maybe(callUrl),
  second_party_resource_url: maybe(callUrl),
  first_party_status: maybe(text()),
  second_party_status: maybe(text()),
  type: maybe(word("call")),
  total_call_amount: maybe(plivoAmount),
  call_billed_duration: maybe(integer()),
  recording_resource_url: maybe(
    fc.uuid().map((id) => `https://api.plivo.com/v1/Account/${AUTH_ID}/Recording/${id}/`),
  ),
  auth_id: maybe(fc.constant(AUTH_ID)),
  total_call_count: maybe(integer(2)),
  duration: maybe(fc.oneof(integer(), fc.double({ min: 0, max: 1e6, noNaN: true }))),
});

/** `interaction`: null, an array, and, defensively, a single object (§15 rule 6). */
const interactions = fc.oneof(fc.constant(null), interaction, fc.array(interaction, { maxLength: 3 }));

const method = word("GET", "POST");
const url = fc.oneof(fc.constant("https://hooks.example.com/plivo/session"), fc.webUrl());

/** Members whose values are money; one name stands on both levels. */
export const PLIVO_MONEY = ["amount", "total_call_amount", "total_session_amount"] as const;

const session = row({
  first_party: maybe(address()),
  second_party: maybe(address()),
  virtual_number: maybe(address()),
  status: maybe(word("active", "in-progress", "expired")),
  initiate_call_to_first_party: maybe(boolean()),
  subaccount: maybe(fc.constant("SAXXXXXXXXXXXXXXXXXX")),
  resource_uri: maybe(fc.constant(`/v1/Account/${AUTH_ID}/Masking/Session/x/`)),
  session_expiry: maybe(integer()),
  duration: maybe(integer()),
  created_time: maybe(goTime()),
  modified_time: maybe(goTime()),
  expiry_time: maybe(goTime()),
  last_interaction_time: maybe(goTime()),
  call_time_limit: maybe(integer()),
  ring_timeout: maybe(integer()),
  callback_url: maybe(url),
  callback_method: maybe(method),
  record: maybe(boolean()),
  record_file_format: maybe(word("mp3", "wav")),
  recording_callback_url: maybe(url),
  recording_callback_method: maybe(method),
  first_party_play_url: maybe(url),
  second_party_play_url: maybe(url),
  amount: maybe(plivoAmount),
  total_call_count: maybe(integer()),
  total_call_amount: maybe(plivoAmount),
  total_call_billed_duration: maybe(integer()),
  total_session_amount: maybe(plivoAmount),
  interaction: interactions,
  is_pin_authentication_required: maybe(boolean()),
  is_pin_authentication: maybe(boolean()),
  generate_pin: maybe(boolean()),
  generate_pin_length: maybe(integer(15)),
  first_party_pin: maybe(fc.oneof(fc.constant("0123"), fc.nat(9999))),
  second_party_pin: maybe(fc.oneof(fc.constant("4321"), fc.nat(9999))),
  pin_prompt_play: maybe(url),
  "pin_ prompt_play": maybe(url),
  pin_retry: maybe(integer(9)),
  pin_retry_wait: maybe(integer(9)),
  incorrect_pin_play: maybe(url),
  unknown_caller_play: maybe(url),
  force_pin_authentication: maybe(boolean()),
  virtual_number_cooloff_period: maybe(integer()),
  create_session_with_single_party: maybe(boolean()),
  create_session_with_single_Party: maybe(boolean()),
});

const backstage: Backstage = {
  module: plivoModule,
  config: (baseUrl) => ({ authId: AUTH_ID, authToken: "token", baseUrl, currency: "USD" }),
  reply: () => ({ status: 404, body: "{}" }),
};

const shared = {
  ...backstage,
  row: session,
  idKey: "session_uuid",
  id: fc.uuid(),
  contentType: "application/json",
  phases: {
    live: word("active", "in-progress").map((status) => ({ status })),
    ended: fc.record({ status: fc.constant("expired"), expiry_time: goTime() }),
  },
};

function toList(rows: readonly WireValue[], style: number): string {
  const meta: WireRow = {
    limit: 20,
    offset: 0,
    total_count: style % 3 === 0 ? String(rows.length) : rows.length,
    next: null,
    previous: null,
  };
  const response = withMembers({ objects: [...rows] }, { meta: style % 4 === 3 ? undefined : meta });
  return toJson({ api_id: "4b1c0d40-0000-4000-8000-000000000000", response });
}

export const plivoList: Surface = {
  ...shared,
  name: "Plivo's list",
  toBody: toList,
  isSingle: false,
  serves: ({ path }) => path.endsWith("/Masking/Session/"),
  read: { by: "list", pages: (connection) => connection.listSessions({ since: NOW - 1000, until: NOW }) },
};

export const plivoRead: Surface = {
  ...shared,
  name: "a Plivo session",
  toBody: ([only = null]) => toJson({ api_id: "x", response: only }),
  isSingle: true,
  serves: ({ path }) => /\/Masking\/Session\/[^/]+\/$/.test(path),
  read: { by: "id" },
};
