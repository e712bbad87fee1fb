import { Field, Float, ObjectType } from "type-graphql";
import { JsonScalar } from "../shared/json.scalar.js";
import { Personal } from "../shared/personal.decorator.js";
import { RequiresScope } from "../shared/scope.decorator.js";

@ObjectType({ description: "One line of what a session cost.", simpleResolvers: true })
export class CostLine {
  @Field(() => String, { nullable: true, description: "Company whose service was used." })
  provider!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What was counted, in the provider's words, such as seconds or tokens.",
  })
  metric!: string | null;

  @Field(() => Float, { nullable: true, description: "How much of it was used." })
  quantity!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Whose account at that company was used: `BYOK`, the customer's own and not charged, or `MANAGED`, charged.",
  })
  keySource!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What it cost, in millionths of a US dollar, as an integer in a string.",
  })
  costMicroUsd!: string | null;

  @RequiresScope("raw:read")
  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "The line as the provider sent it. Scope `raw:read`.",
  })
  raw!: unknown;
}
