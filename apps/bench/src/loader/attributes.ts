import type { Draw } from "./draw.ts";

/** The fields of their own that all tenants give their tickets. */
export const ATTRIBUTES = [
  { key: "customer_level", label: "Customer level", type: "CHOICE", options: ["bronze", "silver", "gold"] },
  { key: "order_value", label: "Order value", type: "NUMBER", options: [] },
  { key: "is_gift", label: "Is a gift", type: "BOOLEAN", options: [] },
] as const;

const SHARE = 0.4;

/** The values of a ticket: none for most. */
export function attributesSql(draw: Draw, ticket: string): string {
  const level = draw.weighted("attributes.level", ticket, { bronze: 70, silver: 25, gold: 5 });
  const value = `round((5 + 400 * power(${draw.chance("attributes.value", ticket)}, 3))::numeric, 2)`;
  const isGift = `${draw.chance("attributes.gift", ticket)} < 0.1`;
  return `case when ${draw.chance("attributes.any", ticket)} < ${SHARE}
               then jsonb_build_object('customer_level', ${level}, 'order_value', ${value}, 'is_gift', ${isGift})
               else '{}' end`;
}
