import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { readLockedTicketAttribute, toTicketAttributeJson } from "./attribute-json.ts";
import type { ChangeTicketAttributeInput, TicketAttributeJson } from "./schemas.ts";

/** Changes its label, or what a choice chooses from: tickets keep an option that is taken away until they are given another. */
export async function changeTicketAttribute(
  ctx: RequestContext,
  input: ChangeTicketAttributeInput & { id: string },
): Promise<TicketAttributeJson> {
  const tenantId = authorize(ctx, "ticket_attributes.manage");
  const { id, ...change } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const before = await readLockedTicketAttribute(tx, tenantId, id);
    if (change.options !== undefined && before.type !== "CHOICE") {
      const message = "must not be given: this is not a choice";
      throw new DomainError("validation_failed", `options ${message}.`, { fields: [{ path: "options", message }] });
    }
    const changed = await tx.ticketAttribute.update({
      where: { tenantId_id: { tenantId, id } },
      data: { ...change, updatedAt: ctx.clock.now() },
    });
    const after = toTicketAttributeJson(changed);
    await recordAudit(ctx, tx, tenantId, {
      action: "ticket_attribute.changed",
      subject: { type: "ticket_attribute", id },
      before: toTicketAttributeJson(before),
      after,
    });
    return after;
  });
}
