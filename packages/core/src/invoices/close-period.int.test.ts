import { statement } from "@parley/db";
import { newId } from "@parley/runtime";
import { waitForLocks } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { toPeriodDate } from "../billing-periods/index.ts";
import { claimKey } from "../idempotency/index.ts";
import { foundCompany, openBillingOffice, type BillingOffice, type Used } from "./billing-office.fixture.ts";
import { closePeriod } from "./close-period.ts";
import { listInvoices } from "./list-invoices.ts";
import { showInvoice } from "./show-invoice.ts";

let office: BillingOffice;
let company: Omit<BillingOffice, "ctx" | "close">;

beforeAll(async () => {
  office = await openBillingOffice();
});
afterAll(() => office.close());
beforeEach(async () => {
  company = await foundCompany(office.ctx);
});

const at = (day: string): Date => new Date(`${day}T12:00:00Z`);
const tickets = (quantity: bigint, day: string, period = day.slice(0, 7)): Used => ({
  kind: "TICKET_OPENED",
  quantity,
  at: at(day),
  period,
});

const periodOf = (period: string) =>
  office.ctx.database.withSystem((tx) =>
    tx.billingPeriod.findUniqueOrThrow({
      where: { tenantId_startsOn: { tenantId: company.tenantId, startsOn: toPeriodDate(period) } },
    }),
  );

describe("closing a month", () => {
  test("charges the recipients of all campaigns in one line", async () => {
    const recipients = { kind: "CAMPAIGN_RECIPIENT" as const, period: "2026-01" };
    await company.use([
      { ...recipients, quantity: 200n, at: at("2026-01-10") },
      { ...recipients, quantity: 100n, at: at("2026-01-20") },
    ]);
    const { lines, total } = await closePeriod(company.admin, { period: "2026-01" });
    expect(lines).toMatchObject([
      { item: "monthly_fee" },
      { kind: "campaign_recipient", quantity: 300, charged: 300, unitPrice: "0.015", amount: "4.50" },
    ]);
    expect(total).toBe("35.50");
  });

  test("writes its invoice, whose lines are the fee and what the ledger has", async () => {
    await company.use([
      tickets(14n, "2026-01-10"),
      { kind: "AI_ACTION", quantity: 10n, at: at("2026-01-11"), period: "2026-01" },
    ]);
    const invoice = await closePeriod(company.admin, { period: "2026-01" });
    expect(invoice).toMatchObject({
      period: "2026-01",
      status: "open",
      currency: "EUR",
      total: "33.12",
      due: "33.12",
      issuedAt: "2026-03-15T12:00:00.000Z",
      lines: [
        { position: 1, item: "monthly_fee", plan: "pro", amount: "31.00" },
        { position: 2, item: "usage", kind: "ticket_opened", quantity: 14, included: 10, charged: 4, amount: "2.00" },
        {
          position: 3,
          item: "usage",
          kind: "ai_action",
          quantity: 10,
          included: 0,
          charged: 10,
          unitPrice: "0.0125",
          amount: "0.12",
        },
      ],
    });
    expect(await periodOf("2026-01")).toMatchObject({ status: "CLOSED", closedAt: office.ctx.clock.now() });
    expect(await showInvoice(company.owner, { period: "2026-01" })).toEqual(invoice);
    const { data } = await listInvoices(company.owner, { limit: 50 });
    expect(data.map(({ period, total }) => [period, total])).toEqual([["2026-01", "33.12"]]);
  });

  test("is one effect, however often it is asked for, and under a key as well", async () => {
    await company.use([tickets(14n, "2026-01-10")]);
    const once = { ...company.admin, idempotency: claimKey("close-1", { method: "POST", path: "/", body: null }) };
    const invoices = await Promise.all([
      closePeriod(once, { period: "2026-01" }),
      closePeriod({ ...once, idempotency: { ...once.idempotency } }, { period: "2026-01" }),
      closePeriod(company.admin, { period: "2026-01" }),
    ]);
    const [first, ...others] = invoices;
    expect(others).toEqual([first, first]);
    const { tenantId } = company;
    const counts = await office.ctx.database.withSystem(async (tx) => ({
      events: await tx.event.count({ where: { tenantId, type: "INVOICE_ISSUED" } }),
      entries: await tx.auditEntry.count({ where: { tenantId, action: "billing_period.closed" } }),
      lines: await tx.invoiceLine.count({ where: { tenantId } }),
    }));
    expect(counts).toEqual({ events: 1, entries: 1, lines: 2 });
  });

  test("makes what tickets have used final", async () => {
    const { tenantId } = company;
    const usage = { tenantId, period: toPeriodDate("2026-01"), updatedAt: at("2026-01-10") };
    const [ticketId, other] = [newId(), newId()];
    await office.ctx.database.withSystem((tx) =>
      tx.ticketBillingUsage.createMany({
        data: [
          { ...usage, ticketId },
          { ...usage, ticketId: other, period: toPeriodDate("2026-02") },
        ],
      }),
    );
    await closePeriod(company.admin, { period: "2026-01" });
    const rows = await office.ctx.database.withSystem((tx) => tx.ticketBillingUsage.findMany({ where: { tenantId } }));
    expect(Object.fromEntries(rows.map((row) => [row.ticketId, row.finalized]))).toEqual({
      [ticketId]: true,
      [other]: false,
    });
  });

  test("charges late what became known late, at the prices of the month that it is charged in", async () => {
    await closePeriod(company.admin, { period: "2026-01" });
    await company.use([tickets(12n, "2026-01-31", "2026-02"), tickets(1n, "2026-02-01")]);
    const { lines } = await closePeriod(company.admin, { period: "2026-02" });
    expect(lines[1]).toMatchObject({ kind: "ticket_opened", quantity: 13, included: 10, charged: 3 });
  });

  test("waits for whoever is writing usage of it, and then counts that", async () => {
    const { tenantId } = company;
    const { invoice } = await office.ctx.database.withSystem(async (tx) => {
      await tx.$queryRaw`select from billing_period where tenant_id = ${tenantId}::uuid for share`;
      const asked = closePeriod(company.admin, { period: "2026-01" });
      await waitForLocks(office.ctx.database, 1);
      const event = {
        tenantId,
        kind: "TICKET_OPENED",
        cause: newId(),
        quantity: 12n,
        eventTxid: 1n,
        eventSeq: 1n,
      } as const;
      await tx.usageEvent.create({ data: { ...event, occurredAt: at("2026-01-31"), period: toPeriodDate("2026-01") } });
      return { invoice: asked };
    });
    expect((await invoice).lines[1]).toMatchObject({ quantity: 12, charged: 2 });
  });
});

const refusal = async (period: string) =>
  closePeriod(company.admin, { period }).then(
    () => undefined,
    (error: unknown) => error,
  );

describe("a month is not closed", () => {
  test("before it is over", async () => {
    expect(await refusal("2026-03")).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("after 2026-04-01T00:01:00"),
    });
    expect(await periodOf("2026-03")).toMatchObject({ status: "OPEN" });
  });

  test("before an earlier one is", async () => {
    expect(await refusal("2026-02")).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("2026-01 first"),
    });
  });

  test("while something that happened in it is not in the ledger", async () => {
    const { tenantId } = company;
    await office.ctx.database.withSystem((tx) =>
      tx.event.create({
        data: { tenantId, type: "TICKET_OPENED", actorType: "CUSTOMER", createdAt: at("2026-01-31") },
      }),
    );
    expect(await refusal("2026-01")).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("worker-billing"),
    });
    await office.ctx.database.system.run(
      statement(
        "test_follow_all",
        "update billing_progress set txid = (select max(txid) from event), seq = (select max(seq) from event)",
      ),
      [],
    );
    expect(await refusal("2026-01")).toBeUndefined();
  });

  test("when there is none, or by whoever does not administer the platform", async () => {
    expect(await refusal("2025-12")).toMatchObject({ code: "not_found" });
    await expect(closePeriod(company.owner, { period: "2026-01" })).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("a draft", () => {
  test("is what the month comes to so far, and no invoice yet", async () => {
    await company.use([tickets(12n, "2026-03-10")]);
    const draft = await showInvoice(company.owner, { period: "2026-03" });
    expect(draft).toMatchObject({ status: "draft", number: null, issuedAt: null, total: "32.00" });
    expect((await listInvoices(company.owner, { limit: 50 })).data).toEqual([]);
  });

  test("of a month that the company does not have is not found", async () => {
    await expect(showInvoice(company.owner, { period: "2027-01" })).rejects.toMatchObject({ code: "not_found" });
  });
});
