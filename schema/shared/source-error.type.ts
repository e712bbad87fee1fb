import { Field, Float, ObjectType } from "type-graphql";
import { DateTimeScalar } from "./date-time.scalar.js";
import { Personal } from "./personal.decorator.js";

@ObjectType({
  description:
    "Why something could not be had from, or done at, a provider. Carries no credentials and no provider text.",
  simpleResolvers: true,
})
export class SourceError {
  @Field(() => String, {
    description:
      "One of the codes that errors of this API have, such as `PROVIDER_TIMEOUT` or `OUTCOME_UNKNOWN`.",
  })
  code!: string;

  @Personal("text")
  @Field(() => String, { description: "What went wrong, in a sentence for people." })
  message!: string;

  @Field(() => Float, {
    nullable: true,
    description: "Seconds after which trying again makes sense. Null when nobody said.",
  })
  retryAfterSeconds!: number | null;

  @Field(() => DateTimeScalar, { description: "When it went wrong." })
  at!: number;
}
