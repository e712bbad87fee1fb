import { Field, ID, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { Personal } from "../shared/personal.decorator.js";
import { RequiresScope } from "../shared/scope.decorator.js";
import { TranscriptSource } from "./transcript.enums.js";

@ObjectType({ description: "One turn of a conversation.", simpleResolvers: true })
export class TranscriptEntry {
  @Field(() => ID, { description: "Its id in this graph. A turn that is corrected keeps it." })
  id!: string;

  @Field(() => ID, {
    nullable: true,
    description: "Its id at the provider. Null where the provider gives it none.",
  })
  providerId!: string | null;

  @Field(() => Int, {
    description: "Place in the conversation, from 0. A corrected turn comes again under its index.",
  })
  index!: number;

  @Field(() => TranscriptSource, { description: "Who said or wrote it." })
  source!: TranscriptSource;

  @Personal("text")
  @Field(() => String, { description: "What was said or written." })
  text!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it began; for a message, when it was sent.",
  })
  startedAt!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was over. Null while it goes on." })
  endedAt!: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Company whose model heard or spoke it, such as `deepgram`. Null for people who write.",
  })
  provider!: string | null;

  @Field(() => String, { nullable: true, description: "Model that heard or spoke it, such as `nova-3`." })
  model!: string | null;

  @RequiresScope("raw:read")
  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "Whatever the provider attached to the turn. Scope `raw:read`.",
  })
  metadata!: unknown;

  @Field(() => Int, {
    nullable: true,
    description: "Speko: milliseconds until it was noticed that the speaker had finished.",
  })
  eouMs?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Speko: milliseconds until the language model's first word.",
  })
  llmTtftMs?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Speko: milliseconds until the first sound of the spoken answer.",
  })
  ttsTtfbMs?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "Speko: milliseconds that the other side waited for an answer in all.",
  })
  conversationalLatencyMs?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Speko: how far the latencies could be measured: `partial`, `complete`, `interrupted` or `error`, perhaps more.",
  })
  latencyStatus?: string | null;

  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "Speko: tools that the agent called in this turn, a list of objects with `name` and `args`.",
  })
  toolCalls?: unknown;

  @Personal()
  @Field(() => String, {
    nullable: true,
    description: "Evo Voice: who sent the message: a number, an e-mail or a user.",
  })
  from?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Evo Voice: address of a picture or file sent with the message.",
  })
  mediaUri?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Evo Voice: media type of that picture or file, such as `image/png`.",
  })
  mediaContentType?: string | null;
}
