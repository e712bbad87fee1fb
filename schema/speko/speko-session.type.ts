import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { Session } from "../session/session.type.js";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { Node } from "../shared/node.type.js";
import { Personal } from "../shared/personal.decorator.js";
import { RequiresScope } from "../shared/scope.decorator.js";

@Directive('@key(fields: "id")')
@ObjectType({
  description: "A call that a voice-AI agent of Speko holds.",
  implements: [Session, Node],
  simpleResolvers: true,
})
export class SpekoSession extends Session {
  @Field(() => ID, { nullable: true, description: "Speko's id of the call; the same value as `providerId`." })
  callId?: string | null;

  @Field(() => String, { nullable: true, description: "Path of the call at Speko's API." })
  resourceUri?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "Speko's id of the agent. Null for calls made without one.",
  })
  agentId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "State in Speko's words, such as `active`, `ended` or `failed`. It can say `failed` while the call goes on; `state` is made " +
      "from more than this.",
  })
  status?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Kind of call in Speko's words, such as `phone`, `cascade` or `s2s`. It says nothing about direction.",
  })
  kind?: string | null;

  @Field(() => String, { nullable: true, description: "Media room that the call takes place in." })
  roomName?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Language of the call as a BCP 47 tag, such as `en-US`.",
  })
  language?: string | null;

  @RequiresScope("raw:read")
  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "How the agent was set up for this call: instructions, models, voices. Scope `raw:read`.",
  })
  pipelineConfig?: unknown;

  @RequiresScope("raw:read")
  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "Whatever was attached to the call when it was created. Scope `raw:read`.",
  })
  metadata?: unknown;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the call was created." })
  createdAt?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "How far the recording is: `pending`, `uploading`, `ready`, `failed` or `suppressed`. Null on old calls.",
  })
  recordingStatus?: string | null;

  @Field(() => Int, { nullable: true, description: "Length of the recording in milliseconds." })
  recordingDurationMs?: number | null;

  @Field(() => String, {
    nullable: true,
    description: "Path of the recording at Speko's API. Calls without a recording have one too.",
  })
  recordingResourceUri?: string | null;

  @Field(() => String, { nullable: true, description: "Where Speko keeps the recording." })
  recordingObjectPath?: string | null;

  @RequiresScope("raw:read")
  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description:
      "What the agent did and how long each step took, as a tree in no fixed shape. Scope `raw:read`.",
  })
  spanTree?: unknown;
}
