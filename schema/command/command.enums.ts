import { defineEnum } from "../shared/define-enum.js";

export const CommandOutcome = defineEnum("CommandOutcome", "What came of a command to a provider.", {
  PENDING: "It was written down, and the provider has not answered yet.",
  SUCCEEDED: "The provider said yes.",
  FAILED: "The provider said no, or was never reached.",
  UNKNOWN:
    "It may have happened: no answer came, or a failure after it was sent. Read the session before trying again.",
});
export type CommandOutcome = keyof typeof CommandOutcome;
