import { Prisma, type Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { AttributeOwner } from "./attribute-owner.ts";

export type DefinitionRow = Prisma.TicketAttributeModel;

/** The owner's definitions, as Prisma has them. */
export function definitionsOf(tx: Tx, { thing }: AttributeOwner): Tx["ticketAttribute"] {
  // Both tables have the same columns, and Prisma has a type for each.
  return thing === "ticket" ? tx.ticketAttribute : (tx.contactAttribute as unknown as Tx["ticketAttribute"]);
}

export async function readDefinition(
  tx: Tx,
  owner: AttributeOwner,
  tenantId: string,
  id: string,
): Promise<DefinitionRow> {
  const attribute = await definitionsOf(tx, owner).findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!attribute) throw new DomainError("not_found", `There is no ${owner.thing} attribute with this id.`);
  return attribute;
}

/** The same, locked until the transaction ends. */
export async function readLockedDefinition(
  tx: Tx,
  owner: AttributeOwner,
  tenantId: string,
  id: string,
): Promise<DefinitionRow> {
  await tx.$executeRaw`
    select from ${Prisma.raw(owner.table)} where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for update`;
  return readDefinition(tx, owner, tenantId, id);
}
