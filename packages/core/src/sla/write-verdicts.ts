import { statement, type Sql } from "@parley/db";
import { outboxRow, type OutboxRow, type PayloadOf } from "@parley/queue";
import { newId } from "@parley/runtime";
import { publishEventsSql, type NewEvent } from "../events/index.ts";
import type { SystemContext } from "../context/index.ts";
import { slaTimerQueue, sliceOf } from "../sla-clocks/index.ts";
import { setTimers, type DueTimer } from "../timers/index.ts";
import type { JudgedTicket } from "./judge-tickets.ts";
import { planAutoClose } from "./plan-auto-close.ts";
import { isSameTimer, removeTimers, writeTimers, type OfTicket } from "./stored-timers.ts";

/** What is due within this is on the queue, as a slice of time; the rest is only in the database. */
export const HORIZON_MS = 60_000;
/** Until the transaction of who writes a timer is over, whoever loads the horizon may have passed it. */
const MARGIN_MS = 30_000;

// sla_ticket_pkey
const WRITE_TICKETS = statement(
  "sla_tickets_write",
  `update sla_ticket s
      set policy_id = k.policy_id, state = k.state, seen = $5, failed_at = null
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::sla_state[]) as k (tenant_id, ticket_id, policy_id, state)
    where s.tenant_id = k.tenant_id and s.ticket_id = k.ticket_id`,
);

// sla_step_once_key. What is due at a time is done once, by whichever policy it is due.
const WRITE_STEPS = statement<PayloadOf<(typeof slaTimerQueue)["jobs"]["take_step"]>>(
  "sla_steps_write",
  `insert into sla_step (tenant_id, id, ticket_id, metric, started_at, policy_id, position, due_at, on_breach, actions, created_at)
   select *, $11
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::sla_metric[], $5::timestamptz[], $6::uuid[], $7::int[],
                 $8::timestamptz[], $9::boolean[], $10::jsonb[])
       on conflict do nothing
   returning tenant_id as "tenantId", id as "stepId"`,
);

/** Writes what has changed, tells it, and puts on the queue what is to be done now or soon. */
export async function writeVerdicts(
  ctx: SystemContext,
  sql: Sql,
  judged: readonly JudgedTicket[],
  { now, seen }: { now: Date; seen: string },
): Promise<void> {
  if (judged.length === 0) return;
  const changed = judged.flatMap(({ log, stored, verdict }): OfTicket[] => {
    const { tenantId, ticketId } = log.ticket;
    const before = new Map(stored.map((row) => [`${row.metric} ${row.cycle}`, row]));
    return verdict.rows.flatMap((row) => {
      const old = before.get(`${row.metric} ${row.cycle}`);
      return old && isSameTimer(old, row) ? [] : [{ tenantId, ticketId, row }];
    });
  });
  await removeTimers(
    sql,
    judged.flatMap(({ log, verdict }) => verdict.gone.map((row) => ({ ...keyOf(log.ticket), row }))),
  );
  await writeTimers(sql, changed);
  await sql.run(WRITE_TICKETS, [
    judged.map(({ log }) => log.ticket.tenantId),
    judged.map(({ log }) => log.ticket.ticketId),
    judged.map(({ clocks }) => clocks.policy?.id ?? null),
    judged.map(({ verdict }) => verdict.state),
    seen,
  ]);
  await publishEventsSql(ctx, sql, judged.flatMap(eventsOf));
  await setTimers(ctx, sql, judged.flatMap(autoCloseOf));
  const steps = await writeSteps(sql, judged, now);
  await ctx.outbox.enqueueSql(sql, [...slicesOf(changed, now), ...steps]);
}

function keyOf({ tenantId, ticketId }: { tenantId: string; ticketId: string }) {
  return { tenantId, ticketId };
}

function eventsOf({ log, verdict }: JudgedTicket): NewEvent[] {
  const { tenantId, ticketId, conversationId, contactId } = log.ticket;
  return verdict.news.map((news) => ({ tenantId, ticketId, conversationId, contactId, actorType: "SYSTEM", ...news }));
}

/** The handler asks again: what has changed by then is fired again, or not at all. */
function autoCloseOf({ log, clocks }: JudgedTicket): DueTimer[] {
  const plan = planAutoClose(clocks);
  const { tenantId, ticketId: subjectId } = log.ticket;
  return plan ? [{ tenantId, kind: "auto_close", subjectId, dueAt: new Date(plan.at) }] : [];
}

async function writeSteps(sql: Sql, judged: readonly JudgedTicket[], now: Date): Promise<OutboxRow[]> {
  const due = judged.flatMap(({ log, verdict }) => verdict.steps.map((each) => ({ ...keyOf(log.ticket), ...each })));
  if (due.length === 0) return [];
  const written = await sql.rows(WRITE_STEPS, [
    due.map(({ tenantId }) => tenantId),
    due.map(() => newId()),
    due.map(({ ticketId }) => ticketId),
    due.map(({ clock }) => clock.metric),
    due.map(({ clock }) => new Date(clock.startedAt)),
    due.map(({ clock }) => clock.policy.id),
    due.map(({ step }) => step.position),
    due.map(({ dueAt }) => new Date(dueAt)),
    due.map(({ step }) => step.on === "breach"),
    due.map(({ step }) => JSON.stringify(step.actions)),
    now,
  ]);
  return written.map((step) => outboxRow(slaTimerQueue, "take_step", step));
}

/** Whoever loads the horizon has passed what is due by then, or may have when the transaction ends. */
function slicesOf(written: readonly OfTicket[], now: Date): OutboxRow[] {
  const until = now.getTime() + HORIZON_MS + MARGIN_MS;
  const slices = new Set<number>();
  for (const { row } of written) {
    if (row.dueAt !== null && row.dueAt <= until) slices.add(sliceOf(Math.max(row.dueAt, now.getTime())));
  }
  return [...slices].map((at) => outboxRow(slaTimerQueue, "fire_slice", { at }));
}
