export * from "./describe-shape.js";
export * from "./parse-answer.js";
export * from "./read-object.js";
export * from "./to-camel-case.js";
export * from "./wire-object.js";
