import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { assertTemplates } from "../text-templates/index.ts";
import { assertMember, assertTeam, attributesAfter } from "../tickets/index.ts";

/** As much of an action as names something that there may not be. */
type Naming = { type: string } & Partial<Record<"userId" | "teamId", string | null>> & {
    key?: string;
    value?: string | number | boolean | null;
    text?: string | undefined;
    note?: string | undefined;
  };

/**
 * Refuses as `validation_failed` actions that could never be done: with members, teams or attributes that there are not,
 * or with templates that are none. `path` is where in the request they stand.
 */
export async function assertActions(
  tx: Tx,
  tenantId: string,
  actions: readonly Naming[],
  path = "actions",
): Promise<void> {
  for (const [index, action] of actions.entries()) {
    await atPath(`${path}.${index}`, () => assertNamed(tx, tenantId, action));
  }
  const templates = actions.flatMap(({ text, note }, index) =>
    Object.entries({ text, note }).flatMap(([field, template]) =>
      template === undefined ? [] : [{ path: `${path}.${index}.${field}`, text: template }],
    ),
  );
  await assertTemplates(tx, tenantId, templates);
}

async function assertNamed(tx: Tx, tenantId: string, { userId, teamId, key, value }: Naming): Promise<void> {
  if (userId && userId !== "me") await assertMember(tx, tenantId, userId);
  if (teamId) await assertTeam(tx, tenantId, teamId);
  if (key !== undefined) await attributesAfter(tx, { tenantId, attributes: {} }, { [key]: value });
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
