import { sqlOf, statement, type SlaMetric, type Tx } from "@parley/db";
import { outboxRow, type PayloadOf } from "@parley/queue";
import { DomainError, isRetryable } from "@parley/runtime";
import { z } from "zod";
import { ownTime } from "../context/index.ts";
import { elapseClock, foldTicket, readTicketLogs, slaTimerQueue } from "../sla-clocks/index.ts";
import { mailStep } from "../sla-notices/index.ts";
import { fieldsAfter } from "../ticket-actions/index.ts";
import {
  addFollowers,
  applyTicketChange,
  asSystem,
  assertMember,
  holdAssignable,
  lockTicket,
  type TicketChange,
  type TicketRow,
} from "../tickets/index.ts";
import type { SlaContext } from "./judge-tickets.ts";
import { lookAtClock } from "./look-at-clock.ts";
import { stepAction, type StepAction } from "./step-actions.ts";

type StepKey = PayloadOf<(typeof slaTimerQueue)["jobs"]["take_step"]>;

interface StoredStep {
  ticketId: string;
  metric: SlaMetric;
  startedAt: Date;
  onBreach: boolean;
  actions: unknown;
}

/** After so long its job is taken for lost. */
const STRANDED_MS = 15_000;

// sla_step_pkey
const READ = statement<StoredStep>(
  "sla_step_read",
  `select ticket_id as "ticketId", metric, started_at as "startedAt", on_breach as "onBreach", actions
     from sla_step
    where tenant_id = $1 and id = $2 and state = 'WAITING'`,
);
// sla_step_pkey. Whoever comes second finds nothing to end.
const END = statement(
  "sla_step_end",
  `update sla_step set state = $3::sla_step_state, reason = $4, done_at = coalesce($5::timestamptz, clock_timestamp())
    where tenant_id = $1 and id = $2 and state = 'WAITING'`,
);
// sla_step_waiting_idx
const FIND_STRANDED = statement<StepKey>(
  "sla_steps_stranded",
  `select tenant_id as "tenantId", id as "stepId" from sla_step
    where state = 'WAITING' and created_at < (select coalesce($1::timestamptz, clock_timestamp()) - $2 * interval '1 millisecond')
    order by created_at
    limit 1000`,
);

const by = asSystem("sla");

/**
 * Does what a policy says is to be done about a promise, if that is still to be kept, and still missed if it was: all of it
 * in one transaction, or none. Who is notified follows the ticket from then on and has a mail. What is refused, because a
 * member has left or the ticket was merged, is recorded with its reason.
 */
export async function takeStep(ctx: SlaContext, key: StepKey): Promise<void> {
  try {
    await ctx.database.withSystem((tx) => take(ctx, tx, key));
  } catch (error) {
    if (!(error instanceof DomainError) || isRetryable(error)) throw error;
    await ctx.database.withSystem((tx) => end(ctx, tx, key, "FAILED", error.message));
  }
}

async function take(ctx: SlaContext, tx: Tx, key: StepKey): Promise<void> {
  const { tenantId, stepId } = key;
  const [step] = await sqlOf(tx).rows(READ, [tenantId, stepId]);
  if (!step) return;
  const actions = z.array(stepAction).parse(step.actions);
  for (const action of actions) await holdAssignable(tx, tenantId, namedBy(action));
  const locked = await lockTicket(tx, tenantId, step.ticketId);
  const isOurs = await end(ctx, tx, key, (await isStillDue(ctx, tx, tenantId, step)) ? "DONE" : "SKIPPED", null);
  if (isOurs !== "DONE") return;

  let change: TicketChange = {};
  for (const action of actions) change = { ...change, ...(await changeOf(tx, locked.ticket, change, action)) };
  const after = await applyTicketChange(ctx, tx, locked, change, by);
  const notified = new Set<string>();
  for (const action of actions) for (const userId of await notifiedBy(tx, after, action)) notified.add(userId);
  await addFollowers(ctx, tx, after, [...notified], by);
  await mailStep(ctx, tx, key, [...notified]);
}

/** Ends the step, and says as what; null if somebody else has. */
async function end(
  ctx: SlaContext,
  tx: Tx,
  key: StepKey,
  state: "DONE" | "SKIPPED" | "FAILED",
  reason: string | null,
): Promise<typeof state | null> {
  const count = await sqlOf(tx).run(END, [key.tenantId, key.stepId, state, reason, ownTime(ctx.clock)]);
  return count === 0 ? null : state;
}

/** By what is in the log now that nobody writes there. A longer promise than it was may not be missed any more. */
async function isStillDue(
  ctx: SlaContext,
  tx: Tx,
  tenantId: string,
  { ticketId, metric, startedAt, onBreach }: StoredStep,
): Promise<boolean> {
  const sql = sqlOf(tx);
  const revisionsOf = await ctx.books.hold(sql, [tenantId]);
  const now = (await lookAtClock(ctx, sql)).getTime();
  const log = (await readTicketLogs(sql, [{ tenantId, ticketId }])).get(ticketId);
  if (!log) return false;
  const { open, holder } = foldTicket(log, revisionsOf(tenantId));
  const clock = open.find((each) => each.metric === metric && each.startedAt === startedAt.getTime());
  return clock !== undefined && (!onBreach || elapseClock(clock, now, holder).breachedAt !== null);
}

function namedBy(action: StepAction): { assigneeId?: string | null; teamId?: string | null } {
  switch (action.type) {
    case "assign_user":
    case "notify_user":
      return { assigneeId: action.userId };
    case "assign_team":
      return { teamId: action.teamId };
    case "escalate":
    case "notify_team_leads":
    case "set_priority":
    case "add_tags":
      return {};
  }
}

async function changeOf(tx: Tx, ticket: TicketRow, before: TicketChange, action: StepAction): Promise<TicketChange> {
  switch (action.type) {
    case "escalate":
      return { status: "ESCALATED" };
    case "notify_user":
    case "notify_team_leads":
      return {};
    case "set_priority":
    case "assign_user":
    case "assign_team":
    case "add_tags":
      return fieldsAfter(tx, ticket, before, action);
  }
}

async function notifiedBy(tx: Tx, { tenantId, teamId }: TicketRow, action: StepAction): Promise<string[]> {
  if (action.type === "notify_user") {
    await assertMember(tx, tenantId, action.userId);
    return [action.userId];
  }
  if (action.type !== "notify_team_leads" || teamId === null) return [];
  const leads = await tx.teamMembership.findMany({
    where: { tenantId, teamId, role: "LEAD" },
    select: { userId: true },
  });
  return leads.map(({ userId }) => userId);
}

/** Puts steps on the queue whose jobs were lost. Tells how many. */
export async function reconcileSteps(ctx: SlaContext): Promise<number> {
  const { system } = ctx.database;
  const stranded = await system.rows(FIND_STRANDED, [ownTime(ctx.clock), STRANDED_MS]);
  const rows = stranded.map((step) => outboxRow(slaTimerQueue, "take_step", step));
  if (rows.length > 0) await system.transaction((sql) => ctx.outbox.enqueueSql(sql, rows));
  return rows.length;
}
