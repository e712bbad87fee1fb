/**
 * The sandbox's own neutral description of what people do on the phone. The world and the traffic script write
 * conversations; each sandbox provider turns their steps into records in its own words. History is the same steps with
 * times in the past, so a call that happened last month and one that happens now go through the same code.
 *
 * Nothing here is shared with the gateway: the two sides meet only over HTTP.
 */

/** The four providers by their sandbox name. */
export const SANDBOX_PROVIDERS = ["plivo", "evo", "speko", "portsip"] as const;
export type SandboxProviderName = (typeof SANDBOX_PROVIDERS)[number];

/** A person, agent or service at one end. */
export interface Person {
  name: string;
  /** E.164 with `+`; extensions and users may have none. */
  number: string | null;
  /** PBX extension, three or four digits, for people who have one. */
  extension: string | null;
  email: string | null;
}

/** Milliseconds after the conversation began, and what happened then. */
export type Step = { at: number } & StepKind;

/**
 * Which party a `ring` names is the one being rung. In a Plivo session that tells who dialled: `ring to` is a call from
 * `from`; `ring from` is `to` calling back, or, when `ring to` follows before any `hangup`, Plivo ringing the first
 * party and then bridging the second (`traits.initiate`). A `hangup` with no `answer` since the `ring` is a missed leg.
 */
export type StepKind =
  | { do: "queue"; queue: string }
  | { do: "ring"; party: "from" | "to" }
  | { do: "answer"; party: "from" | "to"; by?: Person }
  /** A spoken or written turn. `system` for markers. */
  | { do: "say"; who: "user" | "agent" | "system"; text: string; lastsMs: number }
  | { do: "hold"; by: "from" | "to"; reason: "none" | "transferring" }
  | { do: "resume"; by: "from" | "to" }
  | { do: "mute" | "unmute"; party: "from" | "to" }
  | { do: "transfer"; transfer: TransferScript }
  | { do: "fax-page"; page: number }
  /** Plivo: one call inside a masking session ends; the session stays open. */
  | { do: "hangup"; by: "from" | "to" }
  /** The conversation is over. Plivo: the mapping ends. */
  | { do: "end"; reason: EndReason }
  /** Things a provider makes afterwards: after the end, or, in a Plivo session, after the `hangup` of a recorded call. */
  | { do: "recording"; outcome: "pending" | "uploading" | "ready" | "failed" | "suppressed" }
  | { do: "report"; analysis: "heuristic" | "completed" | "failed"; summary: string; outcome: string };

export type EndReason =
  "caller-hung-up" | "callee-hung-up" | "missed" | "no-answer" | "busy" | "cancelled" | "failed" | "expired";

/**
 * A transfer as it went: each destination in turn, and what happened when nobody took the call. `afterMs` counts from
 * when that destination was tried; the next step of the conversation comes after all of them.
 */
export interface TransferScript {
  kind: "blind" | "warm";
  by: "from" | "to";
  destinations: {
    to: Person;
    outcome: "answered" | "no-answer" | "busy" | "refused" | "voicemail" | "failed";
    afterMs: number;
  }[];
  screeningPrompt: string | null;
  summary: string | null;
  fallback: "return_to_assistant" | "take_message" | "end_call" | null;
}

/** What a provider needs to know beyond the steps; each reads only its own part. */
export interface Traits {
  /** Plivo: a PIN group, a single-party session, recording on. */
  pin?: boolean;
  singleParty?: boolean;
  record?: boolean;
  /** Plivo: the provider rings the first party itself as soon as the session exists. */
  initiate?: boolean;
  /** Plivo: seconds the mapping lives. Left out: the server's own default. An `end` before that is an early expiry. */
  expirySeconds?: number;
  /** Evo Voice: an index into `ACCOUNTS` (world/companies.ts), a customer path, outermost first, an outcome text. */
  accountIndex?: number;
  customerPath?: readonly string[];
  outcome?: string;
  /**
   * Speko: an index into `AGENTS` (world/companies.ts), null for an ad-hoc call, which has no agent; status words that
   * lie; where the numbers stand in metadata.
   */
  agentIndex?: number | null;
  status?: string;
  language?: string;
  metadata?: Record<string, unknown>;
  /** Speko: a callback the agent promised, this long after the conversation began. */
  callback?: { afterMs: number; reason: string };
  /** PortSIP: a trunk leg, a queue or ring group number, user data. */
  trunk?: string | null;
  serviceNumber?: string | null;
  userData?: string | null;
}

export interface Conversation {
  /** Stable for a seed: providers derive their own ids from it. */
  id: string;
  provider: SandboxProviderName;
  channel: "voice" | "chat" | "fax";
  direction: "inbound" | "outbound" | "internal" | "transit";
  from: Person;
  to: Person;
  /** Epoch milliseconds. */
  startedAt: number;
  steps: readonly Step[];
  traits: Traits;
  /**
   * Conversations of other providers that are the same talk, with what joins them. The truth that `Session.related`
   * is measured against; a provider writes the shared value into the field that really carries it: `call-id` (Evo Voice
   * `callSid`, PortSIP `call_id`), `virtual-number` (Plivo `virtual_number`, PortSIP caller), `transfer-target` (Speko
   * `transfer_to`, PortSIP DID), `user-data` (PortSIP `user_data`, Speko metadata). `parties` is no field: both sides
   * merely have the same numbers at the same time.
   */
  links: readonly {
    conversationId: string;
    by: "call-id" | "parties" | "transfer-target" | "virtual-number" | "user-data";
    value: string;
  }[];
}

/** Faults of one provider, changed while it runs (`PUT /__sandbox/faults` on the provider's own port). */
export interface Faults {
  /** Milliseconds added to every answer. @default 0 */
  latencyMs?: number;
  /** Statuses answered one after another before normal service resumes, with an optional `Retry-After`. */
  statuses?: { status: number; retryAfterSeconds?: number; body?: string }[];
  /** Every answer has this status until it is taken away. */
  always?: { status: number; retryAfterSeconds?: number; body?: string };
  /** Close the socket instead of answering: the next n requests, or all of them. */
  reset?: number | "always";
  /** Accept and never answer. */
  hang?: number | "always";
  /** Answer 200 with something that is not the promised format. `truncated`: cut in the middle. */
  malformed?: "html" | "truncated" | "empty" | "wrong-types" | null;
  /** Answer 200 with a body of this many bytes. */
  oversizedBytes?: number | null;
  /** Enum values nobody documented, in every record. */
  unknownEnums?: boolean;
  /** Only requests whose path contains this are affected. @default all but the login */
  path?: string;
}

/** One sandbox provider, started. */
export interface SandboxServer {
  readonly name: SandboxProviderName;
  /** What the gateway's `*_BASE_URL` is set to (PortSIP's ends in `/api`). */
  readonly baseUrl: string;
  /** Environment variables that make a gateway use this server, credentials included. */
  readonly environment: Readonly<Record<string, string>>;
  /** Beside it, what a gateway verifies with what `deliverTo` makes this server send. */
  readonly webhookEnvironment: Readonly<Record<string, string>>;
  /** Takes a conversation; steps are applied with `apply`. */
  begin(conversation: Conversation): void;
  /** Something happened in a conversation, at `at` (epoch ms): in the past for history, now for live traffic. */
  apply(conversation: Conversation, step: Step, at: number): void;
  /**
   * What happens from now on is sent there, as if its operator had entered the address of a gateway's webhook route;
   * null: no more. A provider that sends nothing does nothing.
   */
  deliverTo(url: string | null): void;
  setFaults(faults: Faults): void;
  /** Every request served or broken since the last `forget`, in order: what tests count. */
  readonly requests: readonly SandboxRequest[];
  /** What it has sent by itself since the last `forget`, in order. */
  readonly pushes: readonly SandboxPush[];
  forget(): void;
  /**
   * Every record as it is on the wire now, by the provider's name for its kind (`session`, `interaction`, `call`,
   * `event`, `transfer`, `report`, `file`, …): what tests compare the graph with.
   */
  records(): Readonly<Record<string, readonly Record<string, unknown>[]>>;
  close(): Promise<void>;
}

export interface SandboxRequest {
  method: string;
  /** Path and query as received. */
  url: string;
  /** Status answered; 0 when the connection was cut or left hanging. */
  status: number;
  at: number;
}

/** Something that a provider told without being asked. */
export interface SandboxPush {
  /** `socket`: PortSIP's WSI. `stream`: a call's event stream at Speko. */
  by: "socket" | "stream" | "webhook";
  /** The provider's word for what it tells. */
  event: string;
  /** Of a webhook: what it was answered at last; null before that, and where nobody answered. */
  status: number | null;
  at: number;
}

/** What every sandbox provider is built with. */
export interface SandboxServerOptions {
  /** 0 picks a free port. */
  port: number;
  host: string;
  /** Seeded: the same seed makes the same ids and choices. */
  seed: number;
  /** The sandbox's clock, epoch ms. */
  now: () => number;
  /** Whether people whom a provider rings for a session of its API pick up, where that is not its own to say. @default false */
  havePeople?: boolean;
}
