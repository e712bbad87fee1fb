import { Directive, Field, Float, Int, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { Node } from "../shared/node.type.js";
import type { Ref } from "../shared/ref.js";
import { RequiresScope } from "../shared/scope.decorator.js";
import { SourceError } from "../shared/source-error.type.js";
import { Capability, ConnectionHealth, Provider } from "./connection.enums.js";
import { WebhookInbox } from "./webhook-inbox.type.js";

@Directive('@key(fields: "id")')
@ObjectType({
  description: "One configured account at one provider, and how it is doing.",
  implements: Node,
  simpleResolvers: true,
})
export class Connection extends Node {
  @Field(() => String, { description: "The name it was given in the configuration, such as `plivo`." })
  name!: string;

  @Field(() => Provider, { description: "The product it connects to." })
  provider!: Provider;

  @Field(() => ConnectionHealth, { description: "How it is doing." })
  health!: ConnectionHealth;

  @Field(() => [Capability], { description: "What can be done through it." })
  capabilities!: Capability[];

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When its sessions were last read successfully. Null when they never were.",
  })
  lastSyncedAt!: number | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "From here on its sessions are known without gaps; lists that reach further back ask the provider.",
  })
  coveredSince!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: "Seconds that what is known here may lie behind what happens at the provider.",
  })
  lagSeconds!: number | null;

  @Field(() => String, {
    description:
      "Whether requests go out: `closed` (they do), `open` (none do, after too many failures) or `half-open` (one is tried).",
  })
  circuit!: string;

  @Field(() => Float, { description: "Requests sent to the provider in the last minute." })
  requestsPerMinute!: number;

  @RequiresScope("admin")
  @Field(() => SourceError, {
    nullable: true,
    description: "What went wrong last. Null when nothing did. Scope `admin`.",
  })
  lastError!: Ref<SourceError> | null;

  @RequiresScope("admin")
  @Field(() => WebhookInbox, {
    nullable: true,
    description: "What its provider has sent by itself. Null where no webhooks are set up. Scope `admin`.",
  })
  webhooks?: Ref<WebhookInbox> | null;

  @Field(() => Int, { description: "Sessions known here." })
  sessionCount?: number;

  @Field(() => Int, { description: "Of those, sessions that are live." })
  liveCount?: number;
}
