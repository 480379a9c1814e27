import { rebuildReports } from "@parley/core/analytics";
import { createTestDatabase, type TestDatabase } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withSystem } from "../world/seed-world.ts";
import type { LoadSize } from "./load-size.ts";
import { loadWorld } from "./load-world.ts";
import type { LoadedLanguage } from "./phrases/write-phrases.ts";

const SIZE: LoadSize = { tenants: 2, conversations: 200, messages: 1_000, seed: 7 };

let first: TestDatabase;
beforeAll(async () => {
  first = await load(SIZE);
});
afterAll(() => first.close());

async function load(size: LoadSize): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await loadWorld(database, size);
  return database;
}

function read<Row extends object>(database: TestDatabase, text: string): Promise<Row[]> {
  return withSystem(database, async (client) => (await client.query<Row>(text)).rows);
}

/** A checksum of all rows of each table that has any, in whatever order they stand. */
async function checksums(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await read<{ name: string }>(
    database,
    "select tablename as name from pg_tables where schemaname = 'public' and tablename <> '_prisma_migrations' order by 1",
  );
  const sums: Record<string, string> = {};
  for (const { name } of tables) {
    const [row] = await read<{ sum: string | null }>(
      database,
      `select md5(string_agg(r::text, chr(10) order by r::text)) as sum from ${name} r`,
    );
    if (row?.sum) sums[name] = row.sum;
  }
  return sums;
}

/** As no text has it: in the plural. */
const ORDERS: Record<LoadedLanguage, string> = {
  fr: "commandes",
  en: "orders",
  de: "Bestellungen",
  es: "pedidos",
  it: "ordini",
};

/** Without the place in the log up to which they go. */
const REPORTS = ["report_day", "report_hour", "report_subject", "report_zone", "ticket_fact", "ticket_span"];

function pickReports(sums: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(sums).filter(([table]) => REPORTS.includes(table)));
}

/** What must not be: the ids of whatever is so all the same. */
const CONTRADICTIONS: Record<string, string> = {
  "a message of a ticket of another conversation": `
    select m.id from message m join ticket t on t.tenant_id = m.tenant_id and t.id = m.ticket_id
     where t.conversation_id <> m.conversation_id or t.inbox_id <> m.inbox_id`,
  "a ticket of another contact or inbox than its conversation": `
    select t.id from ticket t join conversation c on c.tenant_id = t.tenant_id and c.id = t.conversation_id
     where t.contact_id <> c.contact_id or t.inbox_id <> c.inbox_id`,
  "a ticket without a message": `
    select t.id from ticket t where not exists (select from message m where m.tenant_id = t.tenant_id and m.ticket_id = t.id)`,
  "a ticket whose channel is not its inbox's": `
    select t.id from ticket t join inbox i on i.tenant_id = t.tenant_id and i.id = t.inbox_id where i.channel <> t.channel`,
  "a conversation that names another message than its last": `
    select c.id from conversation c cross join lateral (
             select m.id, m.occurred_at from message m
              where m.tenant_id = c.tenant_id and m.conversation_id = c.id and not m.is_internal
              order by m.occurred_at desc, m.id desc limit 1) l
     where c.last_message_id is distinct from l.id or c.last_message_at <> l.occurred_at`,
  "a conversation that is older than its first message, or younger": `
    select c.id from conversation c
     where c.created_at <> (select min(m.occurred_at) from message m where m.tenant_id = c.tenant_id and m.conversation_id = c.id)`,
  "a wrong number of unanswered messages": `
    select c.id from conversation c
     where c.unread_count > (select count(*) from message m
                              where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.direction = 'INBOUND')
        or (c.status = 'RESOLVED' and c.unread_count > 0)`,
  "a conversation that does not follow its last ticket": `
    select c.id from conversation c cross join lateral (
             select t.* from ticket t where t.tenant_id = c.tenant_id and t.conversation_id = c.id
              order by t.created_at desc limit 1) t
     where t.assignee_id is distinct from c.assignee_id or t.team_id is distinct from c.team_id
        or (t.status in ('RESOLVED', 'CLOSED')) <> (c.status = 'RESOLVED')`,
  "an unfinished ticket that is not its conversation's last": `
    select t.id from ticket t where t.status not in ('RESOLVED', 'CLOSED')
       and exists (select from ticket l where l.tenant_id = t.tenant_id and l.conversation_id = t.conversation_id
                                          and l.created_at > t.created_at)`,
  "an end that comes before the last message, or belongs to nothing that ended": `
    select t.id from ticket t
     where (t.resolved_at is not null) <> (t.status in ('RESOLVED', 'CLOSED'))
        or t.resolved_at < (select max(m.occurred_at) from message m where m.tenant_id = t.tenant_id and m.ticket_id = t.id)`,
  "a first response that is not the first answer": `
    select t.id from ticket t
     where t.first_response_at is distinct from (
             select min(m.occurred_at) from message m
              where m.tenant_id = t.tenant_id and m.ticket_id = t.id and m.direction = 'OUTBOUND' and not m.is_internal)`,
  "a gap in the numbers of tickets, or a counter that is not the last": `
    select n.id from tenant n
     where n.last_ticket_number <> (select count(*) from ticket t where t.tenant_id = n.id)
        or n.last_ticket_number <> (select max(t.number) from ticket t where t.tenant_id = n.id)`,
  "a number that does not count up with time": `
    select id from (select id, created_at, lag(created_at) over (partition by tenant_id order by number) as before from ticket) t
     where created_at < before`,
  "a message that waits to be sent": `select id from message where status in ('SCHEDULED', 'QUEUED', 'SENDING', 'UNKNOWN')`,
  "a gap that was not filled": `select id from message where content ->> 'text' ~ '[{}]' or content ->> 'text' = ''`,
  "a contact without exactly one primary identifier": `
    select c.id from contact c
     where 1 <> (select count(*) from contact_identifier i
                  where i.tenant_id = c.tenant_id and i.contact_id = c.id and i.is_primary)`,
  "an event of a ticket, message or conversation that is not there": `
    select e.seq::text as id from event e
      left join ticket t on t.tenant_id = e.tenant_id and t.id = e.ticket_id
      left join message m on m.tenant_id = e.tenant_id and m.id = e.message_id
     where t.id is null or t.conversation_id <> e.conversation_id or t.contact_id <> e.contact_id
        or (e.message_id is not null and m.ticket_id is distinct from e.ticket_id)`,
  "a message without its event": `
    select m.id from message m
     where not exists (select from event e where e.tenant_id = m.tenant_id and e.ticket_id = m.ticket_id and e.message_id = m.id
                                             and e.type in ('MESSAGE_RECEIVED', 'MESSAGE_SENT', 'NOTE_ADDED'))`,
  "a timeline that does not go forward": `
    select seq::text as id from (select seq, created_at, lag(created_at) over (partition by tenant_id, ticket_id order by seq) as before
                                   from event) e
     where created_at < before`,
  "a timeline that ends in another status": `
    select t.id from ticket t cross join lateral (
             select coalesce((select e.data ->> 'to' from event e
                               where e.tenant_id = t.tenant_id and e.ticket_id = t.id and e.type = 'STATUS_CHANGED'
                               order by e.seq desc limit 1), 'open') as status) e
     where e.status <> lower(t.status::text)`,
  "an event that the next one of the log would collide with": `
    select seq::text as id from event where seq > (select last_value from event_seq_seq)`,
  "a text that cannot be found, or something that is found and not there": `
    select coalesce(d.id, s.id) as id
      from search_document d
      full join (select tenant_id, 'MESSAGE'::search_kind as kind, id from message
                 union all select tenant_id, 'TICKET', id from ticket
                 union all select tenant_id, 'CONTACT', id from contact) s
        on s.tenant_id = d.tenant_id and s.kind = d.kind and s.id = d.id
     where d.id is null or s.id is null`,
  "a document outside its segment": `
    select d.id from search_document d
      left join search_segment s on s.tenant_id = d.tenant_id and s.kind = d.kind and s.id = d.segment
     where s.id is null or d.occurred_at < s.oldest or d.occurred_at > s.newest`,
  "a segment that the next one would collide with": `
    select id::text from search_segment where id > (select last_value from search_segment_id_seq)`,
  "an event of which reports are still to be made": `
    select e.seq::text as id from event e join report_progress p on (e.txid, e.seq) > (p.txid, p.seq)`,
  "something that waits to be indexed": `select subject_id as id from search_change`,
  "something put aside whose timer is missing": `
    select t.id from ticket t left join timer w on w.tenant_id = t.tenant_id and w.subject_id = t.id and w.kind = 'wake_ticket'
     where w.due_at is distinct from t.snoozed_until`,
};

describe("a loaded database", () => {
  test("has as many tenants, conversations and messages as were asked for", async () => {
    const [counts] = await read(
      first,
      `select (select count(*)::int from tenant) as tenants, (select count(*)::int from conversation) as conversations,
              (select count(*)::int from message) as messages`,
    );
    expect(counts).toEqual({ tenants: SIZE.tenants, conversations: SIZE.conversations, messages: SIZE.messages });
  });

  test.each(Object.entries(CONTRADICTIONS))("has not %s", async (_name, text) => {
    expect(await read(first, text)).toEqual([]);
  });

  test("has rows in every table that the benches look at", async () => {
    expect(Object.keys(await checksums(first))).toEqual(
      expect.arrayContaining([
        "contact_identifier",
        "conversation_read",
        "event",
        "saved_view",
        "team_membership",
        "ticket",
      ]),
    );
  });

  test.each(Object.entries(ORDERS))(
    "has texts in the language %s, indexed by its grammar",
    async (language, orders) => {
      const [found] = await read<{ texts: number }>(
        first,
        `select count(*)::int as texts from search_document
        where kind = 'MESSAGE' and language = '${language}' and vector @@ to_tsquery(search_config('${language}'), '${orders}')`,
      );
      expect(found?.texts).toBeGreaterThan(0);
    },
  );

  test("has the reports that would be made of it", async () => {
    const loaded = pickReports(await checksums(first));
    expect(Object.keys(loaded)).toEqual(REPORTS);
    for (const { id } of await read<{ id: string }>(first, "select id from tenant")) await rebuildReports(first, id);
    expect(pickReports(await checksums(first))).toEqual(loaded);
  });

  test("is the same for the same seed, and another for another", { timeout: 120_000 }, async () => {
    const [same, other] = [await load(SIZE), await load({ ...SIZE, seed: SIZE.seed + 1 })];
    try {
      const [sums, sumsOfSame, sumsOfOther] = [await checksums(first), await checksums(same), await checksums(other)];
      expect(sumsOfSame).toEqual(sums);
      const drawn = ["contact", "conversation", "ticket", "message", "event"];
      expect(drawn.filter((table) => sumsOfOther[table] === sums[table])).toEqual([]);
    } finally {
      await same.close();
      await other.close();
    }
  });
});
