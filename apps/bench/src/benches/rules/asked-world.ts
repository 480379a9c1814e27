import { INTENT_LANGUAGES, readIntentLines, understand } from "@parley/understanding";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchId, benchIdSql } from "../../world/bench-ids.ts";
import { analyze, seedWorld, withSystem } from "../../world/seed-world.ts";
import { insertRules } from "./insert-rules.ts";
import { mixOfRules, TENANTS } from "./rule-mix.ts";

/** Of each tenant. Each has a conversation with a ticket and a message. */
const CONTACTS = 50;

const PEOPLE = `generate_series(0, ${TENANTS} - 1) i cross join generate_series(0, ${CONTACTS} - 1) n`;

const INSERT_TICKETS = `
  insert into ticket (tenant_id, id, number, conversation_id, contact_id, inbox_id, channel, status, priority, category, tags,
                      attributes, reopened_count, first_response_at)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("ticket", "i", "n")}, n + 1, ${benchIdSql("conversation", "i", "n")},
         ${benchIdSql("contact", "i", "n")}, ${benchIdSql("inbox", "i")}, 'WHATSAPP',
         (array['OPEN', 'OPEN', 'PENDING', 'ESCALATED']::ticket_status[])[1 + n % 4],
         (array['LOW', 'NORMAL', 'NORMAL', 'HIGH', 'URGENT']::ticket_priority[])[1 + n % 5],
         (array['delivery', 'billing', null])[1 + n % 3], case when n % 7 = 0 then '{vip}' when n % 5 = 0 then '{late}' else '{}' end::text[],
         jsonb_build_object('shop', (array['north', 'south', 'east', 'west'])[1 + n % 4], 'floor', n % 6), n % 3,
         case when n % 2 = 0 then now() end
    from ${PEOPLE}`;

const COUNT_UNREAD = `update conversation set unread_count = ('x' || right(id::text, 2))::bit(8)::int % 5`;

const INSERT_MESSAGES = `
  insert into message (tenant_id, id, conversation_id, ticket_id, inbox_id, direction, type, status, sender_type, content,
                       external_id, occurred_at)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("message", "i", "n")}, ${benchIdSql("conversation", "i", "n")},
         ${benchIdSql("ticket", "i", "n")}, ${benchIdSql("inbox", "i")}, 'INBOUND', 'text', 'RECEIVED', 'CONTACT',
         jsonb_build_object('text', ($1::text[])[1 + n % cardinality($1::text[])]), 'wamid.' || i || '.' || n, now()
    from ${PEOPLE}`;

const INSERT_UNDERSTANDING = `
  insert into message_understanding (tenant_id, message_id, language, sentiment, sentiment_score, intent, intent_confidence,
                                     urgency, wants_human, entities, source)
  select m.tenant_id, m.id, u.language, u.sentiment, u.score, u.intent, u.confidence, u.urgency, u.wants_human, u.entities, 'local'
    from message m
    join unnest($1::text[], $2::text[], $3::text[], $4::numeric[], $5::text[], $6::numeric[], $7::text[], $8::boolean[], $9::jsonb[])
         as u (text, language, sentiment, score, intent, confidence, urgency, wants_human, entities) on u.text = m.content ->> 'text'`;

/** Of ten events six tell of a message, three of a priority that became the ticket's, one of a ticket. */
const INSERT_EVENTS = `
  insert into event (tenant_id, type, actor_type, contact_id, conversation_id, ticket_id, message_id, data)
  select t.tenant_id, k.type, 'CUSTOMER', t.contact_id, t.conversation_id, t.id,
         case when k.type = 'MESSAGE_RECEIVED' then ('${benchId("message", 0).slice(0, 8)}' || right(t.id::text, 28))::uuid end,
         case when k.type = 'PRIORITY_CHANGED' then jsonb_build_object('from', 'normal', 'to', lower(t.priority::text)) else '{}' end
    from ticket t
    cross join unnest(array['MESSAGE_RECEIVED', 'MESSAGE_RECEIVED', 'PRIORITY_CHANGED', 'TICKET_OPENED']) with ordinality as k (type, n)
   where k.n <= 2 or (t.number + k.n) % 3 > k.n - 3
  returning tenant_id as "tenantId", seq::text as seq`;

/** Where an event stands. */
export interface EventPlace {
  tenantId: string;
  seq: string;
}

/** Companies with their rules, tickets and messages, and events to ask the rules about. Returns where these stand. */
export async function seedAskedWorld(database: BenchDatabase): Promise<EventPlace[]> {
  await seedWorld(database, { inboxes: TENANTS, contactsPerInbox: CONTACTS });
  for (let tenant = 0; tenant < TENANTS; tenant += 1) await insertRules(database, tenant, mixOfRules(tenant));
  // Of texts beyond ASCII, SQL alone does not say what people take to be equal.
  const texts = INTENT_LANGUAGES.flatMap((language) => readIntentLines("heldout", language).map(({ text }) => text))
    .filter((text) => /^[ -~]+$/.test(text))
    .slice(-CONTACTS);
  const events = await withSystem(database, async (client) => {
    await client.query(INSERT_TICKETS);
    await client.query(COUNT_UNREAD);
    await client.query(INSERT_MESSAGES, [texts]);
    const understood = texts.map((text) => understand(text));
    await client.query(INSERT_UNDERSTANDING, [
      texts,
      understood.map(({ language }) => language.code),
      understood.map(({ sentiment }) => sentiment.label),
      understood.map(({ sentiment }) => sentiment.score),
      understood.map(({ intent }) => intent.label),
      understood.map(({ intent }) => intent.confidence),
      understood.map(({ urgency }) => urgency.label),
      understood.map(({ wantsHuman }) => wantsHuman),
      understood.map(({ entities }) => JSON.stringify(entities)),
    ]);
    return (await client.query<EventPlace>(INSERT_EVENTS)).rows;
  });
  await analyze(database);
  return events;
}
