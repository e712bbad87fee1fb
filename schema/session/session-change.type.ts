import { Field, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import type { Ref } from "../shared/ref.js";
import { ChangeKind } from "./session-change.enums.js";
import { SessionState } from "./session.enums.js";
import { Session } from "./session.type.js";

@ObjectType({
  description:
    "One step in the feed of changes. Whoever resumes after its cursor misses nothing and gets nothing twice.",
  simpleResolvers: true,
})
export class SessionChange {
  @Field(() => String, {
    description: "Place in the feed: a subscription given this as `after` goes on behind it.",
  })
  cursor!: string;

  @Field(() => ChangeKind, { description: "What happened." })
  kind!: ChangeKind;

  @Field(() => DateTimeScalar, { description: "When it was noticed here." })
  at!: number;

  @Field(() => [String], { description: "Names of the session's fields whose values changed." })
  changed!: string[];

  @Field(() => SessionState, {
    nullable: true,
    description: "The state before, when the state changed.",
  })
  previousState!: SessionState | null;

  @Field(() => Session, { description: "The session as it is now." })
  session?: Ref<Session>;
}
