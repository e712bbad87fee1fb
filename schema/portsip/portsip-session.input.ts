import { Field, InputType } from "type-graphql";
import { IDEMPOTENCY_KEY } from "../shared/idempotency-key.js";
import { PortsipAdditionalHeader, PortsipHeaderDirection } from "./portsip-session.enums.js";

@InputType({
  description:
    "A call to place on a PortSIP PBX. The caller's phone rings first; once it is answered, the callee is called.",
})
export class CreatePortsipSessionInput {
  @Field(() => String, {
    nullable: true,
    description:
      "Name of the connection to create it through. It may be left out when there is only one to PortSIP.",
  })
  connection?: string | null;

  @Field(() => String, { description: "Number or extension that calls, 256 characters at most." })
  caller!: string;

  @Field(() => String, { description: "Number or extension that is called, 256 characters at most." })
  callee!: string;

  @Field(() => Boolean, {
    defaultValue: true,
    description: "Whether the SIP invitation carries an offer of media.",
  })
  sendSdp!: boolean;

  @Field(() => String, {
    nullable: true,
    description: "Name to show for the caller, 1,024 characters at most.",
  })
  callerDisplayName?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Name of the line to the outside to call over, 1 to 64 characters. The call fails when that line is down.",
  })
  trunk?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "User that the `From` header names instead, 1 to 16 characters: the usual way to set the number shown. Only with `trunk`.",
  })
  rewriteFrom?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "User that the `P-Asserted-Identity` header names instead, 1 to 16 characters. Only with `trunk`.",
  })
  rewritePai?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "User that the `Remote-Party-ID` header names instead, 1 to 16 characters. Only with `trunk`.",
  })
  rewriteRpi?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Text to keep with the call and find it again by, 128 characters at most.",
  })
  userData?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of the one phone of the callee that is to ring, 128 characters at most.",
  })
  target?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Instance id of the one phone of the callee that is to ring, 128 characters at most.",
  })
  targetInstanceId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Extension of the one phone of the callee that is to ring, 128 characters at most.",
  })
  targetExtensionNumber?: string | null;

  @Field(() => PortsipAdditionalHeader, {
    nullable: true,
    description: "A header that makes the phone answer by itself.",
  })
  additionalHeader?: PortsipAdditionalHeader | null;

  @Field(() => PortsipHeaderDirection, {
    nullable: true,
    description: "Whose invitation that header goes into. Only with `additionalHeader`.",
  })
  headerDirection?: PortsipHeaderDirection | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}
