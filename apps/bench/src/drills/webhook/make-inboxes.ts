import { newId } from "@parley/runtime";
import type { Reader } from "../harness/reader.ts";
import type { DrillInbox } from "./people.ts";

/** Tenants by their numbers of inboxes. */
const INBOXES_OF_TENANTS = [2, 2, 1];

/** Several tenants with one or two WhatsApp numbers each. */
export async function makeInboxes(reader: Reader): Promise<[DrillInbox, ...DrillInbox[]]> {
  const inboxes: DrillInbox[] = [];
  for (const [index, count] of INBOXES_OF_TENANTS.entries()) {
    const tenantId = newId();
    await reader.rows(`insert into tenant (id, name, slug) values ($1, $2, $3)`, [
      tenantId,
      `Tenant ${index}`,
      `tenant-${index}`,
    ]);
    for (let number = 0; number < count; number += 1) {
      const inbox = { tenantId, id: newId(), phoneNumberId: `10654000000${index}${number}` };
      await reader.rows(
        `insert into inbox (tenant_id, id, name, channel, external_id) values ($1, $2, $3, 'WHATSAPP', $4)`,
        [tenantId, inbox.id, `WhatsApp ${number}`, inbox.phoneNumberId],
      );
      inboxes.push(inbox);
    }
  }
  const [first, ...others] = inboxes;
  if (!first) throw new Error("the drill has no inbox");
  return [first, ...others];
}
