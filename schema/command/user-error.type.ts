import { Field, ObjectType } from "type-graphql";
import { Capability } from "../connection/connection.enums.js";
import { Personal } from "../shared/personal.decorator.js";

@ObjectType({
  description: "Why a mutation did not do what was asked, in terms of its input.",
  simpleResolvers: true,
})
export class UserError {
  @Personal("text")
  @Field(() => String, { description: "What is wrong, in a sentence for people." })
  message!: string;

  @Field(() => String, {
    description: "One of the codes that errors of this API have, such as `BAD_USER_INPUT`.",
  })
  code!: string;

  @Field(() => Capability, {
    nullable: true,
    description: "With code `NOT_SUPPORTED`: what the session's connection would have to be capable of.",
  })
  capability!: Capability | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "Way to the part of the input that is wrong, such as `input`, `to`. Null when it is none in particular.",
  })
  path!: string[] | null;
}
