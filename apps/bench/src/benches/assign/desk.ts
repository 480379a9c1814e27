import { assignmentSubscription } from "@parley/core/assignment";
import type { SystemContext } from "@parley/core/context";
import { publishEventsSql, type NewEvent } from "@parley/core/events";
import { openDatabase, statement } from "@parley/db";
import { createOutbox, createPublisher } from "@parley/queue";
import { createSilentLogger, systemClock } from "@parley/runtime";
import type { BenchDatabase } from "../../setting/bench-database.ts";
import { benchKeyring } from "../../setting/environment.ts";
import { benchId } from "../../world/bench-ids.ts";
import { INSERT_TICKETS, TENANT } from "./assign-world.ts";

/** What customers and agents do while tickets are assigned, with the events that wake the worker. */
export interface Desk {
  /** Opens tickets on the conversations from `first` up to `end`, in one transaction. */
  open(first: number, end: number): Promise<void>;
  /** All agents are there from now on. */
  comeOnline(): Promise<void>;
  /** Resolves what was assigned longer than `ms` ago. */
  finishOlderThan(ms: number): Promise<void>;
  /** More than once does no harm. */
  close(): Promise<void>;
}

const OPEN_TICKETS = statement("bench_open_tickets", INSERT_TICKETS);

const COME_ONLINE = statement(
  "bench_come_online",
  "update membership set availability = 'ONLINE' where tenant_id = $1",
);

// ticket_load_idx
const FINISH = statement<{ ticketId: string; conversationId: string; contactId: string }>(
  "bench_finish_tickets",
  `update ticket set status = 'RESOLVED', resolved_at = now(), updated_at = now(), version = version + 1
    where tenant_id = $1 and assignee_id is not null and status not in ('RESOLVED', 'CLOSED')
      and updated_at < now() - $2::int * interval '1 millisecond'
    returning id as "ticketId", conversation_id as "conversationId", contact_id as "contactId"`,
);

const by = { tenantId: TENANT, actorType: "SYSTEM" } as const;

export async function openDesk(at: { database: BenchDatabase; redisUrl: string; redisPrefix: string }): Promise<Desk> {
  const logger = createSilentLogger();
  const database = openDatabase(at.database);
  const redis = { url: at.redisUrl, prefix: at.redisPrefix };
  const subscriptions = [assignmentSubscription];
  const publisher = createPublisher({ redis, database, definitions: subscriptions.map(({ queue }) => queue), logger });
  const outbox = createOutbox({ database, publisher, clock: systemClock, logger });
  await publisher.queues()[0]?.waitUntilReady();
  const ctx: SystemContext = { database, outbox, clock: systemClock, logger, keyring: benchKeyring, subscriptions };

  let closed: Promise<void> | undefined;
  async function close(): Promise<void> {
    await outbox.close();
    await publisher.close();
    await database.close();
  }

  return {
    open: (first, end) =>
      database.system.transaction(async (sql) => {
        await sql.run(OPEN_TICKETS, [first, end]);
        const events = Array.from({ length: end - first }, (_empty, index): NewEvent => {
          const [ticketId, conversationId] = [
            benchId("ticket", 0, first + index),
            benchId("conversation", 0, first + index),
          ];
          return { ...by, type: "TICKET_OPENED", ticketId, conversationId };
        });
        await publishEventsSql(ctx, sql, events);
      }),
    comeOnline: () =>
      database.system.transaction(async (sql) => {
        await sql.run(COME_ONLINE, [TENANT]);
        await publishEventsSql(ctx, sql, [{ ...by, type: "AVAILABILITY_CHANGED" }]);
      }),
    finishOlderThan: (ms) =>
      database.system.transaction(async (sql) => {
        const finished = await sql.rows(FINISH, [TENANT, ms]);
        await publishEventsSql(
          ctx,
          sql,
          finished.map((subjects): NewEvent => ({ ...by, ...subjects, type: "STATUS_CHANGED" })),
        );
      }),
    close: () => (closed ??= close()),
  };
}
