import { Arg, Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from "type-graphql";
import type { GraphQLResolveInfo } from "graphql";
import { Party, PhoneNumber, PhoneNumberSessionsArgs, SessionConnection } from "../../schema/index.js";
import type { OperationContext, PhoneNumberNode } from "../../src/context/context.js";
import { selectedFields } from "../shared/selection.js";

@Resolver(() => Party)
export class PartyResolver {
  @FieldResolver(() => PhoneNumber, { nullable: true })
  number(@Root() party: { number: string | null }, @Ctx() context: OperationContext): unknown {
    return party.number === null ? null : context.phoneNumber(party.number);
  }
}

@Resolver(() => PhoneNumber)
export class PhoneNumberResolver {
  @Query(() => PhoneNumber, {
    nullable: true,
    description: "Somebody's number, and every session that it took part in, at every provider.",
  })
  phoneNumber(
    @Arg("number", () => String, {
      description:
        "Any common spelling of a number. With no country code, the default regions of your connections are tried; if it " +
        "is a different number in several of them, the answer is an error that names them.",
    })
    number: string,
    @Ctx() context: OperationContext,
  ): unknown {
    return context.phoneNumberAsked(number);
  }

  @FieldResolver(() => SessionConnection)
  sessions(
    @Root() number: PhoneNumberNode,
    @Args(() => PhoneNumberSessionsArgs) args: PhoneNumberSessionsArgs,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): unknown {
    const fields = selectedFields(info, [["nodes"], ["edges", "node"]]);
    return context.pages.page({ ...args, address: { e164: number.e164, text: number.e164 }, fields });
  }
}
