import type { Prisma } from "@parley/db";
import { z } from "zod";
import { toPeriodKey } from "../billing-periods/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { moneyText, toDecimal } from "./money.ts";
import type { PaymentJson } from "./schemas.ts";

const paymentError = z.object({ code: z.string(), title: z.string() }).nullable().catch(null);

export function toPaymentJson(payment: Prisma.PaymentAttemptGetPayload<object>): PaymentJson {
  const { id, provider, state, currency, reference } = payment;
  return {
    id,
    period: toPeriodKey(payment.period),
    provider,
    state: toJsonEnum(state),
    amount: moneyText(toDecimal(payment.amount), currency),
    currency,
    reference,
    error: paymentError.parse(payment.error),
    requestedAt: payment.requestedAt.toISOString(),
    settledAt: payment.settledAt?.toISOString() ?? null,
  };
}
