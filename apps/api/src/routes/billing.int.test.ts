import { closePeriod } from "@parley/core/invoices";
import { actingAs } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildUser, waitUntil } from "@parley/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "../api.fixture.ts";
import { openDesk, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let owner: Client;
let platform: Client;
let headers: Record<string, string>;

const period = "2026-01";
const startsAt = new Date("2026-01-01T00:00:00Z");
const endsAt = new Date("2026-02-01T00:00:00Z");

beforeAll(async () => {
  api = await startTestApi();
  desk = await openDesk(api);
  const tenantId = desk.tenant.id;
  owner = desk.as({ role: "OWNER" });
  platform = desk.as({ isSuperAdmin: true });
  await api.context.database.withSystem(async (tx) => {
    await tx.tenantBillingPlan.create({
      data: {
        tenantId,
        id: newId(),
        validFrom: new Date("2025-12-01T00:00:00Z"),
        plan: "PRO",
        currency: "EUR",
        monthlyFee: "31",
        hardLimitPolicy: "OVERAGE",
        ticketUnitPrice: "0.5",
      },
    });
    await tx.billingPeriod.create({
      data: { tenantId, startsOn: startsAt, startsAt, endsAt, timeZone: "UTC", ticketsBefore: 0n },
    });
    const event = {
      tenantId,
      kind: "TICKET_OPENED",
      cause: newId(),
      quantity: 3n,
      eventTxid: 1n,
      eventSeq: 1n,
    } as const;
    await tx.usageEvent.create({ data: { ...event, occurredAt: startsAt, period: startsAt } });
  });
  const { id } = await buildUser(api.context, { isSuperAdmin: true });
  await closePeriod(actingAs(api.context, { userId: id, tenantId, role: null, isSuperAdmin: true }), { period });
  headers = await api.bearer({ tenantId, role: "MANAGER" });
});
afterAll(() => api.close());

const invoiceAs = (accept: string | undefined, query = "") =>
  api.app.inject({
    url: `/api/v1/billing/invoices/${period}${query}`,
    headers: { ...headers, ...(accept !== undefined && { accept }) },
  });

describe("an invoice", () => {
  test.each([
    [undefined, "application/json"],
    ["*/*", "application/json"],
    ["application/json", "application/json"],
    ["text/html,application/xhtml+xml,*/*;q=0.8", "text/html"],
    ["application/pdf", "application/pdf"],
    ["text/csv", "text/csv"],
    ["text/html;q=0.5, application/pdf", "application/pdf"],
    ["image/png", "application/json"],
  ])("for whoever accepts %s is %s", async (accept, type) => {
    const response = await invoiceAs(accept);
    expect([response.statusCode, String(response.headers["content-type"]).split(";")[0]]).toEqual([200, type]);
    expect(response.headers["vary"]).toContain("accept");
  });

  test("has its form named in the query, whatever the header says", async () => {
    const pdf = await invoiceAs("application/json", "?format=pdf");
    expect(pdf.headers).toMatchObject({
      "content-type": "application/pdf",
      "content-disposition": expect.stringMatching(/^inline; filename="[a-z0-9-]+-2026-01\.pdf"$/),
    });
    expect(pdf.rawPayload.subarray(0, 5).toString()).toBe("%PDF-");
    const csv = await invoiceAs(undefined, "?format=csv");
    expect(csv.body.split("\r\n")[2]).toContain(",usage,pro,ticket_opened,");
    expect((await invoiceAs(undefined, "?format=xml")).statusCode).toBe(400);
  });

  test("as a page may have styles of its own and loads nothing", async () => {
    const page = await invoiceAs("text/html");
    expect(page.headers["content-security-policy"]).toBe(
      "default-src 'none';style-src 'unsafe-inline';frame-ancestors 'none'",
    );
    expect(page.body).toContain("€32.50");
  });

  test("is as the document says", async () => {
    const answer = await desk.typed({ role: "MANAGER" }).get("/billing/invoices/{period}", { path: { period } });
    expect(answer).toMatchObject({ data: { period, status: "open", total: "32.50" } });
  });
});

test("terms are agreed with the company that the administrator works in, and those before are kept", async () => {
  const patched = await platform.patch("/billing/plan", { ticketMonthlyQuota: 2, monthlyFee: "62.5" });
  expect(patched.body).toMatchObject({ data: { ticketMonthlyQuota: 2, monthlyFee: "62.5" } });
  expect((await owner.get("/billing/plan")).body.data).toMatchObject({ ticketMonthlyQuota: 2, monthlyFee: "62.5" });
  expect((await owner.get("/billing/plans")).body.data).toHaveLength(2);
  expect((await owner.patch("/billing/plan", { monthlyFee: "1" })).status).toBe(403);
  const outside = await api.bearer({ tenantId: null, isSuperAdmin: true });
  const refused = await api.app.inject({ method: "PATCH", url: "/api/v1/billing/plan", headers: outside, payload: {} });
  expect(refused.statusCode).toBe(403);
});

test("from an invoice to its payment", async () => {
  expect((await owner.get("/billing/periods")).body.data).toMatchObject([{ period, status: "closed" }]);
  expect((await owner.get(`/billing/ledger?period=${period}&kind=ticket_opened`)).body.data).toMatchObject([
    { kind: "ticket_opened", quantity: 3 },
  ]);
  const note = await platform.post(`/billing/invoices/${period}/credit-notes`, { reason: "An outage", amount: "2.50" });
  expect([note.status, note.body.data.amount]).toEqual([201, "2.50"]);
  const paid = await owner.post(`/billing/invoices/${period}/pay`);
  expect([paid.status, paid.body.data]).toEqual([200, expect.objectContaining({ state: "accepted", amount: "30.00" })]);
  expect((await owner.post(`/billing/invoices/${period}/pay`)).status).toBe(409);
  expect((await owner.get("/billing/invoices")).body.data).toMatchObject([
    { period, status: "paid", credited: "2.50", paid: "30.00", due: "0.00" },
  ]);
  // The log is read up to the oldest transaction that is open anywhere on the server.
  const told = await waitUntil(async () => {
    const types = (await owner.get("/events")).body.data.map(({ type }: { type: string }) => type);
    return types.includes("invoice_paid") && types;
  }, "the events of the invoice");
  expect(told).toEqual(expect.arrayContaining(["invoice_issued", "credit_note_issued", "invoice_paid"]));
});
