export * from "./codes.js";
export * from "./switchboard-error.js";
export * from "./client-errors.js";
export * from "./provider-errors.js";
export * from "./database-errors.js";
