import { expect, test } from "vitest";
import { readAddresses } from "./local-setup.ts";
import { formatSummary, formatTimelineEntry } from "./print.ts";

const directories = { logs: ".parley/logs", mails: ".parley/mail" };

test("a timeline entry lines up under the others", () => {
  const lines = [
    formatTimelineEntry({ atMs: 7, who: "customer", what: "writes" }),
    formatTimelineEntry({ atMs: 1_234, who: "agent", what: "answers" }),
  ];
  expect(lines).toEqual(["       7 ms  customer   writes", "    1234 ms  agent      answers"]);
});

test("the summary has every address, and no password that somebody chose", () => {
  const env = { SUPERADMIN_EMAIL: "me@example.org", SUPERADMIN_PASSWORD: "chosen" };
  const summary = formatSummary(env, readAddresses(env), directories);
  for (const part of [
    "/api/v1",
    "/docs",
    "/admin/queues",
    ":4010",
    "agent@acme-electronics.example",
    "me@example.org",
    ".parley/logs",
    ".parley/mail",
  ]) {
    expect(summary).toContain(part);
  }
  expect(summary).not.toContain("chosen");
});

test("without a password of their own the administrator has the demo's, whoever it is", () => {
  const summary = formatSummary({ SUPERADMIN_EMAIL: "me@example.org" }, readAddresses({}), directories);
  expect(summary).toMatch(/Administrator +me@example\.org {2}change-me-now/);
});

test.each([
  [{ MAIL_DIRECTORY: "/var/mail" }, /Mails +\/var\/mail$/m],
  [{ SMTP_URL: "smtps://user:chosen@mail.example" }, /Mails +leave over SMTP_URL$/m],
])("the summary says where mails go with %j", (env, line) => {
  expect(formatSummary(env, readAddresses({}), directories)).toMatch(line);
});
