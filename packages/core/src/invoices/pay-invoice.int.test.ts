import { claimKey } from "../idempotency/index.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { foundCompany, openBillingOffice, type BillingOffice } from "./billing-office.fixture.ts";
import { closePeriod } from "./close-period.ts";
import { issueCreditNote } from "./issue-credit-note.ts";
import { payInvoice } from "./pay-invoice.ts";
import type { PaymentOutcome, PaymentProvider, PaymentRequest } from "./payment-provider.ts";
import { showInvoice } from "./show-invoice.ts";

/** A provider with a ledger, which may lose its voice. */
interface Bank extends PaymentProvider {
  /** What it took, by our id. */
  taken: Map<string, PaymentRequest>;
  asked: number;
  /** What goes wrong with the next charge. */
  next: "nothing" | "refuse" | "die_before" | "die_after";
}

function openBank(): Bank {
  const bank: Bank = {
    name: "bank",
    taken: new Map(),
    asked: 0,
    next: "nothing",
    async charge(request) {
      bank.asked += 1;
      const fault = bank.next;
      bank.next = "nothing";
      if (fault === "refuse")
        return { state: "REFUSED", code: "no_funds", title: "There is not enough on the account" };
      if (fault === "die_before") throw new Error("the connection was lost");
      bank.taken.set(request.id, request);
      if (fault === "die_after") throw new Error("the connection was lost");
      return accepted(request.id);
    },
    async find(id) {
      return bank.taken.has(id) ? accepted(id) : null;
    },
  };
  return bank;
}

const accepted = (id: string): PaymentOutcome => ({ state: "ACCEPTED", reference: `bank-${id}` });

let office: BillingOffice;
let company: Omit<BillingOffice, "ctx" | "close">;
let bank: Bank;

beforeAll(async () => {
  office = await openBillingOffice();
});
afterAll(() => office.close());
beforeEach(async () => {
  bank = openBank();
  company = await foundCompany(office.ctx);
  await closePeriod(company.admin, { period });
});

const period = "2026-01";
const pay = (key?: string) =>
  payInvoice(
    {
      ...company.owner,
      payments: bank,
      ...(key !== undefined && { idempotency: claimKey(key, { method: "POST", path: "/pay", body: null }) }),
    },
    { period },
  );
const invoice = () => showInvoice(company.owner, { period });
const total = (): string[] => [...bank.taken.values()].map(({ amount, currency }) => `${amount} ${currency}`);

describe("paying an invoice", () => {
  test("takes what is left of it, once, and says so in the log", async () => {
    await issueCreditNote(company.admin, { period, reason: "Late", amount: "1.00", lines: undefined });
    const payment = await pay();
    expect(payment).toMatchObject({ state: "accepted", amount: "30.00", currency: "EUR", provider: "bank" });
    expect(await invoice()).toMatchObject({ status: "paid", paid: "30.00", due: "0.00", payments: [payment] });
    await expect(pay()).rejects.toMatchObject({ code: "conflict" });
    expect(total()).toEqual(["30.00 EUR"]);
    const { tenantId } = company;
    const events = await office.ctx.database.withSystem((tx) =>
      tx.event.count({ where: { tenantId, type: "INVOICE_PAID" } }),
    );
    expect(events).toBe(1);
  });

  test("that was refused may be tried again", async () => {
    bank.next = "refuse";
    expect(await pay()).toMatchObject({ state: "refused", error: { code: "no_funds" } });
    expect(await invoice()).toMatchObject({ status: "open", due: "31.00" });
    expect(await pay()).toMatchObject({ state: "accepted" });
    expect(total()).toEqual(["31.00 EUR"]);
  });

  test.each(["die_before", "die_after"] as const)(
    "of which nobody knows what became (%s) is not taken twice",
    async (fault) => {
      bank.next = fault;
      const first = await pay();
      expect(first).toMatchObject({ state: "unknown", settledAt: null });
      expect(await invoice()).toMatchObject({ status: "open", due: "31.00" });
      const second = await pay();
      expect(second).toMatchObject({ id: first.id, state: "accepted" });
      expect(total()).toEqual(["31.00 EUR"]);
      expect(bank.asked).toBe(fault === "die_before" ? 2 : 1);
      expect((await invoice()).payments).toHaveLength(1);
    },
  );

  test("keeps credit notes out while nobody knows", async () => {
    bank.next = "die_after";
    await pay();
    const note = { period, reason: "Late", amount: "1.00", lines: undefined };
    await expect(issueCreditNote(company.admin, note)).rejects.toMatchObject({ code: "conflict" });
    await pay();
    await expect(issueCreditNote(company.admin, note)).resolves.toMatchObject({ amount: "1.00" });
  });

  test("is one payment, whoever asks for it how often at the same time", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => pay()));
    const ids = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value.id] : []));
    expect(new Set(ids).size).toBe(1);
    expect(total()).toEqual(["31.00 EUR"]);
    expect(await invoice()).toMatchObject({ paid: "31.00", payments: [{ state: "accepted" }] });
  });

  test("under a key answers a repetition without asking anybody", async () => {
    const first = await pay("pay-1");
    expect(await pay("pay-1")).toEqual(first);
    expect(bank.asked).toBe(1);
  });

  test("is the owner's business", async () => {
    const manager = { ...company.owner, actor: { ...company.owner.actor, role: "ADMIN" as const }, payments: bank };
    await expect(payInvoice(manager, { period })).rejects.toMatchObject({ code: "forbidden" });
    expect(bank.asked).toBe(0);
  });
});
