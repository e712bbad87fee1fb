import { Directive, Field, ID, ObjectType } from "type-graphql";
import { Session } from "../session/session.type.js";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { Node } from "../shared/node.type.js";
import { Personal } from "../shared/personal.decorator.js";
import type { Ref } from "../shared/ref.js";
import { RequiresScope } from "../shared/scope.decorator.js";
import { TransferKind, TransferStatus } from "./transfer.enums.js";

@Directive('@key(fields: "id")')
@ObjectType({
  description:
    "One attempt to hand a session to one recipient. The next recipient of a list is an attempt of its own.",
  implements: Node,
  simpleResolvers: true,
})
export class Transfer extends Node {
  @Field(() => ID, {
    nullable: true,
    description: "Its id at the provider. Null where the provider gives it none.",
  })
  providerId!: string | null;

  @Field(() => Session, { description: "The session that is handed over." })
  session?: Ref<Session>;

  @Field(() => TransferKind, { description: "Whether the recipient is asked first." })
  kind!: TransferKind;

  @Field(() => TransferStatus, { description: "How far it has come." })
  status!: TransferStatus;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "The recipient: a number, an extension or a SIP address.",
  })
  transferTo!: string | null;

  @Field(() => String, { nullable: true, description: "Media room that the caller is in." })
  fromRoomName!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Media room in which the recipient is asked. Null on blind transfers.",
  })
  consultationRoomName!: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "What the caller is known by in the room." })
  callerParticipantIdentity!: string | null;

  @Personal("text")
  @Field(() => String, {
    nullable: true,
    description: "What the recipient is known by in the room. Null until they join.",
  })
  recipientParticipantIdentity!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Id of the line to the outside that the recipient is called over.",
  })
  outboundTrunkId!: string | null;

  @Personal("text")
  @Field(() => String, {
    nullable: true,
    description: "What the recipient is asked before they are connected.",
  })
  screeningPrompt!: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "What the recipient is told about the session." })
  summary!: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Why it did not work, in the provider's words." })
  failureCause!: string | null;

  @Field(() => String, { nullable: true, description: "The provider's id of the organization that owns it." })
  organizationId!: string | null;

  @RequiresScope("raw:read")
  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "Whatever was attached to it when it was requested. Scope `raw:read`.",
  })
  metadata!: unknown;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was requested." })
  createdAt!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it last changed." })
  updatedAt!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was over. Null while it goes on." })
  completedAt!: number | null;
}
