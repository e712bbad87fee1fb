import type { GraphQLResolveInfo } from "graphql";
import { Args, Ctx, FieldResolver, Info, Query, Resolver, Root } from "type-graphql";
import {
  Connection, Freshness, Interaction, JsonScalar, Member, Recording, RelatedSession, Report, Session, SessionArgs,
  SessionConnection, SessionsArgs, TimelineArgs, TimelineConnection, Transcript, Transfer,
} from "../../schema/index.js"; // prettier-ignore
import type { OperationContext, SessionNode } from "../../src/context/context.js";
import { selectedFields } from "../shared/selection.js";

@Resolver(() => Session)
export class SessionResolver {
  @Query(() => Session, {
    nullable: true,
    description:
      "One session. Read again from its provider when the kept copy is too old; when the provider cannot answer, the kept " +
      "copy is answered as stale. Null for an id that names no session you may see.",
  })
  session(@Args(() => SessionArgs) { id, maxAge }: SessionArgs, @Ctx() context: OperationContext): unknown {
    return context.sessions.byId(id, maxAge ?? undefined);
  }

  @Query(() => SessionConnection, {
    description:
      "Sessions of all connections in one order, from what is kept here. A provider that is down never fails the list: " +
      "`sources` says what could not be had.",
  })
  sessions(
    @Args(() => SessionsArgs) { orderBy, ...args }: SessionsArgs,
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
  ): unknown {
    const fields = selectedFields(info, [["nodes"], ["edges", "node"]]);
    return context.pages.page({ ...args, order: orderBy, fields });
  }

  @FieldResolver(() => Connection)
  connection(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.connections.byName(session.handle.row.connection);
  }

  @FieldResolver(() => [Member])
  members(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.fields.members(session);
  }

  @FieldResolver(() => [Interaction])
  interactions(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.fields.interactions(session);
  }

  @FieldResolver(() => [Transfer])
  transfers(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.fields.transfers(session);
  }

  @FieldResolver(() => Transcript, { nullable: true })
  transcript(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.fields.transcript(session);
  }

  @FieldResolver(() => Report, { nullable: true })
  report(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.fields.report(session);
  }

  @FieldResolver(() => [Recording])
  recordings(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.fields.recordings(session);
  }

  @FieldResolver(() => TimelineConnection, { nullable: true })
  timeline(
    @Root() session: SessionNode,
    @Args(() => TimelineArgs) args: TimelineArgs,
    @Ctx() context: OperationContext,
  ): unknown {
    return context.fields.timeline(session, args);
  }

  @FieldResolver(() => [RelatedSession])
  related(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.related(session);
  }

  @FieldResolver(() => Freshness)
  freshness(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.fields.freshness(session);
  }

  @FieldResolver(() => JsonScalar, { nullable: true })
  raw(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.sessions.raw(session);
  }
}
