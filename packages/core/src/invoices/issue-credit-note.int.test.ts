import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { foundCompany, openBillingOffice, type BillingOffice } from "./billing-office.fixture.ts";
import { closePeriod } from "./close-period.ts";
import { issueCreditNote } from "./issue-credit-note.ts";
import { createLocalPayments } from "./local-payments.ts";
import { payInvoice } from "./pay-invoice.ts";
import { showInvoice } from "./show-invoice.ts";

let office: BillingOffice;
let company: Omit<BillingOffice, "ctx" | "close">;

beforeAll(async () => {
  office = await openBillingOffice();
});
afterAll(() => office.close());

/** An invoice of 31.00 for the month and 2.00 for four tickets. */
beforeEach(async () => {
  company = await foundCompany(office.ctx);
  await company.use([{ kind: "TICKET_OPENED", quantity: 14n, at: new Date("2026-01-10"), period: "2026-01" }]);
  await closePeriod(company.admin, { period: "2026-01" });
});

const period = "2026-01";
const reason = "An outage";
const credit = (input: { amount: string } | { lines: { position: number; amount: string }[] }) =>
  issueCreditNote(company.admin, { period, reason, amount: undefined, lines: undefined, ...input });
const invoice = () => showInvoice(company.owner, { period });

describe("a credit note", () => {
  test("lessens what is to be paid, and changes no line", async () => {
    const before = await invoice();
    const note = await credit({ amount: "3.00" });
    expect(note).toMatchObject({ amount: "3.00", reason, number: expect.stringMatching(/-2026-01-C1$/), lines: [] });
    expect(await invoice()).toEqual({ ...before, credited: "3.00", due: "30.00", creditNotes: [note] });
  });

  test("of lines credits no more of a line than it is about", async () => {
    await credit({ lines: [{ position: 2, amount: "1.50" }] });
    await expect(credit({ lines: [{ position: 2, amount: "0.51" }] })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("0.50 EUR"),
    });
    await expect(credit({ lines: [{ position: 9, amount: "0.51" }] })).rejects.toMatchObject({ code: "conflict" });
    await credit({
      lines: [
        { position: 2, amount: "0.50" },
        { position: 1, amount: "31.00" },
      ],
    });
    expect(await invoice()).toMatchObject({ status: "paid", credited: "33.00", due: "0.00" });
  });

  test("never gives more than is left, whoever issues how many at the same time", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => credit({ amount: "5.00" })));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(6);
    const { credited, creditNotes } = await invoice();
    expect(credited).toBe("30.00");
    expect(creditNotes.map(({ number }) => number.split("-C")[1])).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  test("is in whole coins", async () => {
    await expect(credit({ amount: "1.005" })).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "amount", message: expect.stringContaining("EUR") }],
    });
  });

  test("of what was paid says what is to be paid back", async () => {
    await payInvoice({ ...company.owner, payments: createLocalPayments() }, { period });
    await credit({ amount: "3.00" });
    expect(await invoice()).toMatchObject({ status: "paid", paid: "33.00", due: "0.00", overpaid: "3.00" });
  });

  test("is for the platform's administrators, and for invoices that there are", async () => {
    const input = { period, reason, amount: "1.00", lines: undefined };
    await expect(issueCreditNote(company.owner, input)).rejects.toMatchObject({ code: "forbidden" });
    await expect(issueCreditNote(company.admin, { ...input, period: "2026-02" })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
