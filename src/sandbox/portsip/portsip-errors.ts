import { jsonAnswer } from "../kit/json-answer.js";
import type { SandboxHttpAnswer } from "../kit/sandbox-http.js";

/** The error envelope (PortSIP reference §8). */
export function refusal(status: number, code: string, message: string): SandboxHttpAnswer {
  return jsonAnswer(status, { errors: [{ code, message }] });
}

/** A request the PBX turns down; thrown where it is noticed, answered in one place. */
export class PbxRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "PbxRefusal";
  }

  toAnswer(): SandboxHttpAnswer {
    return refusal(this.status, this.code, this.message);
  }
}

export function invalid(message: string): PbxRefusal {
  return new PbxRefusal(400, "VALIDATE_FAILED", message);
}

/** The code that goes with 404 is undocumented. */
export function notFound(message: string): PbxRefusal {
  return new PbxRefusal(404, "NOT_FOUND", message);
}
