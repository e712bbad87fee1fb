import { Field, ID, InputType, Int } from "type-graphql";
import { IDEMPOTENCY_KEY } from "../shared/idempotency-key.js";

@InputType({ description: "A masking session to create at Plivo. What is left out is as Plivo sets it." })
export class CreatePlivoSessionInput {
  @Field(() => String, {
    nullable: true,
    description:
      "Name of the connection to create it through. It may be left out when there is only one to Plivo.",
  })
  connection?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Real number of the first person. Both people are needed, unless `createSessionWithSingleParty` is true.",
  })
  firstParty?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Real number of the second person. Both people are needed, unless `createSessionWithSingleParty` is true.",
  })
  secondParty?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True when only one person is known yet and the other is to come.",
  })
  createSessionWithSingleParty?: boolean | null;

  @Field(() => Int, { nullable: true, description: "Seconds that the session lasts." })
  sessionExpiry?: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds after which a call is cut off." })
  callTimeLimit?: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds that either person's phone rings at most." })
  ringTimeout?: number | null;

  @Field(() => String, { nullable: true, description: "Address that Plivo reports the session's events to." })
  callbackUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "HTTP method for those reports: `GET` or `POST`. `POST` when left out.",
  })
  callbackMethod?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether to record calls, from when both people are on.",
  })
  record?: boolean | null;

  @Field(() => String, { nullable: true, description: "Format of the recordings: `mp3` or `wav`." })
  recordFileFormat?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address that Plivo reports finished recordings to, shorter than 1,000 characters.",
  })
  recordingCallbackUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "HTTP method for those reports: `GET` or `POST`. `POST` when left out.",
  })
  recordingCallbackMethod?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of a sound, mp3 or wav, that the first person hears before being connected.",
  })
  firstPartyPlayUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of a sound, mp3 or wav, that the second person hears before being connected.",
  })
  secondPartyPlayUrl?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether to call the first person at once, and then the second.",
  })
  initiateCallToFirstParty?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the virtual number must be of the first person's country.",
  })
  geomatch?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: "Id of the Plivo subaccount that is to own the session, and whose numbers are used.",
  })
  subaccount?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether callers from unknown numbers must enter a PIN.",
  })
  isPinAuthenticationRequired?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether Plivo makes up the PINs. Only with PIN authentication.",
  })
  generatePin?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description: "How many digits the PINs that Plivo makes up have, 4 to 15. Only with `generatePin`.",
  })
  generatePinLength?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "PIN of the first person, 4 to 15 digits. It must differ from the second person's.",
  })
  firstPartyPin?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "PIN of the second person, 4 to 15 digits. It must differ from the first person's.",
  })
  secondPartyPin?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of the sound, mp3 or wav, that asks for the PIN. Needed for PIN authentication.",
  })
  pinPromptPlay?: string | null;

  @Field(() => Int, { nullable: true, description: "How often a wrong PIN may be tried again, 0 to 5." })
  pinRetry?: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds between two tries of the PIN, 5 to 10." })
  pinRetryWait?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of the sound, mp3 or wav, that follows a wrong PIN.",
  })
  incorrectPinPlay?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of the sound, mp3 or wav, that callers from unknown numbers hear.",
  })
  unknownCallerPlay?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether callers from known numbers must enter the PIN too. Only with PIN authentication.",
  })
  forcePinAuthentication?: boolean | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Seconds that the virtual number rests after the session before it is used again, 0 to 3,600.",
  })
  virtualNumberCooloffPeriod?: number | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({
  description: "What to change about a masking session at Plivo. What is left out stays as it is.",
})
export class UpdatePlivoSessionInput {
  @Field(() => ID, { description: "The session, by its id in this graph." })
  sessionId!: string;

  @Field(() => Int, {
    nullable: true,
    description: "Seconds that the session goes on, counted from this change and not from its creation.",
  })
  sessionExpiry?: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds after which a call is cut off." })
  callTimeLimit?: number | null;

  @Field(() => Int, { nullable: true, description: "Seconds that either person's phone rings at most." })
  ringTimeout?: number | null;

  @Field(() => String, { nullable: true, description: "Address that Plivo reports the session's events to." })
  callbackUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "HTTP method for those reports: `GET` or `POST`. `POST` when left out.",
  })
  callbackMethod?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether to record calls, from when both people are on.",
  })
  record?: boolean | null;

  @Field(() => String, { nullable: true, description: "Format of the recordings: `mp3` or `wav`." })
  recordFileFormat?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address that Plivo reports finished recordings to, shorter than 1,000 characters.",
  })
  recordingCallbackUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "HTTP method for those reports: `GET` or `POST`. `POST` when left out.",
  })
  recordingCallbackMethod?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of a sound, mp3 or wav, that the first person hears before being connected.",
  })
  firstPartyPlayUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Address of a sound, mp3 or wav, that the second person hears before being connected.",
  })
  secondPartyPlayUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Real number of the first person. Only for sessions created with a single person.",
  })
  firstParty?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Real number of the second person. Only for sessions created with a single person.",
  })
  secondParty?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}
