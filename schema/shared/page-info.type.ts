import { Field, ObjectType } from "type-graphql";

@ObjectType({
  description: "Where a page stands in the whole list, and the cursors with which to ask for its neighbours.",
  simpleResolvers: true,
})
export class PageInfo {
  @Field(() => Boolean, { description: "True when there is more after the last row of this page." })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: "True when there is something before the first row of this page." })
  hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: "Cursor of the first row, for `before`. Null when the page is empty.",
  })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Cursor of the last row, for `after`. Null when the page is empty.",
  })
  endCursor!: string | null;
}
