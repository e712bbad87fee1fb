import { Field, ObjectType } from "type-graphql";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import type { Ref } from "../shared/ref.js";
import { SourceError } from "../shared/source-error.type.js";
import { Connection } from "./connection.type.js";

@ObjectType({ description: "How one connection contributed to a list.", simpleResolvers: true })
export class SourceStatus {
  @Field(() => Connection, { description: "The connection." })
  connection!: Ref<Connection>;

  @Field(() => Boolean, { description: "True when everything that was asked of it could be had." })
  ok!: boolean;

  @Field(() => Boolean, { description: "True when its rows may be older than they should be." })
  stale!: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When its sessions were last read successfully. Null when they never were.",
  })
  syncedAt!: number | null;

  @Field(() => SourceError, { nullable: true, description: "What went wrong. Null when nothing did." })
  error!: Ref<SourceError> | null;
}
