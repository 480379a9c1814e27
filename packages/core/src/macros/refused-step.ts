import { DomainError } from "@parley/runtime";
import type { MacroStep } from "./actions.ts";

/**
 * What `work` makes for one action of a macro. When it refuses, the error says which action that was. What was not valid
 * is a `conflict`: not the request is to be corrected but the macro, which was valid when it was written.
 */
export async function within<T>(step: MacroStep, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof DomainError ? refusedStep(step, error) : error;
  }
}

export function refusedStep({ index, action }: MacroStep, error: DomainError): DomainError {
  const code = error.code === "validation_failed" ? "conflict" : error.code;
  const [field] = error.fields;
  const reason = field ? `${field.path} ${field.message}.` : error.message;
  return new DomainError(
    code,
    `Action ${index + 1} of the macro, ${action.type}, was refused, so nothing was done: ${reason}`,
    { cause: error },
  );
}
