import { sqlOf, statement, type Prisma, type Tx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql } from "../events/index.ts";
import { nextRun, definitionOf, type RuleSchedule, type RuleRow } from "../rule-definitions/index.ts";
import { ticketCondition } from "../tickets/index.ts";
import { cancelTimer, setTimer, type TimerHandler, type TimerKey } from "../timers/index.ts";

/** So many tickets are due at once; the next page some seconds later, so that other companies' have their turn. */
const PAGE = 1_000;
const NEXT_PAGE_MS = 5_000;
/** What is left of a run then is the next run's. */
const MOST_PAGES = 10;

// ai_rule_pkey. Where a run stands is no change of the rule.
const KEEP_PLACE = statement(
  "rule_schedule_keep_place",
  "update ai_rule set schedule_cursor = $3, schedule_pages = $4 where tenant_id = $1 and id = $2",
);

/** Sets the timer of a rule with a schedule, or takes it back; in the transaction that changes the rule. A run is given up. */
export async function planSchedule(ctx: SystemContext, tx: Tx, rule: RuleRow): Promise<void> {
  await keepPlace(tx, rule, { cursor: null, pages: 0 });
  const next = isDueEver(rule) ? await nextTime(tx, rule, ctx.clock.now()) : null;
  if (next) await setTimer(ctx, tx, timerOf(rule), next);
  else await cancelTimer(tx, timerOf(rule));
}

/** A rule that is deleted is not due any more. */
export async function cancelSchedule(tx: Tx, rule: { tenantId: string; id: string }): Promise<void> {
  await cancelTimer(tx, timerOf(rule));
}

/**
 * What the timer of a rule does: the log says for each ticket that its schedule finds that it is due, a page at a time. At
 * another time than the schedule's, because the tenant's time zone is another one by now, it only sets itself anew, unless
 * a run is under way.
 */
export const runSchedule: TimerHandler = async (ctx, tx, { tenantId, subjectId: id, dueAt }) => {
  const rule = await tx.aiRule.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!rule || !isDueEver(rule)) return;
  const { schedule } = definitionOf(rule);
  const planned = await nextTime(tx, rule, new Date(dueAt.getTime() - 1));
  const isDue = planned?.getTime() === dueAt.getTime();
  const pages = isDue ? 0 : rule.schedulePages;
  const replan = async (): Promise<Date | undefined> => (await nextTime(tx, rule, ctx.clock.now())) ?? undefined;
  if (!schedule || (!isDue && pages === 0)) return replan();
  const tickets = await findDueTickets(tx, tenantId, schedule, rule.scheduleCursor);
  const last = tickets.length < PAGE ? undefined : tickets.at(-1);
  const goesOn = last !== undefined && pages + 1 < MOST_PAGES;
  await keepPlace(tx, rule, { cursor: last?.id ?? null, pages: goesOn ? pages + 1 : 0 });
  await publishEventsSql(
    ctx,
    sqlOf(tx),
    tickets.map((ticket) => ({
      tenantId,
      contactId: ticket.contactId,
      conversationId: ticket.conversationId,
      ticketId: ticket.id,
      actorType: "SYSTEM",
      type: "RULE_DUE",
      data: { ruleId: id },
    })),
  );
  return goesOn ? new Date(ctx.clock.now().getTime() + NEXT_PAGE_MS) : replan();
};

function isDueEver({ schedule, isActive, executionMode, suspendedAt }: RuleRow): boolean {
  return schedule !== null && isActive && executionMode !== "DISABLED" && suspendedAt === null;
}

async function nextTime(tx: Tx, rule: RuleRow, after: Date): Promise<Date | null> {
  const { schedule } = definitionOf(rule);
  if (!schedule) return null;
  const { timeZone } = await tx.tenant.findUniqueOrThrow({
    where: { id: rule.tenantId },
    select: { timeZone: true },
  });
  return nextRun(schedule, timeZone, after);
}

type DueTicket = Pick<Prisma.TicketModel, "id" | "conversationId" | "contactId">;

/** The tickets that a schedule's filter finds now, up to a thousand, behind the one that `after` names. Relies on ticket_pkey. */
export async function findDueTickets(
  tx: Tx,
  tenantId: string,
  { filter }: RuleSchedule,
  after: string | null = null,
): Promise<DueTicket[]> {
  // A search means the transaction's tenant.
  await tx.$executeRaw`select set_config('app.tenant_id', ${tenantId}, true)`;
  const values: unknown[] = [after];
  const condition = ticketCondition(values, [filter], { tenantId, me: null });
  return tx.$queryRawUnsafe<DueTicket[]>(
    `select t.id, t.conversation_id as "conversationId", t.contact_id as "contactId" from ticket t
      where ${condition} and ($1::uuid is null or t.id > $1::uuid) order by t.id limit ${PAGE}`,
    ...values,
  );
}

async function keepPlace(
  tx: Tx,
  { tenantId, id, scheduleCursor, schedulePages }: RuleRow,
  { cursor, pages }: { cursor: string | null; pages: number },
): Promise<void> {
  if (cursor === scheduleCursor && pages === schedulePages) return;
  await sqlOf(tx).run(KEEP_PLACE, [tenantId, id, cursor, pages]);
}

function timerOf({ tenantId, id }: { tenantId: string; id: string }): TimerKey {
  return { tenantId, kind: "run_schedule", subjectId: id };
}
