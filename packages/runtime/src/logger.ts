import { pino, stdTimeFunctions, type Logger, type LoggerOptions } from "pino";
import { z } from "zod";
import { redact } from "./redact.ts";
import { serializeError } from "./serialize-error.ts";

export type { Logger };

/** JSON lines on stdout, unless another place is named, without secrets and what people wrote: see `redact`. `name` is the process: api, worker-ingest … */
export function createLogger(options: { name: string; level: string }, to?: { write(line: string): void }): Logger {
  return to ? pino(loggerOptions(options), to) : pino(loggerOptions(options));
}

export function loggerOptions(options: { name: string; level: string }): LoggerOptions {
  return {
    name: options.name,
    level: options.level,
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: serializeError, error: serializeError, req: describeRequest },
    formatters: { log: redact },
  };
}

/** Of a request: its method and path. Queries hold names and tokens. Fastify asks for it in lines of its own. */
function describeRequest(request: unknown): unknown {
  const { success, data } = requestLine.safeParse(request);
  return success ? { method: data.method, path: data.url.split("?", 1)[0] } : undefined;
}

const requestLine = z.object({ method: z.string(), url: z.string() });

/** A logger that says nothing, for tests and programs that print their own findings. */
export function createSilentLogger(): Logger {
  return pino({ level: "silent" });
}
