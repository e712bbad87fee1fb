import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { Session } from "../session/session.type.js";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { DecimalScalar } from "../shared/decimal.scalar.js";
import { Node } from "../shared/node.type.js";
import { Personal } from "../shared/personal.decorator.js";
import { RequiresScope } from "../shared/scope.decorator.js";

@Directive('@key(fields: "id")')
@ObjectType({
  description:
    "A masking session at Plivo: a virtual number that connects two people without showing either the other's number.",
  implements: [Session, Node],
  simpleResolvers: true,
})
export class PlivoSession extends Session {
  @Field(() => String, {
    nullable: true,
    description: "State in Plivo's words: `active`, `in-progress` or `expired`, perhaps more.",
  })
  status?: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Real number of the first person, digits without a plus.",
  })
  firstParty?: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Real number of the second person, digits without a plus.",
  })
  secondParty?: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Number that both people call, and see as the caller's.",
  })
  virtualNumber?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "True when Plivo calls the first person as soon as the session is created, and then the second.",
  })
  initiateCallToFirstParty?: boolean | null;

  @Field(() => ID, { nullable: true, description: "Id of the Plivo subaccount that owns the session." })
  subaccount?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Path of the session at Plivo's API. Lists alone carry it.",
  })
  resourceUri?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Seconds that the session was to last. Plivo rarely says it; `duration` and `expiryTime` do.",
  })
  sessionExpiry?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds from the session's creation to its end, planned or real.",
  })
  duration?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the session was created." })
  createdTime?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the session was last changed." })
  modifiedTime?: number | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the session ends or ended. An update or an early end moves it.",
  })
  expiryTime?: number | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the latest call in the session ended. Null when there was none.",
  })
  lastInteractionTime?: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds after which a call is cut off." })
  callTimeLimit?: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds that either person's phone rings at most." })
  ringTimeout?: number | null;

  @Field(() => String, { nullable: true, description: "Address that Plivo reports the session's events to." })
  callbackUrl?: string | null;

  @Field(() => String, { nullable: true, description: "HTTP method for those reports: `GET` or `POST`." })
  callbackMethod?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True when calls are recorded, from when both people are on.",
  })
  record?: boolean | null;

  @Field(() => String, { nullable: true, description: "Format of the recordings: `mp3` or `wav`." })
  recordFileFormat?: string | null;

  @Field(() => String, { nullable: true, description: "Address that Plivo reports finished recordings to." })
  recordingCallbackUrl?: string | null;

  @Field(() => String, { nullable: true, description: "HTTP method for those reports: `GET` or `POST`." })
  recordingCallbackMethod?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of a sound that the first person hears before being connected.",
  })
  firstPartyPlayUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of a sound that the second person hears before being connected.",
  })
  secondPartyPlayUrl?: string | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "What creating the session cost, in the account's currency.",
  })
  amount?: string | null;

  @Field(() => Int, { nullable: true, description: "How many sides of calls there were in the session." })
  totalCallCount?: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "What all calls cost, in the account's currency.",
  })
  totalCallAmount?: string | null;

  @Field(() => Int, { nullable: true, description: "Seconds billed for all calls, rounded." })
  totalCallBilledDuration?: number | null;

  @Field(() => DecimalScalar, {
    nullable: true,
    description: "What the session cost in all: its creation and its calls, in the account's currency.",
  })
  totalSessionAmount?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True when callers from unknown numbers must enter a PIN.",
  })
  isPinAuthenticationRequired?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "True when Plivo made up the PINs." })
  generatePin?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: "How many digits the PINs that Plivo makes up have, 4 to 15.",
  })
  generatePinLength?: number | null;

  @RequiresScope("raw:read")
  @Field(() => String, {
    nullable: true,
    description: "PIN with which the first person calls from another phone. A secret. Scope `raw:read`.",
  })
  firstPartyPin?: string | null;

  @RequiresScope("raw:read")
  @Field(() => String, {
    nullable: true,
    description: "PIN with which the second person calls from another phone. A secret. Scope `raw:read`.",
  })
  secondPartyPin?: string | null;

  @Field(() => String, { nullable: true, description: "Address of the sound that asks for the PIN." })
  pinPromptPlay?: string | null;

  @Field(() => Int, { nullable: true, description: "How often a wrong PIN may be tried again." })
  pinRetry?: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds between two tries of the PIN." })
  pinRetryWait?: number | null;

  @Field(() => String, { nullable: true, description: "Address of the sound that follows a wrong PIN." })
  incorrectPinPlay?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of the sound that callers from unknown numbers hear.",
  })
  unknownCallerPlay?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True when callers from known numbers must enter the PIN too.",
  })
  forcePinAuthentication?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds that the virtual number rests after the session before it is used again.",
  })
  virtualNumberCooloffPeriod?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True when the session was created with one person known and the other to come.",
  })
  createSessionWithSingleParty?: boolean | null;
}
