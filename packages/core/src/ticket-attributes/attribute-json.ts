import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { toJsonEnum } from "../json/index.ts";
import type { TicketAttributeJson } from "./schemas.ts";

type TicketAttributeRow = Prisma.TicketAttributeModel;

export function toTicketAttributeJson(attribute: TicketAttributeRow): TicketAttributeJson {
  const { id, key, label, type, options, createdAt, updatedAt } = attribute;
  return {
    id,
    key,
    label,
    type: toJsonEnum(type),
    options,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export async function readTicketAttribute(tx: Tx, tenantId: string, id: string): Promise<TicketAttributeRow> {
  const attribute = await tx.ticketAttribute.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!attribute) throw new DomainError("not_found", "There is no ticket attribute with this id.");
  return attribute;
}

/** The same, locked until the transaction ends. */
export async function readLockedTicketAttribute(tx: Tx, tenantId: string, id: string): Promise<TicketAttributeRow> {
  await tx.$executeRaw`select from ticket_attribute where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for update`;
  return readTicketAttribute(tx, tenantId, id);
}
