import { sqlOf, statement, type AnyTx, type AttributeType, type Statement } from "@parley/db";
import type { AttributeOwner } from "./attribute-owner.ts";

export interface AttributeDefinition {
  key: string;
  type: AttributeType;
  options: string[];
}

// ticket_attribute_tenant_id_key_key, contact_attribute_tenant_id_key_key
const FIND_ATTRIBUTES: Readonly<Record<AttributeOwner["thing"], Statement<AttributeDefinition>>> = {
  ticket: statement(
    "ticket_attribute_find",
    "select key, type, options from ticket_attribute where tenant_id = $1 and key = any($2)",
  ),
  contact: statement(
    "contact_attribute_find",
    "select key, type, options from contact_attribute where tenant_id = $1 and key = any($2)",
  ),
};

/** The tenant's attributes with these keys. Asks only if there are any keys. */
export async function findAttributes(
  tx: AnyTx,
  { thing }: AttributeOwner,
  tenantId: string,
  keys: readonly string[],
): Promise<AttributeDefinition[]> {
  return keys.length === 0 ? [] : sqlOf(tx).rows(FIND_ATTRIBUTES[thing], [tenantId, keys]);
}
