/** The process's log: JSON lines on stderr, pretty on a terminal, with nothing secret and no number in clear. */
import { destination, pino, stdSerializers, type Logger as PinoLogger } from "pino";
import pretty from "pino-pretty";
import { isProviderError } from "../errors/index.js";

/** Telephone numbers in free text: the last two digits stay, as everywhere (contract, "HTTP"). */
const NUMBER = /(?<![\w.:-])\+?\d{10,15}(?![\w.:-])/g;

/** Masks what looks like a telephone number in a text for the log. */
export function maskNumbers(text: string): string {
  return text.replace(NUMBER, (number) => `${"•".repeat(number.length - 2)}${number.slice(-2)}`);
}

/** Builds the root logger. `level` as in `LOG_LEVEL`. */
export function createLog(level: string): PinoLogger {
  const stream = process.stderr.isTTY
    ? pretty({ destination: 2, ignore: "pid,hostname" })
    : destination({ fd: 2, sync: true });
  return pino(
    {
      level,
      base: undefined,
      redact: {
        paths: ["*.authorization", "*.cookie", "*.password", "*.token", "*.apiKey", "*.authToken"],
        censor: "[redacted]",
      },
      serializers: { err: serializeError },
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
}

/** Errors as code, safe text and causes. A provider's failure needs no stack: its cause says where it came from. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (!isProviderError(error)) {
    const plain = stdSerializers.err(error);
    return { ...plain, message: maskNumbers(plain.message), stack: maskNumbers(plain.stack) };
  }
  const cause =
    error.cause instanceof Error ? maskNumbers(`${error.cause.name}: ${error.cause.message}`) : undefined;
  return {
    type: error.name,
    code: error.code,
    message: maskNumbers(error.message),
    status: error.status,
    ...error.extensions,
    cause,
  };
}
