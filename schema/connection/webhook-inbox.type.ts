import { Field, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import type { Ref } from "../shared/ref.js";
import { SourceError } from "../shared/source-error.type.js";

@ObjectType({
  description:
    "A webhook delivery that could not be worked on. It is tried once more every hour, and when a gateway starts.",
  simpleResolvers: true,
})
export class SetAsideDelivery {
  @Field(() => String, {
    description: "What it is called: by its provider where deliveries have ids, else here.",
  })
  deliveryId!: string;

  @Field(() => DateTimeScalar, { description: "When it came." })
  receivedAt!: number;

  @Field(() => Int, { description: "How often it was tried." })
  attempts!: number;

  @Field(() => SourceError, { description: "Why the last try failed." })
  error!: Ref<SourceError>;
}

@ObjectType({
  description: "What a provider has sent to this gateway by itself. Deliveries are kept for seven days.",
  simpleResolvers: true,
})
export class WebhookInbox {
  @Field(() => DateTimeScalar, { nullable: true, description: "When the last delivery came." })
  lastReceivedAt!: number | null;

  @Field(() => Int, { description: "Deliveries that are still to be worked on." })
  waiting!: number;

  @Field(() => Int, { description: "Deliveries that were set aside." })
  setAsideCount!: number;

  @Field(() => [SetAsideDelivery], { description: "Of these, the latest 20, newest first." })
  setAside!: Ref<SetAsideDelivery>[];
}
