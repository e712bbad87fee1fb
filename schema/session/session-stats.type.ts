import { Field, Float, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { Money } from "../shared/money.type.js";

@ObjectType({ description: "Figures on a group of sessions.", simpleResolvers: true })
export class SessionStats {
  @Field(() => JsonScalar, {
    description:
      'What the sessions of the group have in common: `{ "PROVIDER": "SPEKO" }`. Empty when not grouped.',
  })
  key!: unknown;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Start of the stretch of time, itself included.",
  })
  from!: number | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "End of the stretch of time, itself not included.",
  })
  to!: number | null;

  @Field(() => Int, { description: "Sessions in the group." })
  count!: number;

  @Field(() => Int, { description: "Of those, sessions that are live." })
  liveCount!: number;

  @Field(() => Int, { description: "Of those, sessions that were answered." })
  answeredCount!: number;

  @Field(() => Float, { description: "Seconds that they lasted, added up." })
  totalDurationSeconds!: number;

  @Field(() => Float, { nullable: true, description: "Seconds that they lasted on average." })
  averageDurationSeconds!: number | null;

  @Field(() => Float, { nullable: true, description: "Seconds that half of them did not exceed." })
  p50DurationSeconds!: number | null;

  @Field(() => Float, { nullable: true, description: "Seconds that 95 of 100 of them did not exceed." })
  p95DurationSeconds!: number | null;

  @Field(() => [Money], { description: "What they cost, added up, one row for each currency." })
  cost!: Money[];

  @Field(() => Int, { description: "Attempts to transfer them." })
  transferCount!: number;
}
