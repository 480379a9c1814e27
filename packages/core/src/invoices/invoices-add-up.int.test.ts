import { newId } from "@parley/runtime";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { USAGE_KINDS } from "../billing-plans/index.ts";
import { foundCompany, openBillingOffice, type BillingOffice, type Used } from "./billing-office.fixture.ts";
import { closePeriod } from "./close-period.ts";
import { Decimal } from "./money.ts";

let office: BillingOffice;

beforeAll(async () => {
  office = await openBillingOffice();
});
afterAll(() => office.close());

const at = (day: string): Date => new Date(`${day}T12:00:00Z`);

const used: fc.Arbitrary<Used> = fc.record({
  kind: fc.constantFrom(...USAGE_KINDS),
  quantity: fc.bigInt({ min: 1n, max: 5_000n }),
  at: fc.integer({ min: 1, max: 31 }).map((day) => at(`2026-01-${String(day).padStart(2, "0")}`)),
  period: fc.constant("2026-01"),
});

test("whatever was used, the lines add up to the ledger, and the total to the lines", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(used, { maxLength: 40 }),
      fc.option(fc.integer({ min: 2, max: 30 })),
      async (all, change) => {
        const each = await foundCompany(office.ctx);
        const { tenantId } = each;
        if (change !== null) await changeTerms(tenantId, at(`2026-01-${String(change).padStart(2, "0")}`));
        await each.use(all);
        const { lines, total } = await closePeriod(each.admin, { period: "2026-01" });
        const ledger = await office.ctx.database.withSystem((tx) =>
          tx.usageEvent.groupBy({ by: ["kind"], where: { tenantId }, _sum: { quantity: true } }),
        );
        for (const { kind, _sum: sums } of ledger) {
          const ofKind = lines.filter((line) => line.kind === kind.toLowerCase());
          expect(ofKind.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(Number(sums.quantity));
          for (const line of ofKind) expect(line.included + line.charged).toBe(line.quantity);
        }
        expect(
          lines
            .filter(({ item }) => item === "usage")
            .every(({ kind }) => ledger.some((row) => row.kind.toLowerCase() === kind)),
        ).toBe(true);
        const sum = lines.reduce((rest, { amount }) => rest.plus(amount), new Decimal(0));
        expect(sum.toFixed(2)).toBe(total);
      },
    ),
    { numRuns: 15 },
  );
});

/** Other prices from then on. */
async function changeTerms(tenantId: string, from: Date): Promise<void> {
  await office.ctx.database.withSystem(async (tx) => {
    const before = await tx.tenantBillingPlan.findFirstOrThrow({ where: { tenantId } });
    await tx.tenantBillingPlan.updateMany({ where: { tenantId }, data: { validTo: from } });
    await tx.tenantBillingPlan.create({
      data: {
        ...before,
        id: newId(),
        validFrom: from,
        monthlyFee: "62",
        ticketMonthlyQuota: 100,
        ticketUnitPrice: "0.1",
      },
    });
  });
}
