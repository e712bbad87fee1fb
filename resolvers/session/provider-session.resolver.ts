/** Fields of the providers' own session types that a list row does not carry: read only when they are selected. */
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import {
  EvoVoiceBreadcrumb,
  EvoVoiceFile,
  EvoVoiceLogEntry,
  EvoVoiceSession,
  PortsipCall,
  PortsipCallLog,
  PortsipSession,
} from "../../schema/index.js";
import type { OperationContext, SessionNode } from "../../src/context/context.js";

@Resolver(() => EvoVoiceSession)
export class EvoVoiceSessionResolver {
  // Asked only where the row has none: these lists must not be null.
  @FieldResolver(() => [EvoVoiceLogEntry])
  log(): unknown {
    return [];
  }

  @FieldResolver(() => [EvoVoiceBreadcrumb])
  customerBreadcrumb(): unknown {
    return [];
  }

  @FieldResolver(() => [EvoVoiceFile], { nullable: true })
  files(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.fields.detail(session, "recordings", "files");
  }
}

@Resolver(() => PortsipSession)
export class PortsipSessionResolver {
  @FieldResolver(() => [PortsipCall])
  calls(): unknown {
    return [];
  }

  @FieldResolver(() => PortsipCallLog, { nullable: true })
  callLog(@Root() session: SessionNode, @Ctx() context: OperationContext): unknown {
    return context.fields.detail(session, "detail", "callLog");
  }
}
