export * from "./json.js";
export * from "./vocabulary.js";
export * from "./records.js";
export * from "./snapshot.js";
export * from "./ids.js";
export * from "./decimal.js";
export * from "./phone-number.js";
export * from "./time.js";
