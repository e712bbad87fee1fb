import { Directive, Field, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { Node } from "../shared/node.type.js";
import type { Ref } from "../shared/ref.js";
import { SourceError } from "../shared/source-error.type.js";
import { CommandOutcome } from "./command.enums.js";

@Directive('@key(fields: "id")')
@ObjectType({
  description:
    "Something that was to be done at a provider. It is written down before it is sent, and sent once.",
  implements: Node,
  simpleResolvers: true,
})
export class Command extends Node {
  @Field(() => String, { description: "Name of the mutation that asked for it, such as `endSession`." })
  name!: string;

  @Field(() => String, { nullable: true, description: "The key that a repeat of the mutation would carry." })
  idempotencyKey!: string | null;

  @Field(() => CommandOutcome, { description: "What came of it." })
  outcome!: CommandOutcome;

  @Field(() => SourceError, {
    nullable: true,
    description: "Why it failed, or why it is not known whether it happened. Null when it succeeded.",
  })
  error!: Ref<SourceError> | null;

  @Field(() => DateTimeScalar, { description: "When it was written down." })
  createdAt!: number;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When its outcome was known. Null while it is pending.",
  })
  finishedAt!: number | null;
}
