import { ArgsType, Field, Int } from "type-graphql";
import { SessionFilter } from "../session/session-filter.input.js";
import type { Ref } from "../shared/ref.js";

@ArgsType()
export class TranscriptEntriesArgs {
  @Field(() => Int, { nullable: true, defaultValue: 50, description: "How many turns to list, 1 to 100." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "A cursor: list what comes after it." })
  after?: string | null;
}

@ArgsType()
export class SearchTranscriptsArgs {
  @Field(() => String, {
    description:
      'Words that must all occur in a turn, whatever their case and accents. `"a phrase"` for words in a row, `word*` ' +
      'for the beginning of a word, `-word` or `-"a phrase"` for what must not occur. At most 500 characters and 32 terms.',
  })
  query!: string;

  @Field(() => SessionFilter, {
    nullable: true,
    description: "Which sessions to search. Without it, all that you may see.",
  })
  filter?: Ref<SessionFilter> | null;

  @Field(() => Int, { nullable: true, defaultValue: 20, description: "How many hits to list, 1 to 100." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "A cursor: list what comes after it." })
  after?: string | null;
}
