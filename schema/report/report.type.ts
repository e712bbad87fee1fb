import { Field, ID, Int, ObjectType } from "type-graphql";
import { Session } from "../session/session.type.js";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { Money } from "../shared/money.type.js";
import { Personal } from "../shared/personal.decorator.js";
import type { Ref } from "../shared/ref.js";
import { RequiresScope } from "../shared/scope.decorator.js";
import { SpekoWebhookDelivery } from "../speko/speko-webhook-delivery.type.js";
import { Transcript } from "../transcript/transcript.type.js";
import { CostLine } from "./cost-line.type.js";
import { AnalysisStatus, ReportOrigin } from "./report.enums.js";

@ObjectType({
  description:
    "What came of a session. Either its provider wrote it, or it was computed here from totals and states; `origin` tells.",
  simpleResolvers: true,
})
export class Report {
  @Field(() => ID, { description: "Its id in this graph." })
  id!: string;

  @Field(() => Session, { description: "The session that it is about." })
  session?: Ref<Session>;

  @Field(() => ReportOrigin, { description: "Who wrote it." })
  origin!: ReportOrigin;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "What happened, in a few sentences." })
  summary!: string | null;

  @Personal("text")
  @Field(() => String, {
    nullable: true,
    description: "What came of it, in a few words. Provisional unless `analysisStatus` is `COMPLETED`.",
  })
  outcome!: string | null;

  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "What was extracted from the conversation, in the shape that the agent was set up for.",
  })
  structuredData!: unknown;

  @Field(() => Transcript, { nullable: true, description: "The conversation that it is about." })
  transcript?: Ref<Transcript> | null;

  @Field(() => Money, { nullable: true, description: "What the session cost in all." })
  cost!: Ref<Money> | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The same in millionths of a US dollar, as an integer in a string, as the provider wrote it.",
  })
  costMicroUsd!: string | null;

  @Field(() => [CostLine], {
    description: "What the cost is made of. Empty where the provider does not say.",
  })
  costBreakdown!: CostLine[];

  @Field(() => AnalysisStatus, { nullable: true, description: "How far the provider's analysis has come." })
  analysisStatus!: AnalysisStatus | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Whether the provider could deliver the report to the account's own address: `not_configured`, `pending`, `delivered` or `failed`.",
  })
  postCallWebhookStatus!: string | null;

  @Personal("text")
  @Field(() => JsonScalar, { nullable: true, description: "The call back that was agreed upon, if any." })
  scheduledCallback!: unknown;

  @Field(() => String, { nullable: true, description: "The provider's id of the organization that owns it." })
  organizationId!: string | null;

  @RequiresScope("raw:read")
  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "Whatever was attached to the session when it was created. Scope `raw:read`.",
  })
  metadata!: unknown;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was first written." })
  createdAt!: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "When it was last rewritten." })
  updatedAt!: number | null;

  @Personal("text")
  @Field(() => JsonScalar, {
    nullable: true,
    description: "Speko: what else the analysis produced, in no fixed shape.",
  })
  artifacts?: unknown;

  @Field(() => String, { nullable: true, description: "Speko: company whose model did the analysis." })
  analysisProvider?: string | null;

  @Field(() => String, { nullable: true, description: "Speko: model that did the analysis." })
  analysisModel?: string | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Speko: why the analysis did not work." })
  analysisError?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Speko: when the analysis was done." })
  analysisCompletedAt?: number | null;

  @Field(() => Int, { nullable: true, description: "Speko: how often delivery of the report was tried." })
  postCallWebhookAttempts?: number | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "Speko: when delivery of the report is tried next.",
  })
  postCallWebhookNextRetryAt?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Speko: when the report was delivered." })
  postCallWebhookDeliveredAt?: number | null;

  @Personal("text")
  @Field(() => String, { nullable: true, description: "Speko: why delivery of the report did not work." })
  postCallWebhookError?: string | null;

  @Field(() => [SpekoWebhookDelivery], {
    nullable: true,
    description: "Speko: deliveries of the report, one row for each address it was sent to.",
  })
  webhookDeliveries?: SpekoWebhookDelivery[] | null;
}
