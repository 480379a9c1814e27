import { describe, expect, it } from "vitest";
import { readRetryAfter } from "./retry-after.ts";

describe("readRetryAfter", () => {
  it("reads seconds", () => {
    expect(readRetryAfter({ "retry-after": "120" })).toBe(120_000);
  });

  it("waits an hour at most", () => {
    expect(readRetryAfter({ "retry-after": "999999999" })).toBe(3_600_000);
  });

  it("reads a date against the date of the answer", () => {
    const headers = { date: "Sun, 15 Jun 2025 10:00:00 GMT", "retry-after": "Sun, 15 Jun 2025 10:01:30 GMT" };
    expect(readRetryAfter(headers)).toBe(90_000);
  });

  it.each([
    {},
    { "retry-after": "soon", date: "Sun, 15 Jun 2025 10:00:00 GMT" },
    { "retry-after": "-5" },
    { "retry-after": "Sun, 15 Jun 2025 10:00:00 GMT" },
    { "retry-after": "Sun, 15 Jun 2025 09:00:00 GMT", date: "Sun, 15 Jun 2025 10:00:00 GMT" },
    { "retry-after": ["1", "2"] },
  ])("ignores what makes no sense: %j", (headers) => {
    expect(readRetryAfter(headers)).toBeUndefined();
  });
});
