import { Extensions } from "type-graphql";

/** Rights that a single field can ask for on top of `sessions:read` (contract, "Scopes"). */
export type FieldScope = "transcripts:read" | "recordings:read" | "raw:read" | "admin";

/**
 * The field is null, with a `FORBIDDEN` error, for whoever lacks the scope. It must be nullable, so that the rest of
 * the answer stands. Readable as `field.extensions.scope`.
 */
export function RequiresScope(scope: FieldScope): PropertyDecorator & MethodDecorator {
  return Extensions({ scope });
}
