import { Arg, Ctx, ID, Mutation, Resolver } from "type-graphql";
import {
  CreateEvoVoiceSessionInput, CreatePlivoSessionInput, CreatePortsipSessionInput, EndSessionInput, HoldSessionInput,
  RequiresScope, ResumeSessionInput, Session, SessionPayload, UpdateEvoVoiceSessionInput, UpdatePlivoSessionInput,
} from "../../schema/index.js"; // prettier-ignore
import type { OperationContext } from "../../src/context/context.js";

@Resolver(() => SessionPayload)
export class SessionCommandResolver {
  @Mutation(() => SessionPayload, { description: "Creates a masking session at Plivo." })
  createPlivoSession(
    @Arg("input", () => CreatePlivoSessionInput, { description: "What to create." })
    input: CreatePlivoSessionInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.onSession({ name: "createPlivoSession", kind: "CREATE", provider: "PLIVO", input });
  }

  @Mutation(() => SessionPayload, { description: "Changes a masking session at Plivo." })
  updatePlivoSession(
    @Arg("input", () => UpdatePlivoSessionInput, { description: "What to change." })
    input: UpdatePlivoSessionInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.onSession({ name: "updatePlivoSession", kind: "UPDATE", provider: "PLIVO", input });
  }

  @Mutation(() => SessionPayload, {
    description: "Places a call through a PortSIP PBX: the caller's phone rings first, then the callee's.",
  })
  createPortsipSession(
    @Arg("input", () => CreatePortsipSessionInput, { description: "Who calls whom, and how." })
    input: CreatePortsipSessionInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.onSession({ name: "createPortsipSession", kind: "CREATE", provider: "PORTSIP", input });
  }

  @Mutation(() => SessionPayload, { description: "Creates a session at Evo Voice." })
  createEvoVoiceSession(
    @Arg("input", () => CreateEvoVoiceSessionInput, { description: "What to create." })
    input: CreateEvoVoiceSessionInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.onSession({ name: "createEvoVoiceSession", kind: "CREATE", provider: "EVO_VOICE", input });
  }

  @Mutation(() => SessionPayload, { description: "Changes what Evo Voice keeps with a session." })
  updateEvoVoiceSession(
    @Arg("input", () => UpdateEvoVoiceSessionInput, { description: "What to change." })
    input: UpdateEvoVoiceSessionInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.onSession({ name: "updateEvoVoiceSession", kind: "UPDATE", provider: "EVO_VOICE", input });
  }

  @Mutation(() => SessionPayload, {
    description: "Hangs up, expires or closes a session, whichever its provider calls it.",
  })
  endSession(
    @Arg("input", () => EndSessionInput, { description: "Which session." }) input: EndSessionInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.onSession({ name: "endSession", kind: "END", input });
  }

  @Mutation(() => SessionPayload, { description: "Puts one side of a session on hold." })
  holdSession(
    @Arg("input", () => HoldSessionInput, { description: "Which session, and whose side." })
    input: HoldSessionInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.onSession({ name: "holdSession", kind: "HOLD", input });
  }

  @Mutation(() => SessionPayload, { description: "Takes a held session up again." })
  resumeSession(
    @Arg("input", () => ResumeSessionInput, { description: "Which session, and whose side." })
    input: ResumeSessionInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.onSession({ name: "resumeSession", kind: "RESUME", input });
  }

  @RequiresScope("sessions:read")
  @Mutation(() => Session, {
    nullable: true,
    description:
      "Reads a session again from its provider now, however young the kept copy is. When the provider cannot answer, the " +
      "kept copy is answered as stale. Null for an id that names no session you may see.",
  })
  refreshSession(
    @Arg("id", () => ID, { description: "The session's id in this graph." }) id: string,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.refresh(id);
  }
}
