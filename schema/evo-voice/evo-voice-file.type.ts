import { Field, Float, ID, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { Personal } from "../shared/personal.decorator.js";
import { RequiresScope } from "../shared/scope.decorator.js";
import { EvoVoiceBreadcrumb } from "./evo-voice-nested.type.js";

@ObjectType({
  description:
    "A file that Evo Voice keeps for a session: a recording, a voice message, a fax, an attachment.",
  simpleResolvers: true,
})
export class EvoVoiceFile {
  @Field(() => ID, { nullable: true, description: "Evo Voice's id of the file." })
  id?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the file was made." })
  dateCreated?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the file's record last changed." })
  dateLastModified?: number | null;

  @Field(() => String, { nullable: true, description: "User who made the file." })
  createdBy?: string | null;

  @Field(() => String, { nullable: true, description: "User who last changed the file's record." })
  lastModifiedBy?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "What kind of file it is: `Upload`, `VoiceMessage`, `CallRecording`, `Fax`, `Attachment`, `FaxOutgoing`, perhaps more.",
  })
  type?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of the account that owns it." })
  accountId?: string | null;

  @Field(() => String, { nullable: true, description: "Name of the account that owns it." })
  accountName?: string | null;

  @Field(() => ID, { nullable: true, description: "Id of the customer that owns it." })
  customerId?: string | null;

  @Field(() => String, { nullable: true, description: "Name of the customer that owns it." })
  customerName?: string | null;

  @Field(() => [EvoVoiceBreadcrumb], {
    nullable: true,
    description: "Customers from the account down to the one that owns it.",
  })
  customerBreadcrumb?: EvoVoiceBreadcrumb[] | null;

  @Field(() => ID, { nullable: true, description: "Id of the user that it has to do with." })
  userId?: string | null;

  @Field(() => String, { nullable: true, description: "Name of the user that it has to do with." })
  userName?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Name of the file." })
  fileName?: string | null;

  @RequiresScope("recordings:read")
  @Field(() => String, {
    nullable: true,
    description: "Where the file's bytes are. Scope `recordings:read`.",
  })
  uri?: string | null;

  @Field(() => String, { nullable: true, description: "Media type of the file, such as `audio/mpeg`." })
  contentType?: string | null;

  @Field(() => Float, { nullable: true, description: "Size of the file in bytes." })
  contentLength?: number | null;

  @Field(() => String, { nullable: true, description: "The carrier's id of the recording." })
  recordingSid?: string | null;

  @Field(() => Int, { nullable: true, description: "Length of the recording in seconds." })
  recordingDuration?: number | null;

  @Personal()
  @Field(() => String, { nullable: true, description: "Who can be heard on the recording." })
  recordingFrom?: string | null;

  @RequiresScope("transcripts:read")
  @Personal("text")
  @Field(() => String, {
    nullable: true,
    description: "What is said in the file, as the carrier understood it. Scope `transcripts:read`.",
  })
  transcription?: string | null;

  @RequiresScope("transcripts:read")
  @Personal("text")
  @Field(() => String, {
    nullable: true,
    description: "What is said in the file, as a language model understood it. Scope `transcripts:read`.",
  })
  aiTranscription?: string | null;

  @Personal()
  @Field(() => String, { nullable: true, description: "Who called or sent." })
  fromAddress?: string | null;

  @Personal()
  @Field(() => String, { nullable: true, description: "Who was called or sent to." })
  toAddress?: string | null;
}
