import { Field, ID, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { Personal } from "../shared/personal.decorator.js";

@ObjectType({ description: "A line in what Evo Voice wrote down about a session.", simpleResolvers: true })
export class EvoVoiceLogEntry {
  @Field(() => DateTimeScalar, { nullable: true, description: "When it was written." })
  date?: number | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "What was written." })
  message?: string | null;
}

@ObjectType({
  description: "A customer on the way from the account down to the customer that something belongs to.",
  simpleResolvers: true,
})
export class EvoVoiceBreadcrumb {
  @Field(() => ID, { nullable: true, description: "Evo Voice's id of the customer." })
  id?: string | null;

  @Field(() => String, { nullable: true, description: "Name of the customer." })
  name?: string | null;
}
