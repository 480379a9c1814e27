import type { AnyTx } from "@parley/db";
import { keepKnown, type AttributeDefinition } from "../attributes/index.ts";
import { findAttributes } from "./find-attributes.ts";
import type { TicketJson } from "./schemas.ts";

/** The ticket as it is shown: without values of attributes that its tenant has no more. */
export async function withKnownAttributes(tx: AnyTx, tenantId: string, ticket: TicketJson): Promise<TicketJson> {
  return withAttributesOf(await findAttributes(tx, tenantId, Object.keys(ticket.attributes)), ticket);
}

/** The same of several. Asks for the attributes only where there are values. */
export async function withAllKnownAttributes(
  tx: AnyTx,
  tenantId: string,
  tickets: readonly TicketJson[],
): Promise<TicketJson[]> {
  const keys = new Set(tickets.flatMap(({ attributes }) => Object.keys(attributes)));
  const known = await findAttributes(tx, tenantId, [...keys]);
  return tickets.map((ticket) => withAttributesOf(known, ticket));
}

/** The same with what is `known` already of the keys that it has. */
export function withAttributesOf(
  known: readonly Pick<AttributeDefinition, "key" | "type">[],
  ticket: TicketJson,
): TicketJson {
  return { ...ticket, attributes: keepKnown(known, ticket.attributes) };
}
