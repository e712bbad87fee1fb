import type { Logger } from "../../src/http/http-client.js";

export interface LogLine {
  level: "debug" | "info" | "warn" | "error";
  fields: Record<string, unknown>;
  message: string;
}

/** A logger that keeps its lines. Children write to the same place, with their fields added. */
export function createCaptureLogger(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const create = (context: object): Logger => {
    const at = (level: LogLine["level"]) => (fields: object, message: string) => {
      lines.push({ level, fields: { ...context, ...fields }, message });
    };
    return {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      child: (fields) => create({ ...context, ...fields }),
    };
  };
  return { log: create({}), lines };
}
