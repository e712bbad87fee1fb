import type { Faults, SandboxRequest } from "../conversation.js";
import { parseFaults } from "./faults.js";
import { jsonAnswer } from "./json-answer.js";
import type { SandboxHttpAnswer, SandboxHttpRequest } from "./sandbox-http.js";

/** Paths below this belong to the sandbox itself: never recorded, never affected by faults. */
export const CONTROL_PREFIX = "/__sandbox/";

export interface ControlTarget {
  readonly faults: Faults;
  readonly requests: readonly SandboxRequest[];
  setFaults(faults: Faults): void;
  forget(): void;
}

/** `GET`/`PUT /__sandbox/faults` and `GET`/`DELETE /__sandbox/requests`. */
export function answerControl(request: SandboxHttpRequest, target: ControlTarget): SandboxHttpAnswer {
  switch (`${request.method} ${request.path}`) {
    case "GET /__sandbox/faults":
      return jsonAnswer(200, target.faults);
    case "PUT /__sandbox/faults":
      try {
        target.setFaults(parseFaults(request.body.toString("utf8")));
      } catch (error) {
        return jsonAnswer(400, { error: error instanceof Error ? error.message : String(error) });
      }
      return jsonAnswer(200, target.faults);
    case "GET /__sandbox/requests":
      return jsonAnswer(200, target.requests);
    case "DELETE /__sandbox/requests":
      target.forget();
      return { status: 204, body: null };
    default:
      return jsonAnswer(404, { error: `No control route ${request.method} ${request.path}` });
  }
}
