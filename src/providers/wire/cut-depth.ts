import type { JsonValue } from "../../model/index.js";

/**
 * Levels of objects and arrays inside each other that are kept. Real payloads stay far below; a few thousand levels
 * overflow the stack of whatever writes, compares or shows the value later, and take everything else there with them.
 */
const MAX_DEPTH = 500;

/** Puts null in the place of whatever stands deeper than that. Works on the value itself, level by level. */
export function cutDepth(root: JsonValue | undefined): void {
  let level = containersIn([root]);
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth === MAX_DEPTH) for (const container of level) clearChildren(container);
    level = containersIn(level.flatMap((container) => Object.values(container)));
  }
}

type Container = Extract<JsonValue, object>;

function containersIn(values: readonly (JsonValue | undefined)[]): Container[] {
  return values.filter((value) => typeof value === "object" && value !== null);
}

function clearChildren(container: Container): void {
  for (const [key, child] of Object.entries(container)) {
    // Defined rather than assigned: a member may be called `__proto__`.
    if (typeof child === "object" && child !== null)
      Object.defineProperty(container, key, {
        value: null,
        writable: true,
        enumerable: true,
        configurable: true,
      });
  }
}
