import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { DecimalScalar } from "../shared/decimal.scalar.js";
import { Personal } from "../shared/personal.decorator.js";

@ObjectType({ description: "What PortSIP wrote down about a call once it was over.", simpleResolvers: true })
export class PortsipCallLog {
  @Field(() => ID, { nullable: true, description: "PortSIP's id of the entry." })
  id?: string | null;

  @Field(() => ID, { nullable: true, description: "PortSIP's id of the session that the entry is about." })
  sessionId?: string | null;

  @Personal()
  @Field(() => String, { nullable: true, description: "Number or extension that called." })
  caller?: string | null;

  @Personal()
  @Field(() => String, { nullable: true, description: "Number or extension that was called." })
  callee?: string | null;

  @Field(() => String, { nullable: true, description: "SIP domain of the caller." })
  callerDomain?: string | null;

  @Field(() => String, { nullable: true, description: "SIP domain of the callee." })
  calleeDomain?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Name shown for the caller." })
  callerDisplayName?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Name shown for the callee." })
  calleeDisplayName?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the call started." })
  startedAt?: number | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it began to ring. Null when it never did.",
  })
  rangAt?: number | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it was answered. Null when it never was.",
  })
  answeredAt?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended." })
  endedAt?: number | null;

  @Field(() => String, { nullable: true, description: "Id of the call in SIP (`Call-ID`)." })
  callId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Direction in PortSIP's words: `INBOUND_CALL`, `OUTBOUND_CALL`, `EXTENSION_CALL` or `INBOUND_OUTBOUND_CALL`.",
  })
  direction?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Why the call ended, such as `CALLER_DISCONNECTED` or `BLIND_TRANSFER_COMPLETED`.",
  })
  endReason?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Why the call went on to somebody else, such as `TRANSFER`, `OVERFLOW` or `FORWARDING_BUSY`.",
  })
  rerouteReason?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "SIP status code that the call ended with; 0 when nothing was wrong.",
  })
  statusCode?: number | null;

  @Personal()
  @Field(() => String, { nullable: true, description: "Where the call went in the end." })
  destination?: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Number shown to the called side on calls to the outside.",
  })
  outboundCallerId?: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Number of the PBX that was dialled from the outside.",
  })
  didCid?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Name of the line to the outside that the call ran over.",
  })
  trunk?: string | null;

  @Field(() => Float, { nullable: true, description: "Seconds of talk." })
  duration?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Number of the queue or ring group that the call reached.",
  })
  serviceNumber?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Text that was given when the call was created." })
  userData?: string | null;

  @Field(() => DecimalScalar, { nullable: true, description: "What the call cost, in the PBX's currency." })
  cost?: string | null;

  @Field(() => String, { nullable: true, description: "Account that the call was billed to." })
  billedAccount?: string | null;
}
