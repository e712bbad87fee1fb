import { Field, Float, Int, ObjectType } from "type-graphql";
import { Session } from "../session/session.type.js";
import { PageInfo } from "../shared/page-info.type.js";
import { Personal } from "../shared/personal.decorator.js";
import type { Ref } from "../shared/ref.js";
import { TranscriptEntry } from "./transcript-entry.type.js";

@ObjectType({ description: "A turn in which the words searched for occur.", simpleResolvers: true })
export class TranscriptHit {
  @Field(() => Session, { description: "The session in which it was said." })
  session?: Ref<Session>;

  @Field(() => TranscriptEntry, { description: "The turn." })
  entry!: Ref<TranscriptEntry>;

  @Personal("text")
  @Field(() => String, {
    description:
      "The part of the turn around the matching words, which stand between `<<` and `>>`; `…` where text is left out.",
  })
  snippet!: string;

  @Field(() => Float, {
    description:
      "How well it matches, from 0 to 1: higher is better, comparable only within one search. It grows with how often the " +
      "words occur and shrinks with the length of the turn, and depends on nothing but this turn and the query.",
  })
  score!: number;
}

@ObjectType({ description: "A hit in a list, with its place in the list.", simpleResolvers: true })
export class TranscriptHitEdge {
  @Field(() => String, { description: "The place of this hit in the list, for `after`." })
  cursor!: string;

  @Field(() => TranscriptHit, { description: "The hit." })
  node!: Ref<TranscriptHit>;
}

@ObjectType({
  description: "A page of what a search in transcripts found, best first.",
  simpleResolvers: true,
})
export class TranscriptHitConnection {
  @Field(() => [TranscriptHitEdge], { description: "The hits of this page, each with its cursor." })
  edges!: TranscriptHitEdge[];

  @Field(() => [TranscriptHit], { description: "The hits of this page." })
  nodes!: TranscriptHit[];

  @Field(() => PageInfo, { description: "Where this page stands among all hits." })
  pageInfo!: Ref<PageInfo>;

  @Field(() => Int, { description: "How many hits there are in all." })
  totalCount?: number;
}
