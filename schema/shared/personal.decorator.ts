import { Extensions } from "type-graphql";

/**
 * `number`: the whole value is a telephone number or an address. `text`: text, or JSON, in which numbers may stand.
 */
export type PersonalKind = "number" | "text";

/**
 * Numbers in the field are masked for whoever lacks scope `pii:read`. Readable as `field.extensions.personal`.
 *
 * @param kind what the value is. @default "number"
 */
export function Personal(kind: PersonalKind = "number"): PropertyDecorator & MethodDecorator {
  return Extensions({ personal: kind });
}
