import { expect, test } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const NOW = new Date("2026-01-01T00:00:00Z");
const header = (value: string) => ({ responseHeaders: { "retry-after": value } });
const body = (value: unknown) => ({ responseBody: JSON.stringify(value) });

test.each([
  ["seconds", header("12"), 12_000],
  ["parts of seconds", header("0.5"), 500],
  ["a date", header("Thu, 01 Jan 2026 00:00:30 GMT"), 30_000],
  ["a date that has passed", header("Wed, 31 Dec 2025 00:00:00 GMT"), 0],
  ["Google's details", body({ error: { details: [{ reason: "x" }, { retryDelay: "13.2s" }] } }), 13_200],
  ["nothing", {}, undefined],
  ["nonsense", header("soon"), undefined],
  ["nonsense in details", body({ error: { details: [{ retryDelay: "soon" }] } }), undefined],
  ["a body that is no JSON", { responseBody: "retryDelay" }, undefined],
])("%s", (_what, answer, ms) => {
  expect(retryAfterMs(answer, NOW)).toBe(ms);
});
