import { Field, Float, ID, ObjectType } from "type-graphql";
import { Session } from "../session/session.type.js";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { Personal } from "../shared/personal.decorator.js";
import type { Ref } from "../shared/ref.js";
import { RequiresScope } from "../shared/scope.decorator.js";

@ObjectType({ description: "A recording of a session, or of one call inside it.", simpleResolvers: true })
export class Recording {
  @Field(() => ID, { description: "Its id in this graph." })
  id!: string;

  @Field(() => Session, { description: "The session that was recorded." })
  session?: Ref<Session>;

  @Field(() => String, {
    nullable: true,
    description: "The provider's own word for how far it is, such as `pending`, `uploading` or `ready`.",
  })
  status!: string | null;

  @Field(() => String, { nullable: true, description: "Format of the file, such as `mp3` or `wav`." })
  format!: string | null;

  @Field(() => Float, { nullable: true, description: "How long it is, in seconds." })
  durationSeconds!: number | null;

  @RequiresScope("recordings:read")
  @Field(() => String, {
    nullable: true,
    description:
      "Where to fetch it, for a short time. It is asked from the provider when selected and never stored. Null until there is " +
      "a file. Scope `recordings:read`.",
  })
  url?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "PortSIP, Evo Voice: id of the recording or file at the provider.",
  })
  providerId?: string | null;

  @Personal()
  @Field(() => String, { nullable: true, description: "PortSIP: who called." })
  caller?: string | null;

  @Personal()
  @Field(() => String, { nullable: true, description: "PortSIP: who was called." })
  callee?: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "PortSIP: when the call was answered and recording began.",
  })
  startedAt?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "PortSIP: when recording ended." })
  endedAt?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "PortSIP: length in seconds, as the provider counts it.",
  })
  duration?: number | null;

  @Personal("text")
  @Field(() => String, {
    nullable: true,
    description:
      "PortSIP, Evo Voice: name of the file. PortSIP's address of the file (`file_url`) is left out on purpose: whoever has it can " +
      "fetch the file, so it is answered as `url` only.",
  })
  fileName?: string | null;

  @Field(() => Float, { nullable: true, description: "PortSIP: size of the file in bytes." })
  fileSize?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "PortSIP: how far the transcription of the recording is, in more words.",
  })
  statusDescription?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "PortSIP: mood that the transcription found, in the provider's words.",
  })
  sentiment?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Plivo: address of the recording at Plivo's API, which asks for Plivo credentials.",
  })
  recordingResourceUrl?: string | null;
}
