import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import {
  CancelTransferInput, CompleteTransferInput, FinalizeReportInput, ReportPayload, TransferPayload,
  TransferSessionInput,
} from "../../schema/index.js"; // prettier-ignore
import type { OperationContext } from "../../src/context/context.js";

@Resolver(() => TransferPayload)
export class TransferCommandResolver {
  @Mutation(() => TransferPayload, {
    description: "Hands a session to somebody else: at once (blind), or after they have been asked (warm).",
  })
  transferSession(
    @Arg("input", () => TransferSessionInput, { description: "Which session, to whom, and how." })
    input: TransferSessionInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.transfer({ name: "transferSession", input });
  }

  @Mutation(() => TransferPayload, {
    description: "Connects the recipient of a warm transfer, who has agreed, with whoever waits.",
  })
  completeTransfer(
    @Arg("input", () => CompleteTransferInput, { description: "Which transfer." })
    input: CompleteTransferInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.onTransfer({ name: "completeTransfer", kind: "COMPLETE_TRANSFER", input });
  }

  @Mutation(() => TransferPayload, {
    description: "Gives up a warm transfer; with `tryNext`, goes on with the next recipient.",
  })
  cancelTransfer(
    @Arg("input", () => CancelTransferInput, { description: "Which transfer, and why." })
    input: CancelTransferInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.onTransfer({ name: "cancelTransfer", kind: "CANCEL_TRANSFER", input });
  }

  @Mutation(() => ReportPayload, {
    description: "Has the provider write a session's report again, and deliver it again if asked.",
  })
  finalizeReport(
    @Arg("input", () => FinalizeReportInput, { description: "Which session, and what to do." })
    input: FinalizeReportInput,
    @Ctx() { acting }: OperationContext,
  ): unknown {
    return acting.onReport({ name: "finalizeReport", kind: "FINALIZE_REPORT", input });
  }
}
