import { jsonAnswer } from "../kit/json-answer.js";
import type { SandboxHttpAnswer } from "../kit/sandbox-http.js";

/** The error envelope (PortSIP reference §8). */
export function refusal(status: number, code: string, message: string): SandboxHttpAnswer {
  return jsonAnswer(status, { errors: [{ code, message }] });
}
