import { ArgsType, Field, Int } from "type-graphql";

@ArgsType()
export class TimelineArgs {
  @Field(() => Int, { nullable: true, defaultValue: 50, description: "How many events to list, 1 to 100." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "A cursor: list what comes after it." })
  after?: string | null;
}
