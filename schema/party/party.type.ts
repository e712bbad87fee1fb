import { Field, ObjectType } from "type-graphql";
import { Personal } from "../shared/personal.decorator.js";
import type { Ref } from "../shared/ref.js";
import { PhoneNumber } from "./phone-number.type.js";

@ObjectType({
  description:
    "Who is at one end: a telephone number, SIP address, user or agent. Numbers and addresses are masked without scope `pii:read`.",
  simpleResolvers: true,
})
export class Party {
  @Personal()
  @Field(() => String, {
    nullable: true,
    description:
      "The address as the provider knows it: a number, an extension, a SIP address, an e-mail address or a user name.",
  })
  address!: string | null;

  @Field(() => PhoneNumber, {
    nullable: true,
    description: "The telephone number behind the address. Null when the address is something else.",
  })
  number?: Ref<PhoneNumber> | null;

  @Personal("text")
  @Field(() => String, {
    nullable: true,
    description: "A name to show for this end, when the provider has one.",
  })
  displayName!: string | null;
}
