import { Field, Float, ObjectType } from "type-graphql";
import { MemberRole } from "../member/member.enums.js";
import { Party } from "../party/party.type.js";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import type { Ref } from "../shared/ref.js";

@ObjectType({ description: "One party's side of a call.", simpleResolvers: true })
export class Leg {
  @Field(() => MemberRole, { description: "The part that this side plays." })
  role!: MemberRole;

  @Field(() => Party, { nullable: true, description: "Who is on this side." })
  party!: Ref<Party> | null;

  @Field(() => String, { nullable: true, description: "The provider's own word for the state of this side." })
  status!: string | null;

  @Field(() => String, { nullable: true, description: "Name of the line to the outside that it runs over." })
  trunk!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of this side at the provider's API, which asks for the provider's credentials.",
  })
  resourceUrl!: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When this side was first called." })
  startedAt!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When this side answered." })
  answeredAt!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When this side hung up." })
  endedAt!: number | null;

  @Field(() => Float, { nullable: true, description: "Seconds of talk so far, or in all once it ended." })
  talkSeconds!: number | null;
}
