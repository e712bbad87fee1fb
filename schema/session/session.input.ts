import { Field, ID, InputType } from "type-graphql";
import { IDEMPOTENCY_KEY } from "../shared/idempotency-key.js";

@InputType({ description: "A session to end: to hang up, expire or close, whichever its provider calls it." })
export class EndSessionInput {
  @Field(() => ID, { description: "The session, by its id in this graph." })
  sessionId!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: "A session to put on hold." })
export class HoldSessionInput {
  @Field(() => ID, { description: "The session, by its id in this graph." })
  sessionId!: string;

  @Field(() => String, {
    nullable: true,
    description: "PortSIP: the extension, or outside number, whose side goes on hold. 3 to 64 digits.",
  })
  extensionNumber?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Evo Voice: the carrier's id of your own side of the call.",
  })
  callSid?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Evo Voice: why it goes on hold: `None` or `Transferring`.",
  })
  reason?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: "A held session to take up again." })
export class ResumeSessionInput {
  @Field(() => ID, { description: "The session, by its id in this graph." })
  sessionId!: string;

  @Field(() => String, {
    nullable: true,
    description: "PortSIP: the extension, or outside number, whose side is taken up again. 3 to 64 digits.",
  })
  extensionNumber?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}
