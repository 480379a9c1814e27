import type { UsageKind } from "@parley/db";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { USAGE_KINDS } from "../billing-plans/index.ts";
import { computeInvoice, type InvoiceFacts, type UsageSum } from "./compute-invoice.ts";
import { moneyText } from "./money.ts";
import { PRO } from "./invoice.fixture.ts";
import { instants, period, someFacts, someTerms, STARTS } from "./random-facts.fixture.ts";
import { includedUnits, segmentsOf, type PlanTerms } from "./segments.ts";

const facts = (some: Partial<InvoiceFacts> = {}): InvoiceFacts => ({
  period,
  currency: "EUR",
  plans: [PRO],
  usage: [],
  recharges: [],
  ...some,
});
const used = (kind: UsageKind, quantity: bigint, segment = 0): UsageSum => ({ kind, segment, quantity });

function shown(of: InvoiceFacts) {
  const { lines, total } = computeInvoice(of);
  return {
    lines: lines.map(({ item, kind, included, charged, amount }) => [
      kind ?? item,
      included,
      charged,
      moneyText(amount, of.currency),
    ]),
    total: moneyText(total, of.currency),
  };
}

describe("an invoice", () => {
  test("of a month in which nothing happened is the fee", () => {
    expect(shown(facts())).toEqual({ lines: [["monthly_fee", 0n, 1n, "99.00"]], total: "99.00" });
  });

  test("charges what is above the included units, and what has none from the first", () => {
    expect(
      shown(facts({ usage: [used("TICKET_OPENED", 130n), used("AI_ACTION", 10n), used("TOKENS", 2_500n)] })),
    ).toEqual({
      lines: [
        ["monthly_fee", 0n, 1n, "99.00"],
        ["TICKET_OPENED", 100n, 30n, "7.50"],
        ["AI_ACTION", 0n, 10n, "0.12"],
        ["TOKENS", 0n, 2_500n, "0.01"],
      ],
      total: "106.63",
    });
  });

  test("has a line for each recharge, whose units are used before any is charged", () => {
    const recharges = [
      { meter: "TICKETS" as const, units: 20n, unitPrice: "0.25", at: new Date("2026-03-20T00:00:00Z") },
      { meter: "TICKETS" as const, units: 20n, unitPrice: "0.25", at: new Date("2026-03-10T00:00:00Z") },
    ];
    const { lines } = shown(facts({ usage: [used("TICKET_OPENED", 130n)], recharges }));
    expect(lines.slice(1)).toEqual([
      ["TICKET_OPENED", 130n, 0n, "0.00"],
      ["recharge", 0n, 20n, "5.00"],
      ["recharge", 0n, 20n, "5.00"],
    ]);
  });

  test("of two plans has the fee of each by its time, and one stock of included units, used up by the older first", () => {
    // 31 days: ten of the old plan, twenty-one of the new.
    const change = new Date("2026-03-11T00:00:00Z");
    const plans = [
      { ...PRO, validTo: change },
      {
        ...PRO,
        plan: "ENTERPRISE" as const,
        validFrom: change,
        monthlyFee: "310.00",
        quotas: { ...PRO.quotas, TICKETS: 1_000n },
        ticketUnitPrice: "0.10",
      },
    ];
    const usage = [used("TICKET_OPENED", 700n, 0), used("TICKET_OPENED", 60n, 1)];
    // 100 * 10/31 + 1000 * 21/31 = 709.68, so 10 of the new segment's 60 are left.
    expect(shown(facts({ plans, usage }))).toEqual({
      lines: [
        ["monthly_fee", 0n, 1n, "31.94"],
        ["monthly_fee", 0n, 1n, "210.00"],
        ["TICKET_OPENED", 700n, 0n, "0.00"],
        ["TICKET_OPENED", 10n, 50n, "5.00"],
      ],
      total: "246.94",
    });
  });

  test("of a company that came in the middle of the month has a part of the fee and of the units", () => {
    const plans = [{ ...PRO, monthlyFee: "31", validFrom: new Date("2026-03-22T00:00:00Z") }];
    const { lines } = shown(facts({ plans, usage: [used("TICKET_OPENED", 40n)] }));
    expect(lines).toEqual([
      ["monthly_fee", 0n, 1n, "10.00"],
      ["TICKET_OPENED", 32n, 8n, "2.00"],
    ]);
  });

  test("in a currency without smaller coins has none", () => {
    const { lines } = shown(facts({ currency: "JPY", usage: [used("TICKET_OPENED", 110n)] }));
    expect(lines[1]).toEqual(["TICKET_OPENED", 100n, 10n, "2"]);
  });

  test("goes by the time that passes: a month with a day of 23 hours is whole", () => {
    const paris = { startsAt: new Date("2026-02-28T23:00:00Z"), endsAt: new Date("2026-03-31T22:00:00Z") };
    expect(shown(facts({ period: paris })).total).toBe("99.00");
  });
});

const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((all, one) => all + one, 0n);

const unitsOf = (plans: readonly PlanTerms[]) => includedUnits("TICKETS", segmentsOf(period, plans), period);

describe("any invoice", () => {
  test("adds up to what was used, line by line and in all", () => {
    fc.assert(
      fc.property(someFacts, (of) => {
        const { lines, total } = computeInvoice(of);
        for (const kind of USAGE_KINDS) {
          const ofKind = lines.filter((line) => line.kind === kind);
          expect(sum(ofKind.map(({ quantity }) => quantity))).toBe(
            sum(of.usage.filter((each) => each.kind === kind).map(({ quantity }) => quantity)),
          );
          for (const { quantity, included, charged } of ofKind) expect(included + charged).toBe(quantity);
        }
        const amounts = lines.reduce((all, { amount }) => all.plus(amount), total.times(0));
        expect(amounts.eq(total)).toBe(true);
      }),
    );
  });

  test("is the same in whichever order and portions its facts came", () => {
    fc.assert(
      fc.property(someFacts, fc.infiniteStream(fc.nat()), (of, numbers) => {
        const next = (): number => Number(numbers.next().value);
        const shuffled = <Item>(items: readonly Item[]): Item[] =>
          items
            .map((item) => ({ item, at: next() }))
            .toSorted((one, other) => one.at - other.at)
            .map(({ item }) => item);
        const portions = of.usage.flatMap((each) => {
          const first = each.quantity === 0n ? 0n : BigInt(next()) % each.quantity;
          return [
            { ...each, quantity: first },
            { ...each, quantity: each.quantity - first },
          ];
        });
        const again = { ...of, usage: shuffled(portions), plans: shuffled(of.plans) };
        expect(computeInvoice(again)).toEqual(computeInvoice(of));
      }),
    );
  });

  test("includes the same units, wherever a plan is cut in two that say the same", () => {
    fc.assert(
      fc.property(someTerms, instants, (terms, cut) => {
        const whole = { ...terms, plan: "PRO" as const, validFrom: STARTS, validTo: null };
        const parts = [
          { ...whole, validTo: new Date(cut) },
          { ...whole, validFrom: new Date(cut) },
        ];
        expect(unitsOf(parts)).toBe(unitsOf([whole]));
        expect(unitsOf([whole])).toBe(terms.quotas.TICKETS ?? 0n);
      }),
    );
  });

  test("charges no unit while an included one is left", () => {
    fc.assert(
      fc.property(someFacts, (of) => {
        const { lines } = computeInvoice(of);
        const tickets = lines.filter(({ kind }) => kind === "TICKET_OPENED");
        const stock =
          includedUnits("TICKETS", segmentsOf(of.period, of.plans), of.period) +
          sum(of.recharges.filter(({ meter }) => meter === "TICKETS").map(({ units }) => units));
        const usedUnits = sum(tickets.map(({ quantity }) => quantity));
        expect(sum(tickets.map(({ included }) => included))).toBe(usedUnits < stock ? usedUnits : stock);
        const firstCharged = tickets.findIndex(({ charged }) => charged > 0n);
        if (firstCharged !== -1) {
          expect(tickets.slice(firstCharged + 1).every(({ included }) => included === 0n)).toBe(true);
        }
      }),
    );
  });
});
