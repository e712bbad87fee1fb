import { Field, Float, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import type { Ref } from "../shared/ref.js";
import { SourceError } from "../shared/source-error.type.js";
import { FreshnessSource } from "./freshness.enums.js";

@ObjectType({ description: "Where an answer came from and how old it is.", simpleResolvers: true })
export class Freshness {
  @Field(() => DateTimeScalar, { description: "When the provider last confirmed this session." })
  fetchedAt!: number;

  @Field(() => Float, { description: "Seconds between that moment and this answer." })
  ageSeconds!: number;

  @Field(() => Boolean, {
    description:
      "True when the answer is older than it should be, because the provider could not be asked. `error` then says why.",
  })
  stale!: boolean;

  @Field(() => FreshnessSource, { description: "How the answer came to be here." })
  source!: FreshnessSource;

  @Field(() => SourceError, {
    nullable: true,
    description: "What went wrong when the provider was asked last. Null when nothing did.",
  })
  error!: Ref<SourceError> | null;
}
