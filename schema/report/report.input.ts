import { Field, ID, InputType } from "type-graphql";
import { IDEMPOTENCY_KEY } from "../shared/idempotency-key.js";

@InputType({ description: "A session whose report is to be written again now." })
export class FinalizeReportInput {
  @Field(() => ID, { description: "The session, by its id in this graph." })
  sessionId!: string;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether to analyse the session even if there is a report already.",
  })
  forceAnalysis?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether to try again to deliver the report to the account's own address.",
  })
  retryWebhook?: boolean | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}
