/**
 * Sessions made up from a seed: the n-th session of a seed is the same on every machine and in every run, whatever was
 * made before it. Four connections, one per provider; voice-AI calls have turns.
 */

/** When the newest session of every world began, milliseconds: the bench's clock stands still a little later. */
export const NEWEST_AT = Date.UTC(2026, 0, 31, 12);
/** The clock of a bench: all sessions were read an hour after the newest one began. */
export const NOW = NEWEST_AT + 3_600_000;
/** Time between two sessions, milliseconds. */
const PACE_MS = 7_000;

const SHARES = [
  ["speko", "SPEKO"],
  ["plivo", "PLIVO"],
  ["evo", "EVO_VOICE"],
  ["portsip", "PORTSIP"],
];
/** Names of the connections, as they are configured for a bench's gateway. */
export const CONNECTIONS = SHARES.map(([name]) => name);

/** A small generator of 32-bit numbers (mulberry32), seeded by two numbers. */
function numbers(seed, index) {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(index + 1, 0xc2b2ae35)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

const WORDS =
  "the call is about an order that came late and wants to know when it will be there please hold on thank you".split(
    " ",
  );
const NAMES = ["Ada", "Bela", "Chi", "Dana", "Emre", "Femi", "Gul", "Hana", "Ivo", "Jun", "Kaya", "Lena"];

function hex(next) {
  return next().toString(16).padStart(8, "0");
}

function uuid(next) {
  const text = hex(next) + hex(next) + hex(next) + hex(next);
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20)}`;
}

function sentence(next, words) {
  return Array.from({ length: words }, () => WORDS[next() % WORDS.length]).join(" ");
}

function number(next) {
  return `+1202555${String(next() % 10_000).padStart(4, "0")}`;
}

/** An id as the connection's provider writes them. */
function idOf(connection, next, index) {
  if (connection === "evo") return hex(next) + hex(next) + hex(next).slice(0, 8);
  if (connection === "portsip") return String(100_000_000_000 + index);
  return uuid(next);
}

/**
 * The n-th session, 0 the newest. `voiceAi`: share of sessions that are voice-AI calls, which have `turns` turns each.
 * `revision`: a later look at the same session, in which its state's words and one member differ.
 */
export function makeSnapshot({ seed, index, voiceAi, turns, revision = 0 }) {
  const next = numbers(seed, index);
  const isVoiceAi = next() % 1_000 < voiceAi * 1_000;
  const [connection, provider] = isVoiceAi ? SHARES[0] : SHARES[1 + (next() % 3)];
  const providerId = idOf(connection, next, index);
  const startedAt = NEWEST_AT - index * PACE_MS - (next() % PACE_MS);
  const seconds = 20 + (next() % 600);
  // The last few are still going on, at most a few hundred, however many sessions there are.
  const isLive = index < 400 && next() % 4 === 0;
  const wasMissed = !isLive && next() % 10 === 0;
  const endedAt = isLive ? null : startedAt + seconds * 1_000;
  const from = { address: number(next), number: null, displayName: NAMES[next() % NAMES.length] };
  from.number = from.address;
  const to = { address: number(next), number: null, displayName: null };
  to.number = to.address;
  const observedAt = NOW + revision;
  const snapshot = {
    provider,
    providerId,
    providerKey: providerId.toLowerCase(),
    source: "READ",
    observedAt,
    version: null,
    facts: {
      channel: next() % 20 === 0 ? "CHAT" : "VOICE",
      direction: next() % 3 === 0 ? "OUTBOUND" : "INBOUND",
      phase: isLive ? "LIVE" : "ENDED",
      state: isLive ? "IN_PROGRESS" : wasMissed ? "MISSED" : "COMPLETED",
      title: next() % 2 === 0 ? `Call ${index}` : null,
      from,
      to,
      startedAt,
      answeredAt: wasMissed ? null : startedAt + 4_000,
      endedAt,
      updatedAt: next() % 50 === 0 ? null : (endedAt ?? startedAt) + (next() % 60_000),
      durationSeconds: isLive ? null : seconds,
      cost: isLive ? null : { amount: `0.${String(next() % 1_000).padStart(3, "0")}`, currency: "USD" },
    },
    fields: {
      organizationId: `org-${next() % 20}`,
      roomName: `room-${hex(next)}`,
      region: ["us-east", "eu-west", "ap-south"][next() % 3],
      attempt: next() % 4,
      campaign: `campaign-${next() % 100}`,
      note: sentence(next, 12) + (revision > 0 ? ` (${revision})` : ""),
      metadata: { source: "bench", batch: next() % 1_000, labels: ["a", "b"] },
    },
    members: Array.from({ length: 4 }, (_, place) => makeMember(next, place, isLive, revision)),
    interactions: [],
    transfers: next() % 10 === 0 ? [makeTransfer(next, startedAt)] : [],
    transcript: isVoiceAi ? Array.from({ length: turns }, (_, turn) => makeTurn(next, turn, startedAt)) : [],
    recordings: [],
    events: [],
    report: makeReport(next, startedAt),
    sections: [
      "members",
      "interactions",
      "transfers",
      "transcript",
      "report",
      "recordings",
      "events",
      "detail",
    ],
    problems: [],
  };
  if (next() % 2 === 0) snapshot.interactions.push(makeInteraction(next, startedAt, seconds, from, to));
  return { connection, snapshot };
}

function makeMember(next, place, isLive, revision) {
  const address = number(next);
  return {
    key: `member-${place}`,
    role: place === 0 ? "CALLER" : "AGENT",
    state: isLive ? "CONNECTED" : "LEFT",
    party: { address, number: address, displayName: null },
    displayName: `${NAMES[next() % NAMES.length]} ${hex(next)}`,
    identity: `identity-${hex(next)}`,
    endpointId: null,
    avatarUrl: null,
    applicationData: null,
    callSid: hex(next),
    callState: place === 1 && revision > 0 ? `again-${revision}` : "done",
    muted: false,
    isOriginalMember: place === 0,
  };
}

function makeInteraction(next, startedAt, seconds, from, to) {
  const leg = (role, party) => ({
    role,
    party,
    status: "done",
    trunk: null,
    resourceUrl: null,
    startedAt,
    answeredAt: startedAt + 4_000,
    endedAt: startedAt + seconds * 1_000,
    talkSeconds: seconds,
  });
  return {
    key: `interaction-${hex(next)}`,
    index: 0,
    type: "call",
    startedAt,
    endedAt: startedAt + seconds * 1_000,
    durationSeconds: seconds,
    billedSeconds: 60 * Math.ceil(seconds / 60),
    cost: null,
    callCount: 1,
    legs: [leg("CALLER", from), leg("AGENT", to)],
    recordingKey: null,
    fields: {},
  };
}

function makeTransfer(next, startedAt) {
  return {
    key: `transfer-${hex(next)}`,
    providerId: hex(next),
    kind: "BLIND",
    status: "COMPLETED",
    transferTo: number(next),
    fromRoomName: null,
    consultationRoomName: null,
    callerParticipantIdentity: null,
    recipientParticipantIdentity: null,
    outboundTrunkId: null,
    screeningPrompt: null,
    summary: sentence(next, 8),
    failureCause: null,
    organizationId: null,
    metadata: null,
    createdAt: startedAt + 10_000,
    updatedAt: startedAt + 12_000,
    completedAt: startedAt + 15_000,
  };
}

function makeTurn(next, index, startedAt) {
  return {
    index,
    providerId: hex(next),
    source: index % 2 === 0 ? "USER" : "AGENT",
    text: sentence(next, 6 + (next() % 20)),
    startedAt: startedAt + index * 3_000,
    endedAt: startedAt + index * 3_000 + 2_500,
    provider: null,
    model: null,
    metadata: null,
    fields: {},
  };
}

function makeReport(next, startedAt) {
  return {
    origin: "PROVIDER",
    summary: sentence(next, 20),
    outcome: ["sold", "lost", "callback"][next() % 3],
    structuredData: { score: next() % 100 },
    cost: null,
    costMicroUsd: null,
    costBreakdown: [],
    analysisStatus: "COMPLETED",
    postCallWebhookStatus: null,
    scheduledCallback: null,
    organizationId: null,
    metadata: null,
    createdAt: startedAt,
    updatedAt: startedAt,
    fields: {},
  };
}
