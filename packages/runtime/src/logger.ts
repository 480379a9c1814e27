import { pino, stdTimeFunctions, type Logger, type LoggerOptions } from "pino";
import { serializeError } from "./serialize-error.ts";

export type { Logger };

/** Never printed, wherever they appear in a logged object. Logs hold ids; payloads and people stay out. */
const REDACTED_KEYS = [
  "authorization",
  "cookie",
  "password",
  "passwordHash",
  "accessToken",
  "refreshToken",
  "appSecret",
  "verifyToken",
  "credentials",
  "token",
  "secret",
  "body",
  "text",
  "content",
];

/** JSON lines on stdout. `name` is the process: api, worker-ingest … */
export function createLogger(options: { name: string; level: string }): Logger {
  return pino(loggerOptions(options));
}

export function loggerOptions(options: { name: string; level: string }): LoggerOptions {
  return {
    name: options.name,
    level: options.level,
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: serializeError, error: serializeError },
    redact: {
      paths: REDACTED_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
      censor: "[redacted]",
    },
  };
}

/** A logger that says nothing, for tests and programs that print their own findings. */
export function createSilentLogger(): Logger {
  return pino({ level: "silent" });
}
