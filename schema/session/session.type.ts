import { Field, Float, ID, InterfaceType } from "type-graphql";
import { Connection } from "../connection/connection.type.js";
import { Provider } from "../connection/connection.enums.js";
import { Interaction } from "../interaction/interaction.type.js";
import { Member } from "../member/member.type.js";
import { Party } from "../party/party.type.js";
import { Recording } from "../recording/recording.type.js";
import { Report } from "../report/report.type.js";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { Money } from "../shared/money.type.js";
import { Node, resolveNodeType } from "../shared/node.type.js";
import { Personal } from "../shared/personal.decorator.js";
import type { Ref } from "../shared/ref.js";
import { RequiresScope } from "../shared/scope.decorator.js";
import { TakesArgs } from "../shared/takes-args.decorator.js";
import { TimelineArgs } from "../timeline/timeline.args.js";
import { TimelineConnection } from "../timeline/timeline-connection.type.js";
import { Transcript } from "../transcript/transcript.type.js";
import { Transfer } from "../transfer/transfer.type.js";
import { Freshness } from "./freshness.type.js";
import { RelatedSession } from "./related-session.type.js";
import { Channel, Direction, SessionPhase, SessionState } from "./session.enums.js";

@InterfaceType({
  description:
    "One call, chat, fax or masked-number mapping at one provider. What every provider can tell is here, in the same " +
    "words for all; what only one provider can tell is on that provider's own type.",
  implements: Node,
  resolveType: resolveNodeType,
})
export abstract class Session extends Node {
  @Field(() => Provider, { description: "The product that the session happened at." })
  provider!: Provider;

  @Field(() => Connection, { description: "The configured account that the session was read through." })
  connection?: Ref<Connection>;

  @Field(() => ID, { description: "The session's id at its provider, exactly as the provider wrote it." })
  providerId!: string;

  @Field(() => Channel, { description: "The medium: voice, chat or fax." })
  channel!: Channel;

  @Field(() => Direction, { description: "Which way the session goes." })
  direction!: Direction;

  @Field(() => SessionPhase, { description: "How far along the session is: open, live or ended." })
  phase!: SessionPhase;

  @Field(() => SessionState, { description: "What the session is doing, or how it ended." })
  state!: SessionState;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "A title to show for the session." })
  title!: string | null;

  @Field(() => Party, { nullable: true, description: "Who called, wrote or sent." })
  from!: Ref<Party> | null;

  @Field(() => Party, { nullable: true, description: "Who was called, written or sent to." })
  to!: Ref<Party> | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When the session started, ringing included." })
  startedAt!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was first answered." })
  answeredAt!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it ended. Null while it goes on." })
  endedAt!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it last changed at its provider." })
  updatedAt!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      "How long it lasted, in seconds, as the provider counts it. Null where the provider does not say.",
  })
  durationSeconds!: number | null;

  @Field(() => Money, { nullable: true, description: "What it cost in all, where the provider says." })
  cost!: Ref<Money> | null;

  @Field(() => [Member], { description: "Who takes or took part in it." })
  members?: Member[];

  @Field(() => [Interaction], { description: "The calls placed inside it, oldest first." })
  interactions?: Interaction[];

  @Field(() => [Transfer], { description: "Every attempt to hand it to somebody else, oldest first." })
  transfers?: Transfer[];

  @RequiresScope("transcripts:read")
  @Field(() => Transcript, {
    nullable: true,
    description: "What was said or written. Null where there is none. Scope `transcripts:read`.",
  })
  transcript?: Ref<Transcript> | null;

  @RequiresScope("transcripts:read")
  @Field(() => Report, {
    nullable: true,
    description: "What came of it. Null while there is nothing to report. Scope `transcripts:read`.",
  })
  report?: Ref<Report> | null;

  @Field(() => [Recording], { description: "Its recordings. Their addresses need scope `recordings:read`." })
  recordings?: Recording[];

  @RequiresScope("transcripts:read")
  @TakesArgs(() => TimelineArgs)
  @Field(() => TimelineConnection, {
    nullable: true,
    description:
      "Everything that is known to have happened, oldest first: provider events, log lines, changes of state, transfers. " +
      "Scope `transcripts:read`.",
  })
  timeline?: Ref<TimelineConnection> | null;

  @Field(() => [RelatedSession], {
    description: "The same conversation as other providers or connections saw it.",
  })
  related?: RelatedSession[];

  @Field(() => Freshness, { description: "Where this answer came from and how old it is." })
  freshness?: Ref<Freshness>;

  @RequiresScope("raw:read")
  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "The provider's own payload, as it was received. Scope `raw:read`.",
  })
  raw?: unknown;
}
