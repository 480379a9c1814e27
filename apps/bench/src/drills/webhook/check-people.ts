import { compareSets, equal, none, type Check } from "../harness/comparison.ts";
import type { Reader } from "../harness/reader.ts";
import { identifiersOf } from "./people.ts";
import type { PlannedMessage } from "./plan-traffic.ts";

/** One contact an identifier, one conversation an inbox and contact, one open ticket a conversation; each told once. */
export async function checkPeople(reader: Reader, told: readonly PlannedMessage[]): Promise<Check[]> {
  const people = new Set(told.map(({ person }) => person));
  const identifiers = [...people].flatMap((person) =>
    identifiersOf(person).map((text) => `${person.tenantId} ${text}`),
  );
  const threads = new Set(told.map(({ inbox, person }) => `${inbox.id} ${person.name}`));
  const answered = new Set(
    told.filter(({ direction }) => direction === "INBOUND").map(({ inbox, person }) => `${inbox.id} ${person.name}`),
  );
  const texts = async (query: string): Promise<string[]> =>
    (await reader.rows<{ text: string }>(query)).map(({ text }) => text);

  return [
    equal("contacts", people.size, await reader.count(`select count(*) from contact`)),
    compareSets(
      "identifiers",
      new Set(identifiers),
      await texts(`select tenant_id || ' ' || type || ' ' || value as text from contact_identifier`),
    ),
    compareSets(
      "conversations",
      threads,
      await texts(
        `select c.inbox_id || ' ' || p.name as text
           from conversation c join contact p on p.tenant_id = c.tenant_id and p.id = c.contact_id`,
      ),
    ),
    compareSets(
      "tickets, one a conversation that a customer wrote in",
      answered,
      await texts(
        `select t.inbox_id || ' ' || p.name as text
           from ticket t join contact p on p.tenant_id = t.tenant_id and p.id = t.contact_id`,
      ),
    ),
    none(
      "tenants whose ticket numbers have gaps",
      await texts(
        `select tenant_id || ': ' || count(*) || ' tickets up to number ' || max(number) as text
           from ticket group by tenant_id having count(*) <> max(number) or min(number) <> 1`,
      ),
    ),
    none("events missing or told twice", await texts(EVENT_MISMATCHES)),
  ];
}

/** Each fact has one event of its kind, in whichever transaction it was written. */
const EVENT_MISMATCHES = `
  select kind || ' ' || id || ': ' || events || ' events' as text from (
    select 'MESSAGE_RECEIVED' as kind, m.id, count(e.*) as events
      from message m left join event e on e.tenant_id = m.tenant_id and e.message_id = m.id and e.type = 'MESSAGE_RECEIVED'
     where m.direction = 'INBOUND' group by m.id
    union all
    select 'TICKET_OPENED', t.id, count(e.*)
      from ticket t left join event e on e.tenant_id = t.tenant_id and e.ticket_id = t.id and e.type = 'TICKET_OPENED'
     group by t.id
    union all
    select 'CONTACT_CREATED', p.id, count(e.*)
      from contact p left join event e on e.tenant_id = p.tenant_id and e.contact_id = p.id and e.type = 'CONTACT_CREATED'
     group by p.id
    union all
    select 'CONVERSATION_OPENED', c.id, count(e.*)
      from conversation c
      left join event e on e.tenant_id = c.tenant_id and e.conversation_id = c.id and e.type = 'CONVERSATION_OPENED'
     group by c.id
  ) counted where events <> 1`;
