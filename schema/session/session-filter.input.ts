import { Field, Float, ID, InputType } from "type-graphql";
import { Provider } from "../connection/connection.enums.js";
import { DateTimeScalar } from "../shared/date-time.scalar.js";
import { JsonScalar } from "../shared/json.scalar.js";
import { Channel, Direction, SessionPhase, SessionState } from "./session.enums.js";

@InputType({
  description:
    "Which sessions to take. A session must meet every condition given; a list is met by any of its values.",
})
export class SessionFilter {
  @Field(() => [ID], { nullable: true, description: "Only these sessions, by their ids in this graph." })
  ids?: string[] | null;

  @Field(() => [Provider], { nullable: true, description: "Only sessions at these providers." })
  providers?: Provider[] | null;

  @Field(() => [String], { nullable: true, description: "Only sessions of these connections, by name." })
  connections?: string[] | null;

  @Field(() => [SessionPhase], { nullable: true, description: "Only sessions in these phases." })
  phases?: SessionPhase[] | null;

  @Field(() => [SessionState], { nullable: true, description: "Only sessions in these states." })
  states?: SessionState[] | null;

  @Field(() => [Channel], { nullable: true, description: "Only sessions over these media." })
  channels?: Channel[] | null;

  @Field(() => [Direction], { nullable: true, description: "Only sessions that go one of these ways." })
  directions?: Direction[] | null;

  @Field(() => String, {
    nullable: true,
    description: "Somebody at either end: any common spelling of a telephone number, or an exact address.",
  })
  address?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Only sessions that started then or later." })
  startedAfter?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Only sessions that started before then." })
  startedBefore?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: "Only sessions that changed then or later." })
  updatedAfter?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Only sessions with, or without, an attempt to transfer them.",
  })
  hasTransfer?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Only sessions with, or without, a transcript." })
  hasTranscript?: boolean | null;

  @Field(() => Float, {
    nullable: true,
    description: "Only sessions that lasted at least this many seconds.",
  })
  minDurationSeconds?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "Words that must all occur in titles, names, log lines, summaries or transcripts, whatever their case and accents; " +
      '`"a phrase"`, `word*` and `-word` as in `searchTranscripts`. Without the scope `transcripts:read`, titles and ' +
      "names alone count.",
  })
  text?: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description:
      'Fields of the providers\' own session types, by their names in this graph, compared for equality: `{ "queueState": "Queued" }`.',
  })
  providerFields?: unknown;
}
