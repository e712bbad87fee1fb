import { Directive, Field, ID, ObjectType } from "type-graphql";
import { Session } from "../session/session.type.js";
import { Node } from "../shared/node.type.js";
import { Personal } from "../shared/personal.decorator.js";
import type { Ref } from "../shared/ref.js";
import { PortsipCallLog } from "./portsip-call-log.type.js";
import { PortsipCall } from "./portsip-call.type.js";

@Directive('@key(fields: "id")')
@ObjectType({
  description: "A call on a PortSIP PBX from end to end, however many transfers and queues it goes through.",
  implements: [Session, Node],
  simpleResolvers: true,
})
export class PortsipSession extends Session {
  @Field(() => [PortsipCall], {
    description: "The calls that make up the session, as PortSIP listed them last while they were up.",
  })
  calls!: PortsipCall[];

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Text that was given when the call was created." })
  userData?: string | null;

  @Field(() => PortsipCallLog, {
    nullable: true,
    description: "What PortSIP wrote down about the call. Null until it is over.",
  })
  callLog?: Ref<PortsipCallLog> | null;

  @Field(() => ID, {
    nullable: true,
    description: "PortSIP's id of the call's detail record. Known from events only.",
  })
  cdrId?: string | null;

  @Field(() => ID, { nullable: true, description: "PortSIP's id of the tenant. Known from events only." })
  tenantId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Id of the call in SIP (`Call-ID`). Known from events only.",
  })
  callId?: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Number of the PBX that was dialled from the outside. Known from events only.",
  })
  did?: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Number shown to the called side on calls to the outside. Known from events only.",
  })
  outboundCallerId?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Name shown for the caller. Known from events only." })
  callerDisplayName?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Name shown for the callee. Known from events only." })
  calleeDisplayName?: string | null;
}
