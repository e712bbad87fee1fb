import { ArgsType, Field, Float, ID, Int } from "type-graphql";
import type { Ref } from "../shared/ref.js";
import { SessionFilter } from "./session-filter.input.js";
import { SessionOrder } from "./session-order.input.js";

const MAX_AGE =
  "Seconds. A kept copy that is older than this is read again from the provider before answering. " +
  "Without it, live sessions are read again after 2 seconds and ended ones after 10 minutes.";

@ArgsType()
export class SessionArgs {
  @Field(() => ID, { description: "The session's id in this graph." })
  id!: string;

  @Field(() => Float, { nullable: true, description: MAX_AGE })
  maxAge?: number | null;
}

@ArgsType()
export class SessionsArgs {
  @Field(() => SessionFilter, {
    nullable: true,
    description: "Which sessions to list. Without it, all that you may see.",
  })
  filter?: Ref<SessionFilter> | null;

  @Field(() => SessionOrder, {
    nullable: true,
    description: "The order of the list. Without it, newest first.",
  })
  orderBy?: Ref<SessionOrder> | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "How many sessions to list from the front, 1 to 100. 20 when neither `first` nor `last` is given.",
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "A cursor: list what comes after it." })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: "How many sessions to list from the back, 1 to 100." })
  last?: number | null;

  @Field(() => String, { nullable: true, description: "A cursor: list what comes before it." })
  before?: string | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "Seconds. What was last read from a provider longer ago than this is read again before answering, within a bounded wait.",
  })
  maxAge?: number | null;
}
