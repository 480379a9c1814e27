import type { InvoiceJson, InvoiceLineJson } from "./schemas.ts";

const KINDS: Readonly<Record<NonNullable<InvoiceLineJson["kind"]>, string>> = {
  ticket_opened: "Tickets opened",
  outbound_message: "Messages sent",
  ai_action: "AI actions",
  auto_reply: "Automatic replies",
  campaign_recipient: "Campaign recipients",
  tokens: "Tokens of language models",
  media_bytes: "Media, in bytes",
};

const METERS: Readonly<Record<NonNullable<InvoiceLineJson["meter"]>, string>> = {
  tickets: "tickets",
  ai_actions: "AI actions",
  messages: "messages",
};

const STATUSES: Readonly<Record<InvoiceJson["status"], string>> = {
  draft: "Draft: the period is still open",
  open: "To be paid",
  paid: "Paid",
};

/** One line of an invoice as people read it. */
export interface PrintedLine {
  position: string;
  description: string;
  span: string;
  quantity: string;
  included: string;
  charged: string;
  unitPrice: string;
  amount: string;
}

/** An invoice as people read it, in whichever form: every text of it, and none of it escaped. */
export interface PrintedInvoice {
  title: string;
  number: string;
  company: string;
  status: string;
  facts: { name: string; value: string }[];
  lines: PrintedLine[];
  sums: { name: string; value: string }[];
  creditNotes: { number: string; date: string; reason: string; amount: string }[];
  payments: { date: string; provider: string; reference: string; state: string; amount: string }[];
  notes: string[];
}

/** Days are those of the zone in which the period is a month. */
export function printInvoice(invoice: InvoiceJson): PrintedInvoice {
  const { currency, timeZone } = invoice;
  const money = (amount: string): string => moneyWords(amount, currency);
  const day = (time: string): string => dayWords(time, timeZone);
  return {
    title: invoice.status === "draft" ? "Draft invoice" : "Invoice",
    number: invoice.number ?? invoice.period,
    company: invoice.company.name,
    status: STATUSES[invoice.status],
    facts: [
      { name: "Period", value: spanWords(invoice.startsAt, invoice.endsAt, timeZone) },
      { name: "Time zone", value: timeZone },
      ...(invoice.issuedAt === null ? [] : [{ name: "Issued", value: day(invoice.issuedAt) }]),
      { name: "Currency", value: currency },
    ],
    lines: invoice.lines.map((line) => ({
      position: String(line.position),
      description: describeLine(line),
      span: line.item === "recharge" ? day(line.startsAt) : spanWords(line.startsAt, line.endsAt, timeZone),
      quantity: line.item === "monthly_fee" ? "" : countWords(line.quantity),
      included: line.item === "usage" ? countWords(line.included) : "",
      charged: line.item === "monthly_fee" ? "" : countWords(line.charged),
      unitPrice: priceWords(line, currency),
      amount: money(line.amount),
    })),
    sums: [
      { name: "Total", value: money(invoice.total) },
      ...(isNothing(invoice.credited) ? [] : [{ name: "Credited", value: money(`-${invoice.credited}`) }]),
      ...(isNothing(invoice.paid) ? [] : [{ name: "Paid", value: money(`-${invoice.paid}`) }]),
      { name: "To be paid", value: money(invoice.due) },
      ...(isNothing(invoice.overpaid) ? [] : [{ name: "To be paid back", value: money(invoice.overpaid) }]),
    ],
    creditNotes: invoice.creditNotes.map(({ number, createdAt, reason, amount }) => ({
      number,
      date: day(createdAt),
      reason,
      amount: money(amount),
    })),
    payments: invoice.payments.map(({ requestedAt, provider, reference, state, amount }) => ({
      date: day(requestedAt),
      provider,
      reference: reference ?? "",
      state,
      amount: money(amount),
    })),
    notes: [
      "A monthly fee is for the part of the month in which its plan was valid.",
      "Included units are used up before any is charged, from the oldest part of the period on.",
      "Each line is rounded once, half to even, to the smallest coin; the total is the sum of the lines.",
    ],
  };
}

function describeLine({ item, plan, kind, meter }: InvoiceLineJson): string {
  if (item === "monthly_fee") return `Monthly fee, plan ${plan}`;
  if (item === "recharge") return `Recharge of ${meter === null ? "units" : METERS[meter]}`;
  return kind === null ? "Usage" : KINDS[kind];
}

function priceWords({ unitPrice, unitSize }: InvoiceLineJson, currency: string): string {
  const price = moneyWords(unitPrice, currency, 6);
  return unitSize === 1 ? price : `${price} per ${countWords(unitSize)}`;
}

/** Exact: what is formatted is the decimal text, and no number is made of it. */
function moneyWords(amount: string, currency: string, mostDigits?: number): string {
  const format = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
    ...(mostDigits !== undefined && { maximumFractionDigits: mostDigits }),
  });
  // A schema has checked that it is a decimal; the type asks for a template of one.
  return format.format(amount as Intl.StringNumericLiteral);
}

function countWords(count: number): string {
  return count.toLocaleString("en");
}

function dayWords(time: string, timeZone: string): string {
  return new Date(time).toLocaleDateString("en", { dateStyle: "medium", timeZone });
}

/** The last day is within; the end of a span is not. */
function spanWords(startsAt: string, endsAt: string, timeZone: string): string {
  const last = new Date(new Date(endsAt).getTime() - 1).toISOString();
  return `${dayWords(startsAt, timeZone)} – ${dayWords(last, timeZone)}`;
}

function isNothing(amount: string): boolean {
  return !/[1-9]/.test(amount);
}
