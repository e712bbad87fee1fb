import type { SandboxPush } from "../conversation.js";

/** Everything that one provider has sent by itself. */
export interface PushLog {
  readonly entries: readonly SandboxPush[];
  /** Writes one down; its status is filled in when it is known. */
  note(by: SandboxPush["by"], event: string): SandboxPush;
  forget(): void;
}

/** @param now the sandbox's clock, epoch ms */
export function createPushLog(now: () => number): PushLog {
  const entries: SandboxPush[] = [];
  return {
    entries,
    note(by, event) {
      const push: SandboxPush = { by, event, status: null, at: now() };
      entries.push(push);
      return push;
    },
    forget: () => void entries.splice(0),
  };
}
