import { Field, ID, InputType } from "type-graphql";
import { IDEMPOTENCY_KEY } from "../shared/idempotency-key.js";

@InputType({ description: "A session to create at Evo Voice. What is left out is as Evo Voice sets it." })
export class CreateEvoVoiceSessionInput {
  @Field(() => String, {
    nullable: true,
    description:
      "Name of the connection to create it through. It may be left out when there is only one to Evo Voice.",
  })
  connection?: string | null;

  @Field(() => String, { nullable: true, description: "Title of the session." })
  displayName?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Medium in Evo Voice's words: `Voice`, `Chat` or `Fax`.",
  })
  channel?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Direction in Evo Voice's words: `Incoming` or `Outgoing`. `Outgoing` when left out.",
  })
  direction?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "State of the call in Evo Voice's words, such as `Ringing`. `Connected` when left out.",
  })
  callState?: string | null;

  @Field(() => String, { nullable: true, description: "Who calls. The connection's user when left out." })
  fromAddress?: string | null;

  @Field(() => String, { nullable: true, description: "Name to show for whoever calls." })
  fromName?: string | null;

  @Field(() => String, { nullable: true, description: "Who is called." })
  toAddress?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Evo Voice's id of the session that this one belongs to. It cannot be read again.",
  })
  parentSessionId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Evo Voice's id of the customer that the session is for.",
  })
  customerId?: string | null;

  @Field(() => String, { nullable: true, description: "Whom to chat with: `user:` or `team:` and an id." })
  withAddress?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Number to show as the caller's on calls to the outside.",
  })
  fromPhoneNumber?: string | null;

  @Field(() => String, { nullable: true, description: "What to dial." })
  destination?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: "What to change about a session at Evo Voice. What is left out stays as it is." })
export class UpdateEvoVoiceSessionInput {
  @Field(() => ID, { description: "The session, by its id in this graph." })
  sessionId!: string;

  @Field(() => String, {
    nullable: true,
    description: "Text that the operators' console keeps with the session.",
  })
  consoleData?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "State of the call: `Disconnected`, `Ringing`, `Connected`, `Hold` or `Passive`.",
  })
  callState?: string | null;

  @Field(() => String, { nullable: true, description: "Why the call is on hold: `None` or `Transferring`." })
  holdReason?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "State within a queue: `None`, `Queued`, `Ringing`, `Connected`, `Hold` or `Disconnected`.",
  })
  queueState?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}
