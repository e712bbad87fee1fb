import { Directive, Field, Float, ID, Int, ObjectType } from "type-graphql";
import { Recording } from "../recording/recording.type.js";
import { Session } from "../session/session.type.js";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { DecimalScalar } from "../shared/decimal.scalar.js";
import { Money } from "../shared/money.type.js";
import { Node } from "../shared/node.type.js";
import type { Ref } from "../shared/ref.js";
import { Leg } from "./leg.type.js";

@Directive('@key(fields: "id")')
@ObjectType({
  description: "One call placed inside a session, with a few sides at most.",
  implements: Node,
  simpleResolvers: true,
})
export class Interaction extends Node {
  @Field(() => Session, { description: "The session that the call was placed in." })
  session?: Ref<Session>;

  @Field(() => Int, { description: "Place among the session's interactions, oldest first, from 0." })
  index!: number;

  @Field(() => String, {
    nullable: true,
    description: "The provider's own word for the kind of it, such as `call`.",
  })
  type!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it started." })
  startedAt!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended. Null while it goes on." })
  endedAt!: number | null;

  @Field(() => Float, { nullable: true, description: "How long it lasted, in seconds." })
  durationSeconds!: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds that were billed." })
  billedSeconds!: number | null;

  @Field(() => Money, { nullable: true, description: "What it cost." })
  cost!: Ref<Money> | null;

  @Field(() => Int, { nullable: true, description: "How many of its sides were called." })
  callCount!: number | null;

  @Field(() => [Leg], { description: "Its sides, in the order in which they were called." })
  legs!: Leg[];

  @Field(() => Recording, { nullable: true, description: "Its recording, when there is one." })
  recording?: Ref<Recording> | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Plivo: when the call started (`start_time`).",
  })
  startTime?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Plivo: when the call ended (`end_time`)." })
  endTime?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Plivo: address of the first party's call at Plivo's API, which asks for Plivo credentials. Null until that party was called.",
  })
  firstPartyResourceUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Plivo: address of the second party's call at Plivo's API, which asks for Plivo credentials. Null until that party was called.",
  })
  secondPartyResourceUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Plivo: state of the first party's call, in Plivo's words.",
  })
  firstPartyStatus?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Plivo: state of the second party's call, in Plivo's words.",
  })
  secondPartyStatus?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "Plivo: billed amount of this call, in the account's currency.",
  })
  totalCallAmount?: string | null;

  @Field(() => Int, { nullable: true, description: "Plivo: billed seconds of this call." })
  callBilledDuration?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Plivo: address of the recording at Plivo's API, which asks for Plivo credentials. Null when one side never answered.",
  })
  recordingResourceUrl?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Plivo: id of the Plivo account that the call belongs to.",
  })
  authId?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "Plivo: how many sides the call has; 1 when the other side was never called.",
  })
  totalCallCount?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Plivo: seconds as Plivo counts them, which can be more than the time between start and end.",
  })
  duration?: number | null;
}
