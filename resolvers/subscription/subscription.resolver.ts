/** What can be subscribed to. Each field's `subscribe` says what tells it; what is told is answered as it is. */
import { Arg, Args, ID, Resolver, Root, Subscription } from "type-graphql";
import {
  Connection, RequiresScope, SessionChange, SessionChangesArgs, SessionFilter, SessionSubscriptionArgs, TimelineEvent,
  TranscriptEntry, TranscriptSubscriptionArgs, Transfer,
} from "../../schema/index.js"; // prettier-ignore
import type { LiveSources, OperationContext } from "../../src/context/context.js";

/** Hands the arguments to what is live. GraphQL awaits the answer; the library knows only of iterables that are there. */
function telling(field: keyof LiveSources) {
  return ({ args, context }: { args: object; context: OperationContext }) => {
    const tell = context.live?.[field] as ((args: object) => AsyncIterable<unknown>) | undefined;
    if (tell === undefined) throw new RangeError("nothing is live in this operation");
    return tell(args);
  };
}

@Resolver()
export class SubscriptionResolver {
  @Subscription(() => SessionChange, {
    subscribe: telling("sessionChanges"),
    description:
      "Sessions as they change, in one order. Without `after`: the matching sessions as they are (`SNAPSHOT`), then every " +
      "change. With it: every change since. `session` shows what is stored; nothing is read from a provider for it.",
  })
  sessionChanges(
    @Root() change: unknown,
    @Args(() => SessionChangesArgs) _args: SessionChangesArgs,
  ): unknown {
    return change;
  }

  @Subscription(() => SessionChange, {
    subscribe: telling("session"),
    description:
      "One session: as it is, then every change. It completes when the session has ended and its report is final: analysed by " +
      "the provider, or old enough that nothing more is expected.",
  })
  session(
    @Root() change: unknown,
    @Args(() => SessionSubscriptionArgs) _args: SessionSubscriptionArgs,
  ): unknown {
    return change;
  }

  @RequiresScope("transcripts:read")
  @Subscription(() => TranscriptEntry, {
    subscribe: telling("transcript"),
    description:
      "The turns of one session as they are spoken. A corrected turn comes again under its index. It completes with the " +
      "session, as `session` does. Scope `transcripts:read`.",
  })
  transcript(
    @Root() entry: unknown,
    @Args(() => TranscriptSubscriptionArgs) _args: TranscriptSubscriptionArgs,
  ): unknown {
    return entry;
  }

  @Subscription(() => Transfer, {
    subscribe: telling("transfers"),
    description: "Every attempt to hand a session over: when it begins and whenever it changes, from now on.",
  })
  transfers(
    @Root() transfer: unknown,
    @Arg("filter", () => SessionFilter, {
      nullable: true,
      description: "Which sessions to watch. Without it, all that you may see.",
    })
    _filter?: SessionFilter | null,
  ): unknown {
    return transfer;
  }

  @RequiresScope("transcripts:read")
  @Subscription(() => TimelineEvent, {
    subscribe: telling("timeline"),
    description:
      "Everything that is known to have happened in one session, oldest first, then what happens, as it becomes known; an " +
      "event that is told again has changed. It completes with the session. Scope `transcripts:read`.",
  })
  timeline(
    @Root() event: unknown,
    @Arg("sessionId", () => ID, { description: "The session's id in this graph." }) _sessionId: string,
  ): unknown {
    return event;
  }

  @Subscription(() => Connection, {
    subscribe: telling("connectionChanges"),
    description:
      "The connections that you may see, each as it is, then whenever its health, circuit, coverage, errors or numbers of " +
      "sessions change. Times and rates, which change all the time, are no reason.",
  })
  connectionChanges(@Root() connection: unknown): unknown {
    return connection;
  }
}
