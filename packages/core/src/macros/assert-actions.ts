import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { assertTemplates } from "../text-templates/index.ts";
import { assertMember, assertTeam, attributesAfter } from "../tickets/index.ts";
import type { MacroAction } from "./actions.ts";

/**
 * Refuses as `validation_failed` actions that could never be done: with members, teams or attributes that there are not,
 * or with templates that are none.
 */
export async function assertActions(tx: Tx, tenantId: string, actions: readonly MacroAction[]): Promise<void> {
  for (const [index, action] of actions.entries()) {
    await atPath(`actions.${index}`, () => assertNamed(tx, tenantId, action));
  }
  const templates = actions.flatMap((action, index) =>
    "text" in action ? [{ path: `actions.${index}.text`, text: action.text }] : [],
  );
  await assertTemplates(tx, tenantId, templates);
}

async function assertNamed(tx: Tx, tenantId: string, action: MacroAction): Promise<void> {
  if (action.type === "assign_user" && action.userId !== null && action.userId !== "me") {
    await assertMember(tx, tenantId, action.userId);
  }
  if (action.type === "assign_team" && action.teamId !== null) await assertTeam(tx, tenantId, action.teamId);
  if (action.type === "set_attribute") {
    await attributesAfter(tx, { tenantId, attributes: {} }, { [action.key]: action.value });
  }
}

/** The fields that are refused are named as parts of an action. */
async function atPath(path: string, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "validation_failed") throw error;
    const fields = error.fields.map(({ message }) => ({ path, message }));
    throw new DomainError("validation_failed", error.message, { fields, cause: error });
  }
}
