import type { BenchDatabase } from "../../setting/bench-database.ts";
import { withSystem } from "../../world/seed-world.ts";

/** What there is to look for in one company. */
export interface Sought {
  tenantId: string;
  conversationId: string;
  name: string;
  phone: string;
  order: string;
}

const PER_TENANT = 10;

/** Conversations of at least five messages, contacts with a number, and orders that somebody wrote of; of each company some. */
const FIND = `
  select t.id as "tenantId", c.id as "conversationId", p.name, p.phone, m.order_number as order
    from unnest($1::uuid[]) t (id)
   cross join lateral (
     select c.id, row_number() over () as n from conversation c
      where c.tenant_id = t.id
        and (select count(*) from (select from message m where m.tenant_id = t.id and m.conversation_id = c.id limit 5) f) = 5
      limit $2) c
    join lateral (
     select p.name, i.value as phone, row_number() over () as n
       from contact_identifier i join contact p on p.tenant_id = i.tenant_id and p.id = i.contact_id
      where i.tenant_id = t.id and i.type = 'WHATSAPP'
      limit $2) p on p.n = c.n
    join lateral (
     select k.order_ref as order_number, row_number() over () as n from ticket k
      where k.tenant_id = t.id and k.order_ref is not null
      limit $2) m on m.n = c.n`;

export function findSought(database: BenchDatabase, tenantIds: readonly string[]): Promise<Sought[]> {
  return withSystem(database, async (client) => (await client.query<Sought>(FIND, [tenantIds, PER_TENANT])).rows);
}
