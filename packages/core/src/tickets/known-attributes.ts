import type { AnyTx, AttributeType } from "@parley/db";
import { findAttributes, type AttributeDefinition } from "./find-attributes.ts";
import type { TicketJson } from "./schemas.ts";

const TYPE_OF: Readonly<Record<AttributeType, "string" | "number" | "boolean">> = {
  TEXT: "string",
  NUMBER: "number",
  BOOLEAN: "boolean",
  DATE: "string",
  CHOICE: "string",
};

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
  const types = new Map(known.map(({ key, type }) => [key, TYPE_OF[type]]));
  return {
    ...ticket,
    attributes: Object.fromEntries(
      Object.entries(ticket.attributes).filter(([key, value]) => types.get(key) === typeof value),
    ),
  };
}
