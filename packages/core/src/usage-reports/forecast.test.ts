import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { forecastUsage as forecastAfter, type Forecast, type ForecastInput } from "./forecast.ts";

const DAY_MS = 24 * 3_600_000;
const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, "2026-01-31".length);

/** From `from` on, one day after the other. */
const inARow = (from: string, quantities: readonly number[]): ForecastInput["days"] =>
  quantities.map((quantity, index) => ({ day: dayAfter(from, index), quantity: BigInt(quantity) }));

/** March 2026 begins on a Sunday and has 31 days. */
const march = { firstDay: "2026-03-01", lastDay: "2026-03-31", shareOfToday: 0 };

/** Nothing of the period was charged that is not in its days. */
function forecastUsage(input: Omit<ForecastInput, "soFar">): Forecast {
  const within = input.days.filter(({ day }) => day >= input.firstDay && day <= input.lastDay);
  return forecastAfter({ ...input, soFar: within.reduce((sum, { quantity }) => sum + quantity, 0n) });
}

/** Ten on working days, nothing on weekends. */
const worked = (from: string, days: number): ForecastInput["days"] =>
  inARow(
    from,
    Array.from({ length: days }, (_each, index) => {
      const weekday = new Date(dayAfter(from, index)).getUTCDay();
      return weekday === 0 || weekday === 6 ? 0 : 10;
    }),
  );

describe("a forecast", () => {
  test("of a steady use goes on as it was", () => {
    const days = inARow("2026-03-01", Array<number>(10).fill(5));
    expect(forecastUsage({ ...march, days, knownFrom: "2026-03-01", today: "2026-03-11" })).toEqual({
      quantity: 155n,
      method: "linear",
      basisDays: 10,
    });
  });

  test("knows which days of the week are quiet", () => {
    const days = worked("2026-01-05", 8 * 7);
    // From Monday the 2nd on, the month has 22 working days.
    expect(forecastUsage({ ...march, days, knownFrom: "2026-01-05", today: "2026-03-02" })).toMatchObject({
      quantity: 220n,
      method: "linear_with_weekday_profile",
      basisDays: 56,
    });
  });

  test("of less than two weeks takes all days for the same", () => {
    const days = worked("2026-03-02", 7);
    const { quantity, method } = forecastUsage({ ...march, days, knownFrom: "2026-03-02", today: "2026-03-09" });
    expect([quantity, method]).toEqual([50n + BigInt(Math.round((50 / 7) * 23)), "linear"]);
  });

  test("counts of today what has passed", () => {
    const days = [{ day: "2026-03-31", quantity: 6n }];
    expect(
      forecastUsage({ ...march, days, knownFrom: "2026-03-31", today: "2026-03-31", shareOfToday: 0.25 }).quantity,
    ).toBe(24n);
  });

  test("takes days without use for such, once the company was there", () => {
    const days = [{ day: "2026-03-01", quantity: 30n }];
    expect(forecastUsage({ ...march, days, knownFrom: "2026-03-01", today: "2026-03-11" }).quantity).toBe(93n);
    expect(forecastUsage({ ...march, days: [], knownFrom: "2026-03-01", today: "2026-03-11" }).quantity).toBe(0n);
  });

  test("follows the last four weeks where use has grown", () => {
    const days = [
      ...inARow("2026-02-01", Array<number>(14).fill(2)),
      ...inARow("2026-02-15", Array<number>(28).fill(8)),
    ];
    expect(forecastUsage({ ...march, days, knownFrom: "2026-02-01", today: "2026-03-15" }).quantity).toBe(31n * 8n);
  });

  test("without any history expects nothing", () => {
    expect(forecastUsage({ ...march, days: [], knownFrom: "2026-03-01", today: "2026-03-01" })).toEqual({
      quantity: 0n,
      method: "none",
      basisDays: 0,
    });
  });

  test("of a period that is over is what was used", () => {
    const days = inARow("2026-02-01", Array<number>(60).fill(3));
    expect(forecastUsage({ ...march, days, knownFrom: "2026-02-01", today: "2026-04-02" }).quantity).toBe(93n);
  });

  test("is never less than what was used, and no more once nothing is left of the period", () => {
    const quantities = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 80 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(quantities, share, fc.integer({ min: 0, max: 30 }), (each, shareOfToday, ago) => {
        const today = dayAfter("2026-03-31", -ago);
        const knownFrom = dayAfter(today, 1 - each.length);
        const days = inARow(knownFrom, each);
        const soFar = days.filter(({ day }) => day >= march.firstDay).reduce((sum, { quantity }) => sum + quantity, 0n);
        const { quantity } = forecastUsage({ ...march, days, knownFrom, today, shareOfToday });
        expect(quantity).toBeGreaterThanOrEqual(soFar);
        if (ago === 0 && shareOfToday === 1) expect(quantity).toBe(soFar);
      }),
    );
  });
});
