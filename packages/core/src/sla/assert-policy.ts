import { compileCalendar } from "@parley/calendar";
import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { assertActions } from "../ticket-actions/index.ts";
import type { ChangeSlaPolicyInput, CreateSlaPolicyInput } from "./schemas.ts";

/**
 * Refuses as `validation_failed` what could never be done: inboxes, members and teams that there are not, and hours that
 * never open.
 */
export async function assertPolicy(
  tx: Tx,
  tenantId: string,
  { match, hours, escalations = [] }: CreateSlaPolicyInput | ChangeSlaPolicyInput,
): Promise<void> {
  if (hours) compileCalendar({ timeZone: "UTC", businessHours: hours, holidays: [] });
  if (match?.inboxIds) await assertInboxes(tx, tenantId, match.inboxIds);
  for (const [index, { actions }] of escalations.entries()) {
    await assertActions(tx, tenantId, actions, `escalations.${index}.actions`);
  }
}

async function assertInboxes(tx: Tx, tenantId: string, ids: readonly string[]): Promise<void> {
  const inboxes = await tx.inbox.findMany({ where: { tenantId, id: { in: [...ids] } }, select: { id: true } });
  const known = new Set(inboxes.map(({ id }) => id));
  const message = "is not an inbox of this company";
  const fields = ids.flatMap((id, index) => (known.has(id) ? [] : [{ path: `match.inboxIds.${index}`, message }]));
  if (fields.length > 0) throw new DomainError("validation_failed", `The inbox ${message}.`, { fields });
}
