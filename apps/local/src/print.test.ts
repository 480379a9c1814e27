import { expect, test } from "vitest";
import { readAddresses } from "./local-setup.ts";
import { formatSummary, formatTimelineEntry } from "./print.ts";

test("a timeline entry lines up under the others", () => {
  const lines = [
    formatTimelineEntry({ atMs: 7, who: "customer", what: "writes" }),
    formatTimelineEntry({ atMs: 1_234, who: "agent", what: "answers" }),
  ];
  expect(lines).toEqual(["       7 ms  customer   writes", "    1234 ms  agent      answers"]);
});

test("the summary has every address, and no password that somebody chose", () => {
  const env = { SUPERADMIN_EMAIL: "me@example.org", SUPERADMIN_PASSWORD: "chosen" };
  const summary = formatSummary(env, readAddresses(env), ".parley/logs");
  for (const part of [
    "/api/v1",
    "/docs",
    "/admin/queues",
    ":4010",
    "agent@acme-electronics.example",
    "me@example.org",
  ]) {
    expect(summary).toContain(part);
  }
  expect(summary).not.toContain("chosen");
});

test("without a password of their own the administrator has the demo's, whoever it is", () => {
  const summary = formatSummary({ SUPERADMIN_EMAIL: "me@example.org" }, readAddresses({}), ".parley/logs");
  expect(summary).toMatch(/Administrator +me@example\.org {2}change-me-now/);
});
