import { statement, type AttributeType, type Sql, type Tx } from "@parley/db";
import type { TicketJson } from "./schemas.ts";

const TYPE_OF: Readonly<Record<AttributeType, "string" | "number" | "boolean">> = {
  TEXT: "string",
  NUMBER: "number",
  BOOLEAN: "boolean",
  DATE: "string",
  CHOICE: "string",
};

interface KnownAttribute {
  key: string;
  type: AttributeType;
}

/** The ticket as it is shown: without values of attributes that its tenant has no more. */
export async function withKnownAttributes(tx: Tx, tenantId: string, ticket: TicketJson): Promise<TicketJson> {
  const keys = keysOf([ticket]);
  if (keys.length === 0) return ticket;
  const known = await tx.ticketAttribute.findMany({
    where: { tenantId, key: { in: keys } },
    select: { key: true, type: true },
  });
  return withAttributesOf(known, ticket);
}

// ticket_attribute_tenant_id_key_key
const FIND_KNOWN = statement<KnownAttribute>(
  "ticket_attribute_find_known",
  "select key, type from ticket_attribute where tenant_id = $1 and key = any($2)",
);

/** The same of several, on a connection of its own. Asks for the attributes only where there are values. */
export async function withAllKnownAttributes(
  sql: Sql,
  tenantId: string,
  tickets: readonly TicketJson[],
): Promise<TicketJson[]> {
  const keys = keysOf(tickets);
  if (keys.length === 0) return [...tickets];
  const known = await sql.rows(FIND_KNOWN, [tenantId, keys]);
  return tickets.map((ticket) => withAttributesOf(known, ticket));
}

function keysOf(tickets: readonly TicketJson[]): string[] {
  return [...new Set(tickets.flatMap(({ attributes }) => Object.keys(attributes)))];
}

function withAttributesOf(known: readonly KnownAttribute[], ticket: TicketJson): TicketJson {
  const types = new Map(known.map(({ key, type }) => [key, TYPE_OF[type]]));
  return {
    ...ticket,
    attributes: Object.fromEntries(
      Object.entries(ticket.attributes).filter(([key, value]) => types.get(key) === typeof value),
    ),
  };
}
