import { Extensions } from "type-graphql";

/**
 * Rights that a single field can ask for beside its root field's (contract, "Scopes"). Queries ask for `sessions:read`
 * at the root; what mutations answer of a session asks for it here.
 */
export type FieldScope = "sessions:read" | "transcripts:read" | "recordings:read" | "raw:read" | "admin";

/**
 * The field is null, with a `FORBIDDEN` error, for whoever lacks the scope. It must be nullable, so that the rest of
 * the answer stands; a root field need not be, there is no rest of it. Readable as `field.extensions.scope`.
 */
export function RequiresScope(scope: FieldScope): PropertyDecorator & MethodDecorator {
  return Extensions({ scope });
}
