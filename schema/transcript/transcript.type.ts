import { Field, Int, ObjectType } from "type-graphql";
import { Session } from "../session/session.type.js";
import { PageInfo } from "../shared/page-info.type.js";
import { Personal } from "../shared/personal.decorator.js";
import type { Ref } from "../shared/ref.js";
import { TakesArgs } from "../shared/takes-args.decorator.js";
import { TranscriptEntriesArgs } from "./transcript.args.js";
import { TranscriptEntry } from "./transcript-entry.type.js";

@ObjectType({ description: "A turn in a list, with its place in the list.", simpleResolvers: true })
export class TranscriptEntryEdge {
  @Field(() => String, { description: "The place of this turn in the list, for `after`." })
  cursor!: string;

  @Field(() => TranscriptEntry, { description: "The turn." })
  node!: Ref<TranscriptEntry>;
}

@ObjectType({ description: "A page of a conversation's turns, in order.", simpleResolvers: true })
export class TranscriptEntryConnection {
  @Field(() => [TranscriptEntryEdge], { description: "The turns of this page, each with its cursor." })
  edges!: TranscriptEntryEdge[];

  @Field(() => [TranscriptEntry], { description: "The turns of this page." })
  nodes!: TranscriptEntry[];

  @Field(() => PageInfo, { description: "Where this page stands in the whole conversation." })
  pageInfo!: Ref<PageInfo>;

  @Field(() => Int, { description: "How many turns there are in all." })
  totalCount?: number;
}

@ObjectType({ description: "What was said or written in a session.", simpleResolvers: true })
export class Transcript {
  @Field(() => Session, { description: "The session that it belongs to." })
  session?: Ref<Session>;

  @Field(() => Int, { description: "How many turns there are." })
  entryCount?: number;

  @Personal("text")
  @Field(() => String, { description: "The whole conversation as plain text, one line for each turn." })
  text?: string;

  @TakesArgs(() => TranscriptEntriesArgs)
  @Field(() => TranscriptEntryConnection, { description: "The turns, in order." })
  entries?: Ref<TranscriptEntryConnection>;
}
