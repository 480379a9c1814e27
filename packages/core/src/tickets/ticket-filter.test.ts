import { expect, test } from "vitest";
import { ticketCondition } from "./ticket-condition.ts";
import { storedTicketFilter, ticketFilterInput, toTicketFilterJson } from "./ticket-filter.ts";

test("a query string and its JSON form mean the same", () => {
  const query = ticketFilterInput.parse({
    status: "open, PENDING",
    priority: "urgent",
    assigneeId: "me",
    tag: ["a, b", "vip"],
    attribute: "size:5",
    isSnoozed: "false",
    createdAfter: "2026-01-31T09:00:00+01:00",
  });
  const json = storedTicketFilter.parse({
    status: ["open", "pending"],
    priority: ["URGENT"],
    assigneeId: "me",
    tag: ["a, b", "vip"],
    attribute: ["size:5"],
    isSnoozed: false,
    createdAfter: "2026-01-31T08:00:00Z",
  });
  expect(query).toEqual(json);
});

test("what is stored reads as what was meant", () => {
  const filter = storedTicketFilter.parse({
    status: ["waiting_customer"],
    channel: ["WHATSAPP"],
    teamId: "none",
    unread: true,
    updatedAfter: "2026-01-31T08:00:00Z",
  });
  expect(storedTicketFilter.parse(JSON.parse(JSON.stringify(toTicketFilterJson(filter))))).toEqual(filter);
});

test("values stand beside the condition and never in it", () => {
  const values: unknown[] = ["before"];
  const word = "'; drop table ticket; --";
  const filter = storedTicketFilter.parse({
    search: word,
    category: word,
    orderRef: word,
    tag: [word],
    attribute: [`${word}:${word}`],
    status: ["open"],
  });
  const condition = ticketCondition(values, [filter], { tenantId: "tenant", me: null });
  expect(condition).not.toContain("drop");
  expect(condition).toContain("t.tenant_id = $2::uuid");
  const placeholders = [...condition.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
  expect(Math.max(...placeholders)).toBe(values.length);
});

test("filters are all meant: statuses that exclude each other leave nothing", () => {
  const open = storedTicketFilter.parse({ status: ["open"] });
  const closed = storedTicketFilter.parse({ status: ["closed"] });
  const condition = ticketCondition([], [open, closed], { tenantId: "tenant", me: null });
  expect(condition).toContain("t.status in ('OPEN')");
  expect(condition).toContain("t.status in ('CLOSED')");
});
