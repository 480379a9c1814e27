import { sqlOf, statement, type Sql, type Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { noSuchPeriod, toPeriodDate, toPeriodKey } from "../billing-periods/index.ts";
import {
  asEventActor,
  assertSuperAdmin,
  ownTime,
  requireTenant,
  userIdOf,
  type RequestContext,
} from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { adoptMissingPlan } from "./adopt-missing-plan.ts";
import { computeInvoice, type InvoiceLine } from "./compute-invoice.ts";
import { readInvoiceFacts } from "./read-facts.ts";
import type { InvoiceJson } from "./schemas.ts";
import { readInvoice } from "./show-invoice.ts";

/** Longer than any transaction takes: what began within the month is committed by then. */
const GRACE_MS = 60_000;

interface HeldPeriod {
  startsOn: Date;
  startsAt: Date;
  endsAt: Date;
  status: "OPEN" | "CLOSED";
  now: Date;
}

// billing_period_pkey. Whoever writes usage holds its period `for share`, so nobody is within when this returns.
const HOLD_PERIOD = statement<HeldPeriod>(
  "invoices_hold_period",
  `select starts_on::timestamp at time zone 'UTC' as "startsOn", starts_at as "startsAt", ends_at as "endsAt", status,
          coalesce($3::timestamptz, clock_timestamp()) as now
     from billing_period where tenant_id = $1 and starts_on = $2 for update`,
);

// billing_period_pkey: a tenant has few.
const FIND_EARLIER = statement<{ startsOn: Date }>(
  "invoices_find_earlier_period",
  `select starts_on::timestamp at time zone 'UTC' as "startsOn" from billing_period
    where tenant_id = $1 and starts_at < $2 and status = 'OPEN' order by starts_at limit 1`,
);

// event_tenant_id_txid_seq_idx
const FIND_UNFOLLOWED = statement<{ seq: string }>(
  "invoices_find_unfollowed",
  `select e.seq::text as seq
     from billing_progress p
     join event e on e.tenant_id = $1 and (e.txid, e.seq) > (p.txid, p.seq) and e.created_at < $2
    where p.id = 1
    limit 1`,
);

const CLOSE_PERIOD = statement(
  "invoices_close_period",
  `update billing_period set status = 'CLOSED', closed_at = $3 where tenant_id = $1 and starts_on = $2`,
);

// ticket_billing_usage_pkey
const FINALIZE_TICKETS = statement(
  "invoices_finalize_tickets",
  `update ticket_billing_usage set finalized = true where tenant_id = $1 and period = $2`,
);

/**
 * Closes a month and writes its invoice; one that is closed already answers its invoice again. What becomes known of the month
 * later is charged in the next one. `conflict`: the month is not over, an earlier one is open, or what happened in it is
 * not in the ledger yet.
 */
export async function closePeriod(ctx: RequestContext, { period }: { period: string }): Promise<InvoiceJson> {
  assertSuperAdmin(ctx.actor);
  const tenantId = requireTenant(ctx);
  const startsOn = toPeriodDate(period);
  await adoptMissingPlan(ctx, tenantId);
  return ctx.database.withSystem((tx) =>
    once(ctx, tx, async () => {
      const sql = sqlOf(tx);
      const [held] = await sql.rows(HOLD_PERIOD, [tenantId, startsOn, ownTime(ctx.clock)]);
      if (!held) throw noSuchPeriod();
      if (held.status === "OPEN") {
        await assertComplete(sql, tenantId, held);
        await issueInvoice(ctx, tx, tenantId, held);
      }
      return readInvoice(tx, tenantId, startsOn);
    }),
  );
}

async function assertComplete(sql: Sql, tenantId: string, period: HeldPeriod): Promise<void> {
  const soonest = new Date(period.endsAt.getTime() + GRACE_MS);
  if (period.now < soonest) {
    throw new DomainError("conflict", `This month is not over; close it after ${soonest.toISOString()}.`);
  }
  const [earlier] = await sql.rows(FIND_EARLIER, [tenantId, period.startsAt]);
  if (earlier) {
    throw new DomainError(
      "conflict",
      `Months are closed in their order; close ${toPeriodKey(earlier.startsOn)} first.`,
    );
  }
  const [unfollowed] = await sql.rows(FIND_UNFOLLOWED, [tenantId, period.endsAt]);
  if (unfollowed) {
    throw new DomainError(
      "conflict",
      "What happened in this month is not in the ledger yet; see that worker-billing runs, and try again in a minute.",
    );
  }
}

async function issueInvoice(ctx: RequestContext, tx: Tx, tenantId: string, held: HeldPeriod): Promise<void> {
  const { startsOn: period, now: issuedAt } = held;
  const { lines, total, currency } = await readComputed(tx, tenantId, held);
  const { name: company } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { name: true } });
  const sql = sqlOf(tx);
  await sql.run(CLOSE_PERIOD, [tenantId, period, issuedAt]);
  await sql.run(FINALIZE_TICKETS, [tenantId, period]);
  const invoice = { company, currency, total: total.toFixed(), issuedAt, issuedBy: userIdOf(ctx.actor) };
  await tx.invoice.create({ data: { tenantId, period, ...invoice } });
  await tx.invoiceLine.createMany({
    data: lines.map((line, index) => ({ tenantId, period, ...toColumns(line, index + 1) })),
  });
  const month = toPeriodKey(period);
  await publishEvents(ctx, tx, [
    { tenantId, type: "INVOICE_ISSUED", ...asEventActor(ctx.actor), data: { period: month } },
  ]);
  await recordAudit(ctx, tx, tenantId, {
    action: "billing_period.closed",
    subject: { type: "billing_period", id: month },
    after: { period: month, currency, total: invoice.total },
  });
}

async function readComputed(tx: Tx, tenantId: string, period: HeldPeriod) {
  const facts = await readInvoiceFacts(tx, tenantId, period, "ledger");
  return { ...computeInvoice(facts), currency: facts.currency };
}

function toColumns({ unitPrice, amount, ...line }: InvoiceLine, position: number) {
  return { ...line, position, unitPrice: unitPrice.toFixed(), amount: amount.toFixed() };
}
