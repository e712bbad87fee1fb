import { Field, ObjectType } from "type-graphql";
import { PageInfo } from "../shared/page-info.type.js";
import type { Ref } from "../shared/ref.js";
import { TimelineEvent } from "./timeline-event.type.js";

@ObjectType({ description: "An event in a list, with its place in the list.", simpleResolvers: true })
export class TimelineEdge {
  @Field(() => String, { description: "The place of this event in the list, for `after`." })
  cursor!: string;

  @Field(() => TimelineEvent, { description: "The event." })
  node!: Ref<TimelineEvent>;
}

@ObjectType({ description: "A page of what happened in a session, oldest first.", simpleResolvers: true })
export class TimelineConnection {
  @Field(() => [TimelineEdge], { description: "The events of this page, each with its cursor." })
  edges!: TimelineEdge[];

  @Field(() => [TimelineEvent], { description: "The events of this page." })
  nodes!: TimelineEvent[];

  @Field(() => PageInfo, { description: "Where this page stands in the whole list." })
  pageInfo!: Ref<PageInfo>;
}
