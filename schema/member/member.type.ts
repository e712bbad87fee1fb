import { Directive, Field, ObjectType } from "type-graphql";
import { Party } from "../party/party.type.js";
import { Session } from "../session/session.type.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { Node } from "../shared/node.type.js";
import { Personal } from "../shared/personal.decorator.js";
import type { Ref } from "../shared/ref.js";
import { RequiresScope } from "../shared/scope.decorator.js";
import { MemberRole, MemberState } from "./member.enums.js";

@Directive('@key(fields: "id")')
@ObjectType({
  description: "Somebody, or something, that takes or took part in a session.",
  implements: Node,
  simpleResolvers: true,
})
export class Member extends Node {
  @Field(() => Session, { description: "The session that it takes part in." })
  session?: Ref<Session>;

  @Field(() => MemberRole, { description: "The part it plays." })
  role!: MemberRole;

  @Field(() => MemberState, { description: "What it is doing." })
  state!: MemberState;

  @Field(() => Party, { description: "Who it is." })
  party!: Ref<Party>;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "The name to show for it." })
  displayName!: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "What the provider knows it by: a user name, a number or an e-mail address.",
  })
  identity!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The provider's id of its endpoint, when it belongs to the account.",
  })
  endpointId!: string | null;

  @Field(() => String, { nullable: true, description: "Address of a picture of it." })
  avatarUrl!: string | null;

  @RequiresScope("raw:read")
  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "Whatever an application attached to it at the provider. Scope `raw:read`.",
  })
  applicationData!: unknown;

  @Field(() => String, { nullable: true, description: "The carrier's id of its call." })
  callSid!: string | null;

  @Field(() => String, { nullable: true, description: "The provider's own word for its state." })
  callState!: string | null;

  @Field(() => Boolean, { nullable: true, description: "True while it cannot be heard." })
  muted!: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "True when it took part from the start." })
  isOriginalMember!: boolean | null;
}
