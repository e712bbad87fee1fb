import { Field, Int, ObjectType } from "type-graphql";
import { SourceStatus } from "../connection/source-status.type.js";
import { PageInfo } from "../shared/page-info.type.js";
import type { Ref } from "../shared/ref.js";
import { Session } from "./session.type.js";

@ObjectType({
  description: "A session in a list, with its place in the list's order.",
  simpleResolvers: true,
})
export class SessionEdge {
  @Field(() => String, { description: "The place of this session in the list, for `after` and `before`." })
  cursor!: string;

  @Field(() => Session, { description: "The session." })
  node!: Ref<Session>;
}

@ObjectType({
  description: "A page of sessions from all connections asked, in one order.",
  simpleResolvers: true,
})
export class SessionConnection {
  @Field(() => [SessionEdge], { description: "The sessions of this page, each with its cursor." })
  edges!: SessionEdge[];

  @Field(() => [Session], { description: "The sessions of this page." })
  nodes!: Session[];

  @Field(() => PageInfo, { description: "Where this page stands in the whole list." })
  pageInfo!: Ref<PageInfo>;

  @Field(() => Int, { description: "How many sessions match in all. Counted only when selected." })
  totalCount?: number;

  @Field(() => [SourceStatus], {
    description:
      "One row for each connection asked. A provider that is down shows here, and what was kept of its sessions is still listed.",
  })
  sources?: SourceStatus[];
}
