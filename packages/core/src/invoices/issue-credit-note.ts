import type { Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { toPeriodDate } from "../billing-periods/index.ts";
import { asEventActor, assertSuperAdmin, requireTenant, userIdOf, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { toCreditNoteJson } from "./credit-note-json.ts";
import { holdInvoice, openPayment } from "./hold-invoice.ts";
import { balanceOf, type InvoiceRow } from "./invoice-json.ts";
import { Decimal, minorDigits, moneyText, toDecimal } from "./money.ts";
import type { CreateCreditNoteInput, CreditNoteJson } from "./schemas.ts";

interface CreditedPart {
  /** Of the invoice's line; null: the invoice as a whole. */
  invoicePosition: number | null;
  amount: Decimal;
}

/**
 * Says what of an invoice need not be paid after all; what was paid of it is to be paid back. `conflict`: it is more than is
 * left of the invoice, or of a line; or nobody knows yet whether the invoice was paid.
 */
export async function issueCreditNote(
  ctx: RequestContext,
  { period, ...input }: CreateCreditNoteInput & { period: string },
): Promise<CreditNoteJson> {
  assertSuperAdmin(ctx.actor);
  const tenantId = requireTenant(ctx);
  return ctx.database.withSystem((tx) =>
    once(ctx, tx, async () => {
      const invoice = await holdInvoice(tx, tenantId, toPeriodDate(period));
      const parts = partsOf(input, invoice.currency);
      if (openPayment(invoice)) {
        throw new DomainError(
          "conflict",
          "A payment of this invoice is under way; ask what became of it by paying again.",
        );
      }
      await assertLeft(tx, invoice, parts);
      return writeNote(ctx, tx, invoice, input.reason, parts);
    }),
  );
}

function partsOf({ amount, lines }: Omit<CreateCreditNoteInput, "reason">, currency: string): CreditedPart[] {
  const parts = lines ?? (amount === undefined ? [] : [{ position: null, amount }]);
  return parts.map((part, index) => {
    const exact = new Decimal(part.amount);
    const digits = minorDigits(currency);
    if (exact.decimalPlaces() > digits) {
      const message = `must be in whole coins of ${currency}, which has ${digits} decimals`;
      const path = lines === undefined ? "amount" : `lines.${index}.amount`;
      throw new DomainError("validation_failed", `The ${path} ${message}.`, { fields: [{ path, message }] });
    }
    return { invoicePosition: part.position, amount: exact };
  });
}

async function assertLeft(tx: Tx, invoice: InvoiceRow, parts: readonly CreditedPart[]): Promise<void> {
  const { tenantId, period, currency } = invoice;
  const { total, credited } = balanceOf(invoice);
  assertAtMost(sumOf(parts), total.minus(credited), currency, "the invoice");
  const positions = parts.flatMap(({ invoicePosition }) => invoicePosition ?? []);
  const lines = await tx.invoiceLine.findMany({ where: { tenantId, period, position: { in: positions } } });
  for (const part of parts) {
    const position = part.invoicePosition;
    if (position === null) continue;
    const line = lines.find((each) => each.position === position);
    if (!line) throw new DomainError("conflict", `The invoice has no line ${position}; see its lines.`);
    const before = invoice.creditNotes
      .flatMap((note) => note.lines)
      .filter((each) => each.invoicePosition === position);
    const left = before.reduce((rest, each) => rest.minus(toDecimal(each.amount)), toDecimal(line.amount));
    assertAtMost(part.amount, left, currency, `its line ${position}`);
  }
}

function assertAtMost(amount: Decimal, left: Decimal, currency: string, what: string): void {
  if (amount.lte(left)) return;
  const most = moneyText(Decimal.max(left, 0), currency);
  throw new DomainError(
    "conflict",
    `Of ${what} ${most} ${currency} can be credited at most, because the rest was already.`,
  );
}

async function writeNote(
  ctx: RequestContext,
  tx: Tx,
  invoice: InvoiceRow,
  reason: string,
  parts: readonly CreditedPart[],
): Promise<CreditNoteJson> {
  const { tenantId, period, currency } = invoice;
  const id = newId();
  const note = await tx.creditNote.create({
    data: {
      tenantId,
      id,
      period,
      number: invoice.creditNotes.length + 1,
      reason,
      amount: sumOf(parts).toFixed(),
      createdBy: userIdOf(ctx.actor),
      createdAt: ctx.clock.now(),
    },
  });
  const lines = parts.map(({ invoicePosition, amount }, index) => ({
    tenantId,
    creditNoteId: id,
    position: index + 1,
    invoicePosition,
    amount: amount.toFixed(),
  }));
  await tx.creditNoteLine.createMany({ data: lines });
  const stored = await tx.creditNoteLine.findMany({
    where: { tenantId, creditNoteId: id },
    orderBy: { position: "asc" },
  });
  const { slug } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true } });
  const answer = toCreditNoteJson({ ...note, lines: stored }, currency, slug);
  await publishEvents(ctx, tx, [
    { tenantId, type: "CREDIT_NOTE_ISSUED", ...asEventActor(ctx.actor), data: { period: answer.period } },
  ]);
  await recordAudit(ctx, tx, tenantId, {
    action: "credit_note.issued",
    subject: { type: "credit_note", id },
    after: answer,
  });
  return answer;
}

function sumOf(parts: readonly CreditedPart[]): Decimal {
  return parts.reduce((sum, { amount }) => sum.plus(amount), new Decimal(0));
}
