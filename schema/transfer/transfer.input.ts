import { Field, ID, InputType, Int } from "type-graphql";
import { IDEMPOTENCY_KEY } from "../shared/idempotency-key.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { TransferKind } from "./transfer.enums.js";

@InputType({ description: "A recipient to try, in a list of several." })
export class TransferDestinationInput {
  @Field(() => String, { description: "The recipient's number in E.164." })
  to!: string;

  @Field(() => String, { nullable: true, description: "What to call this recipient." })
  label?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Id of the line to the outside to call this recipient over.",
  })
  outboundTrunkId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What to ask this recipient before they are connected.",
  })
  screeningPrompt?: string | null;

  @Field(() => String, { nullable: true, description: "What to tell this recipient about the session." })
  summary?: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: "Whatever is to be kept with the attempt at this recipient.",
  })
  metadata?: unknown;
}

@InputType({ description: "A session to hand to somebody else. Give either `to` or `destinations`." })
export class TransferSessionInput {
  @Field(() => ID, { description: "The session, by its id in this graph." })
  sessionId!: string;

  @Field(() => TransferKind, { description: "Whether the recipient is asked first." })
  kind!: TransferKind;

  @Field(() => String, {
    nullable: true,
    description:
      "The recipient. For warm transfers at Speko a number in E.164; else also an extension or a SIP address.",
  })
  to?: string | null;

  @Field(() => [TransferDestinationInput], {
    nullable: true,
    description: "Speko, warm: up to 10 recipients to try one after another until one takes the session.",
  })
  destinations?: TransferDestinationInput[] | null;

  @Field(() => String, { nullable: true, description: "PortSIP: the extension that transfers." })
  extensionNumber?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "PortSIP, warm: the session in which the transferring extension talks to the recipient, by its id in this graph. Found by `to` when left out.",
  })
  consultationSessionId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Speko, warm: number in E.164 to show to the recipient.",
  })
  from?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Speko: whom to hand over, by their identity in the room. The caller when left out.",
  })
  participantIdentity?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Speko, warm: id of the line to the outside to call the recipient over.",
  })
  outboundTrunkId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Speko, warm: what to ask the recipient before they are connected.",
  })
  screeningPrompt?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Speko, warm: what to tell the recipient about the session.",
  })
  summary?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Speko, blind: whether the caller hears ringing meanwhile.",
  })
  playDialtone?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: "Speko: seconds that each recipient's phone rings at most, 1 to 120.",
  })
  ringingTimeout?: number | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: "Speko, blind: SIP headers to send along, an object of strings.",
  })
  headers?: unknown;

  @Field(() => Boolean, {
    nullable: true,
    description: "Speko, warm: whether the mutation answers only once the recipient has.",
  })
  waitUntilAnswered?: boolean | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      "Speko, warm: what to do when nobody takes the session: an object with `strategy` (`return_to_assistant`, `take_message` or `end_call`), `message`, `takeMessagePrompt` and `holdAudioUrl`.",
  })
  fallback?: unknown;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      "Speko, warm: how to notice an answering machine: an object with `mode` (`agent`, `amd` or `disabled`), `enabled` and `timeoutSeconds`.",
  })
  voicemailDetection?: unknown;

  @Field(() => JsonScalar, {
    nullable: true,
    description: "Speko, warm: whatever is to be kept with the transfer.",
  })
  metadata?: unknown;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: "A warm transfer whose recipient agreed and is to be connected." })
export class CompleteTransferInput {
  @Field(() => ID, { description: "The transfer, by its id in this graph." })
  transferId!: string;

  @Field(() => String, {
    nullable: true,
    description: "Who of the people in the consultation room is the recipient, by their identity.",
  })
  recipientParticipantIdentity?: string | null;

  @Field(() => String, { nullable: true, description: "What to tell the recipient about the session." })
  summary?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: "A warm transfer to give up." })
export class CancelTransferInput {
  @Field(() => ID, { description: "The transfer, by its id in this graph." })
  transferId!: string;

  @Field(() => String, { nullable: true, description: "Why it is given up." })
  reason?: string | null;

  @Field(() => String, { nullable: true, description: "What to tell whoever takes the session next." })
  summary?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether to go on with the next recipient, if there is one.",
  })
  tryNext?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "True when an answering machine took the call." })
  voicemailDetected?: boolean | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}
