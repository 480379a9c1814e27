import type { BenchDatabase } from "../../setting/bench-database.ts";
import { waitFor } from "../../wait-for.ts";
import { withSystem } from "../../world/seed-world.ts";
import { CONTACTS_PER_INBOX, INBOXES, type PlannedEvent } from "./plan-events.ts";

const TIMEOUT_MS = 120_000;
const POLL_MS = 10;

// raw_webhook_event_pending_idx
const IS_PENDING = `select from raw_webhook_event where status = 'RECEIVED' limit 1`;

/** The seconds from the call of `begin` until no raw event waits any more. */
export function untilNoneIsPending(database: BenchDatabase, begin: () => Promise<void>): Promise<number> {
  return withSystem(database, async (client) => {
    const startedAt = performance.now();
    await begin();
    const ask = async (): Promise<true | undefined> =>
      (await client.query({ name: "pending", text: IS_PENDING })).rowCount === 0 || undefined;
    await waitFor("every raw event being applied", TIMEOUT_MS, ask, POLL_MS);
    return (performance.now() - startedAt) / 1_000;
  });
}

const COUNT = `
  select (select count(*) from message where direction = 'INBOUND')::int as messages,
         (select count(*) from contact)::int as contacts,
         (select count(*) from conversation)::int as conversations,
         (select count(*) from ticket)::int as tickets,
         (select count(*) from ticket where reopened_count = 1)::int as reopened,
         (select sum(unread_count) from conversation)::int as unread,
         (select count(*) from message where status in ('DELIVERED', 'READ'))::int as advanced,
         (select count(*) from event)::int as events,
         (select count(*) from raw_webhook_event where status <> 'APPLIED')::int as "notApplied"`;

/** Throws unless the tables hold exactly what the events say: the same for every contender. */
export async function assertAllApplied(database: BenchDatabase, events: readonly PlannedEvent[]): Promise<void> {
  const messages = events.flatMap((event) => event.messages);
  const strangers = messages.filter((message) => message.isNew).length;
  const opened = messages.filter((message) => message.ticket === "open").length;
  const reopened = messages.filter((message) => message.ticket === "reopen").length;
  const statuses = events.flatMap((event) => event.statuses.map(({ message }) => `${event.inbox} ${message}`));
  const seeded = INBOXES * CONTACTS_PER_INBOX;
  const expected: Record<string, number> = {
    messages: messages.length,
    contacts: seeded + strangers,
    conversations: seeded + strangers,
    tickets: seeded + opened,
    reopened,
    unread: messages.length,
    advanced: new Set(statuses).size,
    events: messages.length + 2 * strangers + opened + reopened + statuses.length,
    notApplied: 0,
  };
  const { rows } = await withSystem(database, (client) => client.query<Record<string, number>>(COUNT));
  for (const [what, count] of Object.entries(expected)) {
    // A status that comes after a further one adds no event, so there may be fewer.
    const found = rows[0]?.[what] ?? NaN;
    if (found !== count && !(what === "events" && found <= count && found >= count - statuses.length)) {
      throw new Error(`${what}: ${found} in the database, ${count} in the webhooks`);
    }
  }
}
