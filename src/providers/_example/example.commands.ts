/** What the provider can be told. Each kind: the rules of its input, the one request, and what the answer means. */
import type { ProviderErrorSource } from "../../errors/index.js";
import type { HttpAnswer } from "../../http/http-client.js";
import { pathSegment } from "../../http/path-segment.js";
import {
  isJsonObject,
  type EpochMs,
  type JsonObject,
  type JsonValue,
  type SessionSnapshot,
} from "../../model/index.js";
import { createCommands, type ProviderCommands, type RefusedCommand } from "../commands.js";
import { InputRules } from "../input-rules.js";
import { inOurNames, toRefusal } from "../refusal.js";
import { parseAnswer } from "../wire/index.js";
import type { ExampleClient } from "./example.client.js";
import { unexpectedShape } from "./example.errors.js";

/** Members that the provider and the graph call by different names. */
const NAMES: ReadonlyMap<string, string> = new Map([["queue_name", "queueName"]]);

/** What the commands are made from. */
export interface ExampleCommandParts {
  client: ExampleClient;
  source: ProviderErrorSource;
  toSnapshot(json: JsonValue, observedAt: EpochMs): SessionSnapshot | null;
}

/** Creating and hanging up. A kind that is not here answers NOT_SUPPORTED before any request. */
export function createExampleCommands({ client, source, toSnapshot }: ExampleCommandParts): ProviderCommands {
  return createCommands({
    CREATE: {
      check: ({ input }) =>
        new InputRules(input)
          .takes("Example", ["from", "to", "title"])
          .e164("from", true)
          .e164("to", true)
          .text("title", { max: 100 }).problems,
      async send({ input }, options) {
        const answer = await client.write("/v1/calls", input, options);
        if (answer.status >= 400) return refuse(answer);
        const snapshot = toSnapshot(parseAnswer(answer, source), answer.sentAt);
        // Somebody may be ringing, and nobody can say who: the outcome is unknown, not failed.
        if (snapshot === null) throw unexpectedShape("the call that was created", source);
        return { kind: "accepted", createdId: snapshot.providerId, snapshots: [snapshot] };
      },
    },
    END: {
      check: ({ input }) => new InputRules(input).takes("Example", []).problems,
      async send({ session }, options) {
        const id = pathSegment(session?.providerId ?? "");
        const answer = await client.write(`/v1/calls/${id}/hangup`, {}, options);
        return answer.status >= 400 ? refuse(answer) : { kind: "accepted" };
      },
    },
  });
}

/** `{ message, fields: { to: "…" } }` to problems at our names; anything else, and the status speaks. */
function refuse({ status, text }: HttpAnswer): RefusedCommand {
  const body = read(text);
  const fields = isJsonObject(body["fields"]) ? Object.entries(body["fields"]) : [];
  const complaints = fields.flatMap(([name, message]) => {
    const ours = NAMES.get(name) ?? name;
    return typeof message === "string" ? [{ path: [ours], message: inOurNames(message, NAMES) }] : [];
  });
  const general =
    typeof body["message"] === "string" && complaints.length === 0 ? [{ message: body["message"] }] : [];
  return toRefusal(status, "Example", [...complaints, ...general]);
}

function read(text: string): JsonObject {
  try {
    const json = JSON.parse(text) as JsonValue;
    return isJsonObject(json) ? json : {};
  } catch {
    return {};
  }
}
