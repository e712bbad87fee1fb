import { Field, ObjectType } from "type-graphql";
import { Report } from "../report/report.type.js";
import { Session } from "../session/session.type.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { Personal } from "../shared/personal.decorator.js";
import type { Ref } from "../shared/ref.js";
import { RequiresScope } from "../shared/scope.decorator.js";
import { Transfer } from "../transfer/transfer.type.js";
import { Command } from "./command.type.js";
import { UserError } from "./user-error.type.js";

const COMMAND = "What was written down. Null when nothing was recorded or sent; `userErrors` then says why.";
const USER_ERRORS = "Why it did not happen. Empty when it did, or when that is not known.";

@ObjectType({ description: "What came of a mutation on a session.", simpleResolvers: true })
export class SessionPayload {
  @Field(() => Command, { nullable: true, description: COMMAND })
  command!: Ref<Command> | null;

  @RequiresScope("sessions:read")
  @Field(() => Session, {
    nullable: true,
    description: "The session as it is afterwards, when it could be read.",
  })
  session!: Ref<Session> | null;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: UserError[];
}

@ObjectType({ description: "What came of a mutation on a transfer.", simpleResolvers: true })
export class TransferPayload {
  @Field(() => Command, { nullable: true, description: COMMAND })
  command!: Ref<Command> | null;

  @RequiresScope("sessions:read")
  @Field(() => Session, {
    nullable: true,
    description: "The session as it is afterwards, when it could be read.",
  })
  session!: Ref<Session> | null;

  @RequiresScope("sessions:read")
  @Field(() => Transfer, {
    nullable: true,
    description: "The transfer that was started, completed or cancelled.",
  })
  transfer!: Ref<Transfer> | null;

  @RequiresScope("sessions:read")
  @Field(() => Transfer, {
    nullable: true,
    description:
      "The attempt that took its place, at the next recipient. Complete or cancel this one from now on.",
  })
  nextTransfer!: Ref<Transfer> | null;

  @Field(() => [Transfer], {
    description: "Every recipient tried so far, in order. Empty without scope `sessions:read`.",
  })
  routingAttempts!: Transfer[];

  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "What was done instead because nobody took the session, as the provider tells it.",
  })
  fallback!: unknown;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: UserError[];
}

@ObjectType({ description: "What came of a mutation on a report.", simpleResolvers: true })
export class ReportPayload {
  @Field(() => Command, { nullable: true, description: COMMAND })
  command!: Ref<Command> | null;

  @RequiresScope("transcripts:read")
  @Field(() => Report, {
    nullable: true,
    description: "The report as it is afterwards, when it could be read.",
  })
  report!: Ref<Report> | null;

  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "What came of delivering the report to the account's own address, as the provider tells it.",
  })
  webhook!: unknown;

  @Field(() => [UserError], { description: USER_ERRORS })
  userErrors!: UserError[];
}
