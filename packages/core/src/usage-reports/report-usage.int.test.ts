import { newId } from "@parley/runtime";
import { buildConversation, buildTicket, buildUser } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { toPeriodDate } from "../billing-periods/index.ts";
import { foundCompany, openBillingOffice, type BillingOffice, type Used } from "../invoices/billing-office.fixture.ts";
import { exportLedger } from "./export-ledger.ts";
import { listLedger } from "./list-ledger.ts";
import { reportUsage } from "./report-usage.ts";
import { showTicketUsage } from "./show-ticket-usage.ts";

let office: BillingOffice;
let company: Omit<BillingOffice, "ctx" | "close">;

beforeAll(async () => {
  office = await openBillingOffice();
});
afterAll(() => office.close());
beforeEach(async () => {
  company = await foundCompany(office.ctx);
});

const tickets = (quantity: bigint, day: string): Used => ({
  kind: "TICKET_OPENED",
  quantity,
  at: new Date(`${day}T09:00:00Z`),
  period: day.slice(0, 7),
});

describe("a report of usage", () => {
  test("has what was used by day, what is left of it, and where the month will end", async () => {
    // Half of the month's fifteenth day has passed, and six tickets a whole day were opened.
    const days = Array.from({ length: 14 }, (_each, index) => `2026-03-${String(index + 1).padStart(2, "0")}`);
    await company.use([...days.map((day) => tickets(6n, day)), tickets(3n, "2026-03-15")]);
    const report = await reportUsage(company.owner, { by: "day", period: undefined });
    expect(report).toMatchObject({
      period: "2026-03",
      status: "open",
      timeZone: "UTC",
      meters: [
        { meter: "tickets", used: 87, included: 10, recharged: 0, remaining: 0 },
        { meter: "ai_actions", used: 0, included: null, remaining: null },
        { meter: "messages", used: 0, included: null, remaining: null },
      ],
    });
    expect(report.groups).toHaveLength(15);
    expect(report.groups[14]).toEqual({
      key: "2026-03-15",
      name: null,
      usage: [{ kind: "ticket_opened", quantity: 3 }],
    });
    expect(report.forecast?.usage[0]).toEqual({
      kind: "ticket_opened",
      quantity: 186,
      method: "linear_with_weekday_profile",
      basisDays: 14,
    });
    // 31 for the month, and 176 tickets that are not included.
    expect(report.forecast).toMatchObject({ total: "119.00", currency: "EUR" });
  });

  test("of a month that is over has no forecast", async () => {
    await company.use([tickets(4n, "2026-01-10")]);
    const report = await reportUsage(company.owner, { by: "day", period: "2026-01" });
    expect(report).toMatchObject({ forecast: null, meters: [{ used: 4, remaining: 6 }, {}, {}] });
  });

  test("counts recharges as included", async () => {
    const { tenantId } = company;
    await company.use([tickets(12n, "2026-03-10")]);
    await office.ctx.database.withSystem((tx) =>
      tx.quotaRecharge.create({
        data: {
          tenantId,
          period: toPeriodDate("2026-03"),
          number: 1,
          meter: "TICKETS",
          units: 100,
          unitPrice: "0.5",
          currency: "EUR",
          createdAt: new Date("2026-03-10T10:00:00Z"),
        },
      }),
    );
    const { meters } = await reportUsage(company.owner, { by: "day", period: "2026-03" });
    expect(meters[0]).toEqual({ meter: "tickets", used: 12, included: 110, recharged: 100, remaining: 98 });
  });

  test("names whose it is by channel, agent and rule, and null what is nobody's", async () => {
    const { tenantId } = company;
    const agent = await buildUser(office.ctx, { tenantId, fullName: "Agent One" });
    const gone = newId();
    const row = {
      tenantId,
      period: toPeriodDate("2026-03"),
      day: new Date("2026-03-10"),
      kind: "OUTBOUND_MESSAGE",
    } as const;
    const nobody = "00000000-0000-0000-0000-000000000000";
    await office.ctx.database.withSystem((tx) =>
      tx.usageDaily.createMany({
        data: [
          { ...row, channel: "WHATSAPP", agentId: agent.id, ruleId: nobody, quantity: 3n },
          { ...row, channel: "EMAIL", agentId: agent.id, ruleId: nobody, quantity: 4n },
          { ...row, channel: "WHATSAPP", agentId: nobody, ruleId: gone, quantity: 5n },
        ],
      }),
    );
    const by = async (group: "channel" | "agent" | "rule") =>
      (await reportUsage(company.owner, { by: group, period: "2026-03" })).groups.map(({ key, name, usage }) => [
        key,
        name,
        usage[0]?.quantity,
      ]);
    expect(await by("channel")).toEqual([
      ["email", null, 4],
      ["whatsapp", null, 8],
    ]);
    expect(await by("agent")).toEqual([
      [agent.id, "Agent One", 7],
      [null, null, 5],
    ]);
    expect(await by("rule")).toEqual([
      [gone, null, 5],
      [null, null, 7],
    ]);
  });

  test("of now opens the month, if nobody has yet", async () => {
    const { tenantId } = company;
    await office.ctx.database.withSystem((tx) =>
      tx.tenant.update({ where: { id: tenantId }, data: { timeZone: "Asia/Tokyo" } }),
    );
    office.ctx.clock.set(new Date("2026-04-15T12:00:00Z"));
    try {
      const report = await reportUsage(company.owner, { by: "day", period: undefined });
      // It begins where the one before ended, and ends by the new wall.
      expect(report).toMatchObject({
        period: "2026-04",
        periodStart: "2026-04-01T00:00:00.000Z",
        periodEnd: "2026-04-30T15:00:00.000Z",
        timeZone: "Asia/Tokyo",
      });
    } finally {
      office.ctx.clock.set(new Date("2026-03-15T12:00:00Z"));
    }
  });

  test("is for managers, and of months that the company has", async () => {
    const agent = { ...company.owner, actor: { ...company.owner.actor, role: "AGENT" as const } };
    await expect(reportUsage(agent, { by: "day", period: undefined })).rejects.toMatchObject({ code: "forbidden" });
    await expect(reportUsage(company.owner, { by: "day", period: "2031-01" })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("the ledger", () => {
  const all = { period: undefined, kind: undefined, ticketId: undefined };

  test("is read page by page, the newest first, each entry once", async () => {
    await company.use(
      ["2026-01-10", "2026-02-10", "2026-03-10"].flatMap((day) => [1n, 2n, 3n].map((n) => tickets(n, day))),
    );
    const seen: [string, number][] = [];
    let cursor: string | undefined;
    do {
      const page = await listLedger(company.owner, { ...all, limit: 2, cursor });
      seen.push(...page.data.map(({ period, quantity }): [string, number] => [period, quantity]));
      cursor = page.page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    const months = ["2026-03", "2026-02", "2026-01"];
    expect(seen).toEqual(months.flatMap((month) => [3, 2, 1].map((quantity) => [month, quantity])));
  });

  test("is filtered by month, kind and ticket", async () => {
    const ticketId = newId();
    await company.use([
      { ...tickets(1n, "2026-01-10"), ticketId },
      { ...tickets(2n, "2026-02-10"), kind: "AI_ACTION" },
    ]);
    const found = async (filter: object) =>
      (await listLedger(company.owner, { ...all, limit: 50, cursor: undefined, ...filter })).data.map(
        ({ quantity }) => quantity,
      );
    expect(await found({ period: "2026-01" })).toEqual([1]);
    expect(await found({ kind: "AI_ACTION" })).toEqual([2]);
    expect(await found({ ticketId })).toEqual([1]);
    expect(await found({ ticketId, period: "2026-02" })).toEqual([]);
  });

  test("is exported whole, and that is written down", async () => {
    await company.use(Array.from({ length: 1_200 }, (_each, index) => tickets(BigInt(index + 1), "2026-01-10")));
    let csv = "";
    for await (const piece of await exportLedger(company.owner, { ...all, period: "2026-01" })) csv += piece;
    const [head, ...rows] = csv.trimEnd().split("\r\n");
    expect(head).toBe("period,kind,cause,quantity,occurredAt,ticketId,channel,category,agentId,ruleId");
    expect(rows.map((row) => Number(row.split(",")[3]))).toEqual(
      Array.from({ length: 1_200 }, (_each, index) => 1_200 - index),
    );
    const { tenantId } = company;
    const entries = await office.ctx.database.withSystem((tx) =>
      tx.auditEntry.count({ where: { tenantId, action: "billing_ledger.exported" } }),
    );
    expect(entries).toBe(1);
  });
});

test("a ticket tells what it has used, month by month, and in all", async () => {
  const { tenantId } = company;
  const ticket = await buildTicket(office.ctx, await buildConversation(office.ctx, { tenantId }));
  const used = { tenantId, ticketId: ticket.id, updatedAt: new Date("2026-03-10") };
  await office.ctx.database.withSystem((tx) =>
    tx.ticketBillingUsage.createMany({
      data: [
        {
          ...used,
          period: toPeriodDate("2026-01"),
          humanMessagesCount: 2n,
          billableUnits: 3n,
          calculatedAmount: "0.5",
          finalized: true,
        },
        { ...used, period: toPeriodDate("2026-02"), aiActionsCount: 4n, billableUnits: 4n, calculatedAmount: "0.0500" },
      ],
    }),
  );
  expect(await showTicketUsage(company.owner, { id: ticket.id })).toMatchObject({
    ticketId: ticket.id,
    humanMessagesCount: 2,
    aiActionsCount: 4,
    billableUnits: 7,
    periods: [
      { period: "2026-02", calculatedAmount: "0.05", currency: "EUR", finalized: false },
      { period: "2026-01", calculatedAmount: "0.5", finalized: true },
    ],
  });
  await expect(showTicketUsage(company.owner, { id: newId() })).rejects.toMatchObject({ code: "not_found" });
});
