import { computeInvoice, type InvoiceFacts } from "./compute-invoice.ts";
import { toDraftJson } from "./draft-json.ts";
import type { InvoiceJson } from "./schemas.ts";
import type { PlanTerms } from "./segments.ts";

export const PARIS_MARCH = {
  startsOn: new Date("2026-03-01T00:00:00Z"),
  startsAt: new Date("2026-02-28T23:00:00Z"),
  endsAt: new Date("2026-03-31T22:00:00Z"),
  timeZone: "Europe/Paris",
};

export const PRO: PlanTerms = {
  plan: "PRO",
  validFrom: new Date("2026-01-01T00:00:00Z"),
  validTo: null,
  monthlyFee: "99.00",
  quotas: { TICKETS: 100n, AI_ACTIONS: null, MESSAGES: null },
  ticketUnitPrice: "0.25",
  aiActionUnitPrice: "0.0125",
  messageUnitPrice: "0",
  autoReplyUnitPrice: "0.01",
  campaignRecipientUnitPrice: "0.02",
  tokenThousandPrice: "0.003",
  mediaGigabytePrice: "0.10",
};

/** An invoice that was issued, credited in part and not paid yet, with what else is given. */
export function issuedInvoice(some: Partial<InvoiceJson> = {}, facts: Partial<InvoiceFacts> = {}): InvoiceJson {
  const currency = facts.currency ?? "EUR";
  const computed = computeInvoice({
    period: PARIS_MARCH,
    currency,
    plans: [PRO],
    usage: [
      { kind: "TICKET_OPENED", segment: 0, quantity: 1_234n },
      { kind: "AI_ACTION", segment: 0, quantity: 512n },
      { kind: "TOKENS", segment: 0, quantity: 1_250_000n },
    ],
    recharges: [{ meter: "TICKETS", units: 100n, unitPrice: "0.25", at: new Date("2026-03-20T08:00:00Z") }],
    ...facts,
  });
  const tenant = { id: "019c1234-5678-7736-8720-67345ad307d3", name: "Example Shop" };
  return {
    ...toDraftJson({ tenant, period: PARIS_MARCH, currency, ...computed }),
    number: "example-shop-2026-03",
    status: "open",
    issuedAt: "2026-04-01T08:00:00.000Z",
    ...some,
  };
}
