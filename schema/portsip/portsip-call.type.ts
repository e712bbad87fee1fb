import { Field, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { Personal } from "../shared/personal.decorator.js";

@ObjectType({ description: "A call that is up inside a PortSIP session.", simpleResolvers: true })
export class PortsipCall {
  @Personal()
  @Field(() => String, { nullable: true, description: "Number or extension that calls." })
  caller?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Name shown for it." })
  callerDisplayName?: string | null;

  @Personal()
  @Field(() => String, { nullable: true, description: "Number or extension that is called." })
  callee?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Name of the line to the outside that it runs over. Null or empty for calls that stay inside.",
  })
  trunk?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it started." })
  startedAt?: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds of talk so far." })
  talkingTime?: number | null;
}
