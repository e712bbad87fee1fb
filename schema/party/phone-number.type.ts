import { Field, ObjectType } from "type-graphql";
import { SessionConnection } from "../session/session-connection.type.js";
import { Personal } from "../shared/personal.decorator.js";
import type { Ref } from "../shared/ref.js";
import { TakesArgs } from "../shared/takes-args.decorator.js";
import { PhoneNumberSessionsArgs } from "./phone-number.args.js";

@ObjectType({
  description:
    "Somebody's telephone number, and every session it took part in, at every provider. It is where records of other " +
    "systems, such as a CRM, join this graph.",
  simpleResolvers: true,
})
export class PhoneNumber {
  @Personal()
  @Field(() => String, {
    nullable: true,
    description:
      "The number in E.164, such as `+12025550134`. Without scope `pii:read` only the country code and the last two digits show.",
  })
  e164!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "ISO 3166 alpha-2 code of the number's country, such as `US`. Null for numbers of no country, such as satellite phones.",
  })
  country!: string | null;

  @TakesArgs(() => PhoneNumberSessionsArgs)
  @Field(() => SessionConnection, {
    description:
      "Sessions in which the number was at either end, a member, or the virtual number, newest first.",
  })
  sessions?: Ref<SessionConnection>;
}
