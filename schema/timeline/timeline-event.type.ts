import { Field, ID, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { Personal } from "../shared/personal.decorator.js";
import { RequiresScope } from "../shared/scope.decorator.js";

@ObjectType({ description: "Something that happened in a session.", simpleResolvers: true })
export class TimelineEvent {
  @Field(() => ID, { description: "Its id in this graph." })
  id!: string;

  @Field(() => ID, {
    nullable: true,
    description: "Its id at the provider. Null where the provider gives it none.",
  })
  providerId!: string | null;

  @Field(() => DateTimeScalar, { description: "When it happened." })
  at!: number;

  @Field(() => String, {
    description: "What happened, in the provider's word, verbatim, such as `room_finished`.",
  })
  type!: string;

  @Field(() => String, {
    description:
      "Who reported it: the event's own origin, such as `livekit` or `telnyx`, or the connection's name.",
  })
  source!: string;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "What happened, in a sentence." })
  message!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's id of the organization that it belongs to.",
  })
  organizationId!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the provider wrote it down, which can be later.",
  })
  createdAt!: number | null;

  @Field(() => String, { nullable: true, description: "State that it led to, in the provider's word." })
  status!: string | null;

  @Personal("text")
  @Field(() => String, {
    nullable: true,
    description: "Why something did not work, in the provider's words.",
  })
  failureCause!: string | null;

  @Field(() => Int, { nullable: true, description: "SIP status code, such as 486." })
  sipStatusCode!: number | null;

  @Field(() => String, { nullable: true, description: "SIP status text, such as `Busy Here`." })
  sipStatus!: string | null;

  @RequiresScope("raw:read")
  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "The event as its origin sent it. Scope `raw:read`.",
  })
  payload!: unknown;
}
