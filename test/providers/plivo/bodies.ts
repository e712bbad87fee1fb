import type { JsonObject } from "../../../src/model/index.js";

/** A session that nobody has called through yet, every field of Plivo reference §2 as it is on the wire. */
export function quietSession(overrides: JsonObject = {}): JsonObject {
  return {
    session_uuid: "5c1d7a90-8a8e-4a0f-9d52-1f0f6f3f0a01",
    first_party: "12025550134",
    second_party: "12025550156",
    virtual_number: "12025550178",
    status: "active",
    initiate_call_to_first_party: false,
    subaccount: "SAXXXXXXXXXXXXXXXXXX",
    resource_uri: "/v1/Account/MAXXXXXXXXXXXXXXXXXX/Masking/Session/5c1d7a90-8a8e-4a0f-9d52-1f0f6f3f0a01/",
    created_time: "2026-01-05 09:00:00 +0000 UTC",
    modified_time: "2026-01-05 09:00:00 +0000 UTC",
    expiry_time: "2026-01-05 09:30:00 +0000 UTC",
    last_interaction_time: "",
    duration: 1800,
    call_time_limit: 14400,
    ring_timeout: 45,
    callback_url: "",
    callback_method: "POST",
    record: false,
    record_file_format: "mp3",
    recording_callback_url: "",
    recording_callback_method: "POST",
    first_party_play_url: "",
    second_party_play_url: "",
    unknown_caller_play: "",
    is_pin_authentication_required: false,
    generate_pin: null,
    generate_pin_length: null,
    first_party_pin: null,
    second_party_pin: null,
    pin_prompt_play: null,
    pin_retry: null,
    pin_retry_wait: null,
    amount: 0,
    interaction: null,
    total_call_amount: 0,
    total_call_count: 0,
    total_call_billed_duration: 0,
    total_session_amount: 0,
    ...overrides,
  };
}

const CALLS = "https://api.plivo.com/v1/Account/MAXXXXXXXXXXXXXXXXXX/Call";

/** A call in which both sides talked and were recorded (§3). */
export function recordedCall(overrides: JsonObject = {}): JsonObject {
  return {
    start_time: "2026-01-05 09:05:00 +0000 UTC",
    end_time: "2026-01-05 09:05:31 +0000 UTC",
    first_party_resource_url: `${CALLS}/11111111-aaaa-4000-8000-000000000001`,
    second_party_resource_url: `${CALLS}/22222222-aaaa-4000-8000-000000000002/`,
    first_party_status: "completed",
    second_party_status: "completed",
    type: "call",
    total_call_amount: 0.025,
    call_billed_duration: 60,
    recording_resource_url: "https://api.plivo.com/v1/Account/MAXXXXXXXXXXXXXXXXXX/Recording/rec-1/",
    auth_id: "MAXXXXXXXXXXXXXXXXXX",
    total_call_count: 2,
    duration: 48,
    ...overrides,
  };
}
