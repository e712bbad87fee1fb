import { Field, Float, ObjectType } from "type-graphql";
import type { Ref } from "../shared/ref.js";
import { RelationReason } from "./related-session.enums.js";
import { Session } from "./session.type.js";

@ObjectType({
  description:
    "Another session that seems to be the same conversation, as another provider or connection saw it.",
  simpleResolvers: true,
})
export class RelatedSession {
  @Field(() => Session, { description: "The other session." })
  session!: Ref<Session>;

  @Field(() => RelationReason, { description: "What the two have in common." })
  reason!: RelationReason;

  @Field(() => Float, {
    description:
      "How sure it is that they belong together: 0 is a guess, 1 is certain. From 0.9 on, something only one conversation " +
      "can share was found; below 0.75, only that it fits.",
  })
  confidence!: number;
}
