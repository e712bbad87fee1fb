import { Directive, Field, ID, ObjectType } from "type-graphql";
import { Session } from "../session/session.type.js";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { Node } from "../shared/node.type.js";
import { Personal } from "../shared/personal.decorator.js";
import { EvoVoiceFile } from "./evo-voice-file.type.js";
import { EvoVoiceBreadcrumb, EvoVoiceLogEntry } from "./evo-voice-nested.type.js";

@Directive('@key(fields: "id")')
@ObjectType({
  description: "A call, chat or fax at Evo Voice.",
  implements: [Session, Node],
  simpleResolvers: true,
})
export class EvoVoiceSession extends Session {
  @Field(() => DateTimeScalar, { nullable: true, description: "When the session was created." })
  dateCreated?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the session last changed." })
  dateLastModified?: number | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When the session was over. Null while it goes on.",
  })
  dateCompleted?: number | null;

  @Field(() => String, { nullable: true, description: "User who created the session." })
  createdBy?: string | null;

  @Field(() => String, { nullable: true, description: "User who last changed the session." })
  lastModifiedBy?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Whether somebody is being dialled: `None` or `Active`.",
  })
  dialState?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "State of the call: `Disconnected`, `Ringing`, `Connected`, `Hold` or `Passive`, perhaps more. A new session says " +
      "`Disconnected` too; `ended` tells whether it is over.",
  })
  callState?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "State within a queue: `None`, `Queued`, `Ringing`, `Connected`, `Hold` or `Disconnected`, perhaps more.",
  })
  queueState?: string | null;

  @Field(() => Boolean, { nullable: true, description: "True when the session is over." })
  ended?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "True when nobody took the call." })
  wasMissed?: boolean | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "What came of the session, in free words." })
  outcome?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of the account that owns the session." })
  accountId?: string | null;

  @Field(() => String, { nullable: true, description: "Name of the account that owns the session." })
  accountName?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of the customer that owns the session." })
  customerId?: string | null;

  @Field(() => String, { nullable: true, description: "Name of the customer that owns the session." })
  customerName?: string | null;

  @Field(() => [EvoVoiceBreadcrumb], {
    description: "Customers from the account down to the one that owns the session.",
  })
  customerBreadcrumb!: EvoVoiceBreadcrumb[];

  @Field(() => ID, {
    nullable: true,
    description: "Id of the endpoint (a number, user, team or the like) that the session belongs to.",
  })
  endpointId?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Name of that endpoint." })
  endpointName?: string | null;

  @Personal()
  @Field(() => String, { nullable: true, description: "What was dialled, as it was typed." })
  destination?: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Who was called: a number, an e-mail address, or a user or team of the account.",
  })
  toAddress?: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Who called: a number, an e-mail address, or a user or team of the account.",
  })
  fromAddress?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Name of whoever called." })
  fromName?: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Number that a chat by text message comes from, or that a call shows as the caller's.",
  })
  fromPhoneNumber?: string | null;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Number to call back, for calls from a SIP phone to a user.",
  })
  callbackNumber?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of the endpoint that answered." })
  answeredById?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Name of whoever answered." })
  answeredByName?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Title of the session." })
  displayName?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of the queue's member that the session was given to." })
  queueMemberId?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of the queue that the call rings in now." })
  ringQueueId?: string | null;

  @Field(() => String, { nullable: true, description: "Queue that the call is held in." })
  holdQueueName?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of the user who put the call on hold." })
  heldByUserId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Why the call is on hold: `None` or `Transferring`, perhaps more.",
  })
  holdReason?: string | null;

  @Field(() => String, { nullable: true, description: "The carrier's id of the call." })
  callSid?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The carrier's id of the conference that the call became.",
  })
  conferenceSid?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The carrier's id of the call of whoever joined the conference last.",
  })
  mostRecentParticipantCallSid?: string | null;

  @Personal("text")
  @Field(() => String, {
    nullable: true,
    description: "Text that the operators' console keeps with the session.",
  })
  consoleData?: string | null;

  @Field(() => [EvoVoiceLogEntry], {
    description: "What Evo Voice wrote down about the session, oldest first.",
  })
  log!: EvoVoiceLogEntry[];

  @Field(() => [EvoVoiceFile], {
    nullable: true,
    description:
      "Recordings, voice messages, faxes and attachments of the session. Null when the connection's user has no role at Evo " +
      "Voice that may read them.",
  })
  files?: EvoVoiceFile[] | null;
}
