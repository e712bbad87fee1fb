import { Field, ID, InterfaceType } from "type-graphql";

/** Object type of a session that does not say its own, by its provider. */
const SESSION_TYPE_NAMES: Readonly<Record<string, string>> = {
  PLIVO: "PlivoSession",
  EVO_VOICE: "EvoVoiceSession",
  SPEKO: "SpekoSession",
  PORTSIP: "PortsipSession",
};

/**
 * Names the object type of a source: what its `__typename` says, else, for a session, what its `provider` says.
 * Answers undefined for anything else, which the executor reports as an unresolvable type. Never throws.
 */
export function resolveNodeType(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("__typename" in value && typeof value.__typename === "string") return value.__typename;
  if ("provider" in value && typeof value.provider === "string") return SESSION_TYPE_NAMES[value.provider];
  return undefined;
}

@InterfaceType({
  description:
    "Anything that has an id of its own and can be read again by that id alone, with `Query.node`.",
  resolveType: resolveNodeType,
})
export abstract class Node {
  @Field(() => ID, {
    description:
      "Opaque and stable: the same thing keeps the same id for ever, and no two things share one, whatever their kind or provider.",
  })
  id!: string;
}
