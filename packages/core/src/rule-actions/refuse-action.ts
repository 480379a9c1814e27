import { DomainError } from "@parley/runtime";
import type { ActionStep } from "./do-actions.ts";

/**
 * What `work` makes for one action. When it refuses, the error says which action that was. What was not valid is a
 * `conflict`: not the request is to be corrected but the rule, which was valid when it was written.
 */
export async function refuseAction<T>(step: ActionStep | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || !step) throw error;
    const code = error.code === "validation_failed" ? "conflict" : error.code;
    const [field] = error.fields;
    const reason = field ? `${field.path} ${field.message}.` : error.message;
    throw new DomainError(code, `Action ${step.position + 1}, ${step.action.type}: ${reason}`, { cause: error });
  }
}
