import { ArgsType, Field } from "type-graphql";
import type { Ref } from "../shared/ref.js";
import { SessionFilter } from "./session-filter.input.js";
import { StatsBucket, StatsDimension } from "./session-stats.enums.js";

@ArgsType()
export class SessionStatsArgs {
  @Field(() => SessionFilter, {
    nullable: true,
    description: "Which sessions to count. Without it, all that you may see.",
  })
  filter?: Ref<SessionFilter> | null;

  @Field(() => [StatsDimension], {
    nullable: true,
    description: "What to tell sessions apart by. Without it, they are one group.",
  })
  groupBy?: StatsDimension[] | null;

  @Field(() => StatsBucket, {
    nullable: true,
    description:
      "Give figures for each stretch of time of this length, by the sessions' start. Without it, for all time.",
  })
  bucket?: StatsBucket | null;

  @Field(() => String, {
    nullable: true,
    defaultValue: "UTC",
    description:
      "Whose clocks say when a stretch begins, as the IANA database names the zone: `Europe/Berlin`. Days that clocks are " +
      "put forward or back are shorter or longer.",
  })
  timeZone?: string | null;
}
