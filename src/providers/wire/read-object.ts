import { isJsonObject, type FieldProblem, type JsonValue } from "../../model/index.js";
import { cutDepth } from "./cut-depth.js";
import { describeShape } from "./describe-shape.js";
import { WireObject } from "./wire-object.js";

/**
 * Starts reading a payload, or a row of one. Problems found on the way are pushed to `problems`. Answers null, with a
 * problem, when it is not an object; `path` (default: the root) is where it stood. What is nested beyond reason is cut.
 */
export function readObject(
  json: JsonValue | undefined,
  problems: FieldProblem[],
  path = "",
): WireObject | null {
  cutDepth(json);
  if (isJsonObject(json)) return new WireObject(json, path, problems);
  problems.push({
    path: path === "" ? "$" : path,
    field: "raw",
    expected: "object",
    received: describeShape(json),
  });
  return null;
}
