import { Field, ID, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { Personal } from "../shared/personal.decorator.js";

@ObjectType({
  description: "Speko: an attempt to deliver a report to one of the account's own addresses.",
  simpleResolvers: true,
})
export class SpekoWebhookDelivery {
  @Field(() => ID, { nullable: true, description: "Speko's id of the address that it was sent to." })
  endpointId?: string | null;

  @Field(() => ID, { nullable: true, description: "Speko's id of this delivery." })
  deliveryId?: string | null;

  @Field(() => ID, { nullable: true, description: "Speko's id of the event that was delivered." })
  eventId?: string | null;

  @Field(() => Boolean, { nullable: true, description: "True when the address accepted it." })
  delivered?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: "HTTP status that the address answered with. Null without an answer.",
  })
  status?: number | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Why it was not accepted." })
  error?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the delivery was made." })
  createdAt?: number | null;
}
