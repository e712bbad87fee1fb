import { jsonAnswer } from "../kit/json-answer.js";
import { createPathRoutes } from "../kit/path-routes.js";
import type { SandboxHttpAnswer, SandboxHttpRequest } from "../kit/sandbox-http.js";
import { silentMp3 } from "../kit/silence.js";
import { controlRoutes } from "./speko-control-routes.js";
import { notFound, SpekoRefusal } from "./speko-errors.js";
import { SPEKO_READ_ONLY_KEY, SPEKO_SANDBOX_KEY } from "./speko-organization.js";
import { readRoutes } from "./speko-read-routes.js";
import type { SpekoDesk } from "./speko-route.js";
import { transferRoutes } from "./speko-transfer-routes.js";

export interface SpekoRoutesOptions extends SpekoDesk {
  /** Whether the prepaid credit is used up. */
  isBroke(): boolean;
}

/** What dials a phone or runs a model, and so costs money. */
const COSTS = /\/(transfers\/(blind|warm)|report\/finalize|dispatch|phone)$/;

/** Answers every request of the service (Speko reference §3, §7, §9). */
export function createSpekoRoutes({ isBroke, ...desk }: SpekoRoutesOptions) {
  const find = createPathRoutes([...readRoutes(desk), ...transferRoutes(desk), ...controlRoutes(desk)]);

  async function answer(request: SandboxHttpRequest): Promise<SandboxHttpAnswer> {
    const key = request.headers.authorization?.replace(/^Bearer /, "");
    if (key !== SPEKO_SANDBOX_KEY && key !== SPEKO_READ_ONLY_KEY)
      throw new SpekoRefusal(401, "UNAUTHORIZED", "Unauthorized");
    const found = find(request);
    if (found === "path" || found === "method") throw notFound("Route");
    // The codes of these two are unpublished.
    if (request.method !== "GET" && key === SPEKO_READ_ONLY_KEY)
      throw new SpekoRefusal(403, "FORBIDDEN", "This key may only read");
    if (isBroke() && COSTS.test(request.path) && request.method === "POST")
      throw new SpekoRefusal(402, "INSUFFICIENT_CREDIT", "Prepaid credit is used up");
    return await found.route.answer(request, ...found.segments);
  }

  return async (request: SandboxHttpRequest): Promise<SandboxHttpAnswer> => {
    // A signed address is its own credential.
    if (request.path.startsWith("/media/")) {
      return { status: 200, headers: { "content-type": "audio/mpeg" }, body: silentMp3() };
    }
    try {
      return await answer(request);
    } catch (error) {
      if (!(error instanceof SpekoRefusal)) throw error;
      const { status, message, code, issues } = error;
      return jsonAnswer(status, { error: message, code, ...(issues ? { issues } : {}) });
    }
  };
}
