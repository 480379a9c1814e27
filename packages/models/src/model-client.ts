import type { z } from "zod";
import type { ModelEffort } from "./model-error.ts";

export interface GenerateRequest<T> {
  system: string;
  prompt: string;
  /** Of the schema, on the wire: letters, digits and underscores. */
  name: string;
  /** An object. Its fields may be nullable, not optional. */
  schema: z.ZodType<T>;
  /** What is wrong with an answer that fits the schema, in a sentence for the model; undefined if nothing. */
  check?: (value: T) => string | undefined;
  /** In tokens; the settings' limit holds as well. */
  maxOutputTokens?: number;
  /** For all attempts together, pauses included. */
  timeoutMs?: number;
}

/** An answer that fits the schema and passed the check, with what it took. Tokens are those of all attempts. */
export interface Generated<T> extends ModelEffort {
  value: T;
}

export interface ModelClient {
  /** Throws a ModelError, whatever the reason, unless it is a mistake of ours. */
  generate<T>(request: GenerateRequest<T>): Promise<Generated<T>>;
}
