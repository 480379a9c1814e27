import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchIdSql } from "../../world/bench-ids.ts";
import { analyze, seedWorld, withSystem } from "../../world/seed-world.ts";
import { CONTACTS, CONTACTS_PER_INBOX, INBOXES } from "./plan-events.ts";

const PEOPLE = `generate_series(0, ${INBOXES} - 1) i cross join generate_series(0, ${CONTACTS_PER_INBOX} - 1) n`;

/** Tickets that are open, that were resolved within the reopen window, and that were resolved long before it. */
const INSERT_TICKETS = `
  insert into ticket (tenant_id, id, number, conversation_id, contact_id, inbox_id, channel, status, resolved_at, created_at)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("ticket", "i", "n")}, n + 1, ${benchIdSql("conversation", "i", "n")},
         ${benchIdSql("contact", "i", "n")}, ${benchIdSql("inbox", "i")}, 'WHATSAPP',
         case when n < ${CONTACTS.OPEN} then 'OPEN' else 'RESOLVED' end::ticket_status,
         case when n < ${CONTACTS.OPEN} then null
              when n < ${CONTACTS.OPEN + CONTACTS.RESOLVED} then now() - interval '1 hour'
              else now() - interval '90 days' end,
         now() - interval '100 days'
    from ${PEOPLE}`;

const COUNT_TICKETS = `update tenant set last_ticket_number = ${CONTACTS_PER_INBOX}`;

/** One message of ours to each contact, accepted by the provider: what the statuses are about. */
const INSERT_SENT = `
  insert into message (tenant_id, id, conversation_id, ticket_id, inbox_id, direction, type, status, sender_type, content,
                       external_id, attempts, occurred_at, sent_at)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("message", "i", "n")}, ${benchIdSql("conversation", "i", "n")},
         ${benchIdSql("ticket", "i", "n")}, ${benchIdSql("inbox", "i")}, 'OUTBOUND', 'text', 'SENT', 'SYSTEM',
         '{"text": "How can we help?"}', 'wamid.OUT' || i || '.' || n, 1, now() - interval '1 hour', now() - interval '1 hour'
    from ${PEOPLE}`;

const INSERT_ATTEMPTS = `
  insert into outbound_attempt (tenant_id, id, message_id, number, state, external_id, requested_at, finished_at)
  select ${benchIdSql("tenant", "i")}, ${benchIdSql("attempt", "i", "n")}, ${benchIdSql("message", "i", "n")}, 1, 'ACCEPTED',
         'wamid.OUT' || i || '.' || n, now() - interval '1 hour', now() - interval '1 hour'
    from ${PEOPLE}`;

/** 5,000 contacts with conversations, tickets and a message that was sent to each. */
export async function seedIngestWorld(database: BenchDatabase): Promise<void> {
  await seedWorld(database, { inboxes: INBOXES, contactsPerInbox: CONTACTS_PER_INBOX });
  await withSystem(database, async (client) => {
    for (const text of [INSERT_TICKETS, COUNT_TICKETS, INSERT_SENT, INSERT_ATTEMPTS]) await client.query(text);
  });
  await analyze(database);
}
