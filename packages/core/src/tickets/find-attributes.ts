import type { AnyTx } from "@parley/db";
import { findAttributes as find, TICKET_ATTRIBUTES, type AttributeDefinition } from "../attributes/index.ts";

/** The tenant's attributes of tickets with these keys. Asks only if there are any keys. */
export function findAttributes(tx: AnyTx, tenantId: string, keys: readonly string[]): Promise<AttributeDefinition[]> {
  return find(tx, TICKET_ATTRIBUTES, tenantId, keys);
}
