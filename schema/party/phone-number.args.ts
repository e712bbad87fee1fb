import { ArgsType, Field, Int } from "type-graphql";
import { SessionFilter } from "../session/session-filter.input.js";
import type { Ref } from "../shared/ref.js";

@ArgsType()
export class PhoneNumberSessionsArgs {
  @Field(() => SessionFilter, {
    nullable: true,
    description: "Which of the number's sessions to list. Without it, all of them.",
  })
  filter?: Ref<SessionFilter> | null;

  @Field(() => Int, { nullable: true, description: "How many sessions to list, 1 to 100. 20 when left out." })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "A cursor from an earlier page: list what comes after it. Without it, from the newest on.",
  })
  after?: string | null;
}
