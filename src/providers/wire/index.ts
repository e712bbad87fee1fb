export * from "./describe-shape.js";
export * from "./is-usable-id.js";
export * from "./parse-answer.js";
export * from "./read-object.js";
export * from "./to-camel-case.js";
export * from "./wire-object.js";
