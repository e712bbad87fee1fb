import { Field, ObjectType } from "type-graphql";
import { DecimalScalar } from "./decimal.scalar.js";

@ObjectType({ description: "An exact amount of money in one currency.", simpleResolvers: true })
export class Money {
  @Field(() => DecimalScalar, {
    description: "The amount, in whole units of the currency (dollars, not cents).",
  })
  amount!: string;

  @Field(() => String, { description: "ISO 4217 code of the currency, such as `USD`." })
  currency!: string;
}
