import { isUniqueViolation, type Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { toTicketAttributeJson } from "./attribute-json.ts";
import type { CreateTicketAttributeInput, TicketAttributeJson } from "./schemas.ts";

const MAX_ATTRIBUTES = 100;

/** A field of the tenant's own for its tickets. `conflict`: the key is taken, or there are as many as there may be. */
export async function createTicketAttribute(
  ctx: RequestContext,
  input: CreateTicketAttributeInput,
): Promise<TicketAttributeJson> {
  const tenantId = authorize(ctx, "ticket_attributes.manage");
  const id = newId();
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        await assertRoom(tx, tenantId);
        const now = ctx.clock.now();
        const data = { ...input, options: input.options ?? [], tenantId, id, createdAt: now, updatedAt: now };
        const attribute = toTicketAttributeJson(await tx.ticketAttribute.create({ data }));
        await recordAudit(ctx, tx, tenantId, {
          action: "ticket_attribute.created",
          subject: { type: "ticket_attribute", id },
          after: attribute,
        });
        return attribute;
      }),
    );
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError("conflict", "A ticket attribute with this key exists already; choose another key.");
  }
}

async function assertRoom(tx: Tx, tenantId: string): Promise<void> {
  // Two at once could both be the last.
  await tx.$executeRaw`select from tenant where id = ${tenantId}::uuid for no key update`;
  if ((await tx.ticketAttribute.count({ where: { tenantId } })) < MAX_ATTRIBUTES) return;
  throw new DomainError("conflict", `A company has at most ${MAX_ATTRIBUTES} ticket attributes; delete one first.`);
}
