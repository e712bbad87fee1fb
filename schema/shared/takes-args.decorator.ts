import { Args } from "type-graphql";

/**
 * Gives a field that a resolver class answers its arguments already here, so that the classes of this room are the
 * whole graph. The resolver's method takes the same class with `@Args`.
 */
export function TakesArgs(argsType: () => new () => object): PropertyDecorator {
  return (prototype, propertyKey) => {
    Args(argsType)(prototype, propertyKey, 0);
  };
}
