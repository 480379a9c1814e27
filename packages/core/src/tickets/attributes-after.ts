import type { AnyTx, Prisma } from "@parley/db";
import { TICKET_ATTRIBUTES, valuesAfter, valuesIn } from "../attributes/index.ts";
import type { TicketRow } from "./ticket-row.ts";

/**
 * The ticket's attributes with those given: null takes one away, what is not named stays. Refuses as `validation_failed`
 * keys that the tenant has not defined, and values that are not of the attribute's type.
 */
export function attributesAfter(
  tx: AnyTx,
  ticket: Pick<TicketRow, "tenantId" | "attributes">,
  given: Record<string, unknown>,
): Promise<Prisma.JsonObject> {
  return valuesAfter(tx, TICKET_ATTRIBUTES, ticket.tenantId, { before: attributesOf(ticket), given });
}

export function attributesOf({ attributes }: Pick<TicketRow, "attributes">): Prisma.JsonObject {
  return valuesIn(attributes);
}
