import { ArgsType, Field, ID, Int } from "type-graphql";
import type { Ref } from "../shared/ref.js";
import { SessionFilter } from "./session-filter.input.js";

const AFTER =
  "The cursor of the last change received, from any gateway on the same database: what was missed is told first, nothing " +
  "twice, and of a snapshot only what it had not shown yet. One that is older than the changes that are kept (24 hours " +
  "unless configured) is an error.";

@ArgsType()
export class SessionChangesArgs {
  @Field(() => SessionFilter, {
    nullable: true,
    description:
      "Which sessions to watch. Each change is held against it as the session was before and after: one that comes to match " +
      "is told with its change, one that no longer matches is told once more, as `LEFT`. Without it, all that you may see.",
  })
  filter?: Ref<SessionFilter> | null;

  @Field(() => String, { nullable: true, description: AFTER })
  after?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description:
      "Whether to begin with the matching sessions as they are: those `OPEN` or `LIVE`, unless the filter names phases, " +
      "states or ids. No matter with `after`.",
  })
  snapshot?: boolean | null;
}

@ArgsType()
export class SessionSubscriptionArgs {
  @Field(() => ID, { description: "The session's id in this graph." })
  id!: string;

  @Field(() => String, { nullable: true, description: AFTER })
  after?: string | null;
}

@ArgsType()
export class TranscriptSubscriptionArgs {
  @Field(() => ID, { description: "The session's id in this graph." })
  sessionId!: string;

  @Field(() => Int, {
    nullable: true,
    defaultValue: -1,
    description:
      "Begin with the turns whose index is greater. After a lost connection: the last index received.",
  })
  afterIndex?: number | null;
}
