import type { Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { toPeriodDate, toPeriodKey } from "../billing-periods/index.ts";
import { asEventActor, authorize, userIdOf, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { prepareOnce } from "../idempotency/index.ts";
import { holdInvoice, openPayment } from "./hold-invoice.ts";
import { balanceOf } from "./invoice-json.ts";
import { moneyText, toDecimal } from "./money.ts";
import { toPaymentJson } from "./payment-json.ts";
import type { PaymentContext, PaymentOutcome, PaymentRequest } from "./payment-provider.ts";
import type { PaymentJson } from "./schemas.ts";

const PROVIDER_TIMEOUT_MS = 15_000;

interface Asked {
  request: PaymentRequest;
  /** It was asked for before, and nobody knows what became of it. */
  isRepeated: boolean;
}

type PayContext = RequestContext & PaymentContext;

/**
 * Has the provider take what is left of an invoice. The attempt is on record before the provider is asked, and while nobody
 * knows what became of it there is no other: paying again asks for the same one, which the provider takes once.
 * `conflict`: nothing is left to be paid.
 */
export async function payInvoice(ctx: PayContext, { period }: { period: string }): Promise<PaymentJson> {
  const tenantId = authorize(ctx, "billing.pay");
  const month = toPeriodDate(period);
  return prepareOnce(
    ctx,
    tenantId,
    async () => {
      const asked = await ctx.database.withTenant(tenantId, (tx) => recordAttempt(ctx, tx, tenantId, month));
      return { id: asked.request.id, outcome: await askProvider(ctx, asked) };
    },
    (tx, { id, outcome }) => settleAttempt(ctx, tx, { tenantId, month, id, outcome }),
  );
}

async function recordAttempt(ctx: PayContext, tx: Tx, tenantId: string, period: Date): Promise<Asked> {
  const invoice = await holdInvoice(tx, tenantId, period);
  const { currency } = invoice;
  const description = `${invoice.company}, ${toPeriodKey(period)}`;
  const open = openPayment(invoice);
  if (open) {
    const amount = moneyText(toDecimal(open.amount), currency);
    return { request: { id: open.id, amount, currency, tenantId, description }, isRepeated: true };
  }
  const { left } = balanceOf(invoice);
  if (left.lte(0)) throw new DomainError("conflict", "Nothing of this invoice is left to be paid.");
  const request = { id: newId(), amount: moneyText(left, currency), currency, tenantId, description };
  await tx.paymentAttempt.create({
    data: {
      tenantId,
      id: request.id,
      period,
      provider: ctx.payments.name,
      amount: request.amount,
      currency,
      requestedBy: userIdOf(ctx.actor),
      requestedAt: ctx.clock.now(),
    },
  });
  return { request, isRepeated: false };
}

async function askProvider({ payments, logger }: PayContext, { request, isRepeated }: Asked): Promise<PaymentOutcome> {
  const signal = AbortSignal.timeout(PROVIDER_TIMEOUT_MS);
  try {
    const known = isRepeated ? await payments.find(request.id, signal) : null;
    return known ?? (await payments.charge(request, signal));
  } catch (error) {
    logger.warn({ err: error, paymentId: request.id }, "a provider of payments did not say what became of one");
    return { state: "UNKNOWN" };
  }
}

interface Settled {
  tenantId: string;
  month: Date;
  id: string;
  outcome: PaymentOutcome;
}

/** Whoever asked for the same attempt at the same time may have settled it: what is known stays. */
async function settleAttempt(ctx: PayContext, tx: Tx, { tenantId, month, id, outcome }: Settled): Promise<PaymentJson> {
  const invoice = await holdInvoice(tx, tenantId, month);
  const where = { tenantId_id: { tenantId, id } };
  if (openPayment(invoice)?.id !== id) return toPaymentJson(await tx.paymentAttempt.findUniqueOrThrow({ where }));
  const now = ctx.clock.now();
  const payment = await tx.paymentAttempt.update({ where, data: toColumns(outcome, now) });
  const answer = toPaymentJson(payment);
  if (outcome.state === "ACCEPTED") {
    // The attempt was for all that was left, and while it was open nothing was credited.
    await tx.invoice.update({
      where: { tenantId_period: { tenantId, period: month } },
      data: { paidAt: now },
      select: { period: true },
    });
    await publishEvents(ctx, tx, [
      { tenantId, type: "INVOICE_PAID", ...asEventActor(ctx.actor), data: { period: answer.period } },
    ]);
  }
  await recordAudit(ctx, tx, tenantId, {
    action: `invoice.payment_${answer.state}`,
    subject: { type: "payment", id },
    after: answer,
  });
  return answer;
}

function toColumns(outcome: PaymentOutcome, now: Date) {
  const { state } = outcome;
  switch (state) {
    case "ACCEPTED":
      return { state, reference: outcome.reference, settledAt: now };
    case "REFUSED":
      return { state, error: { code: outcome.code, title: outcome.title }, settledAt: now };
    case "UNKNOWN":
      return { state };
  }
}
