import { Field, Float, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { Money } from "../shared/money.type.js";

@ObjectType({ description: "Figures on a group of sessions.", simpleResolvers: true })
export class SessionStats {
  @Field(() => JsonScalar, {
    description:
      'What the sessions of the group have in common: `{ "PROVIDER": "SPEKO" }`, null where it is not known. Empty when ' +
      "not grouped.",
  })
  key!: unknown;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "Start of the stretch of time, itself included. Null without a bucket, and for sessions of which no start is known.",
  })
  from!: number | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "End of the stretch of time, itself not included. Null where `from` is.",
  })
  to!: number | null;

  @Field(() => Int, { description: "Sessions in the group." })
  count!: number;

  @Field(() => Int, { description: "Of those, sessions that are live." })
  liveCount!: number;

  @Field(() => Int, { description: "Of those, sessions that were answered." })
  answeredCount!: number;

  @Field(() => Float, {
    description:
      "Seconds that they lasted, each to the millisecond, added up. Durations that are not known, below 0 or beyond 10^9 " +
      "seconds are left out, here and below.",
  })
  totalDurationSeconds!: number;

  @Field(() => Float, {
    nullable: true,
    description: "Seconds that those of known duration lasted on average.",
  })
  averageDurationSeconds!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Seconds that half of them did not exceed: of their durations in ascending order the one in place ⌈0.5 × n⌉ (nearest " +
      "rank), never one in between.",
  })
  p50DurationSeconds!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Seconds that 95 of 100 of them did not exceed: the duration in place ⌈0.95 × n⌉ (nearest rank).",
  })
  p95DurationSeconds!: number | null;

  @Field(() => [Money], {
    description: "What they cost, added up exactly, one row for each currency, by its code.",
  })
  cost!: Money[];

  @Field(() => Int, { description: "Attempts to transfer them." })
  transferCount!: number;
}
