import { unnamed, type Sql } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countTickets } from "./count-tickets.ts";
import { UNFINISHED, writeManyTickets, type ManyTickets, type WrittenTicket } from "./many-tickets.fixture.ts";
import type { TicketFilter } from "./ticket-filter.ts";

let ctx: TestContext;
let world: ManyTickets;

beforeAll(async () => {
  ctx = await createTestContext();
  world = await writeManyTickets(ctx);
});
afterAll(() => ctx.close());

const unfinished = [...UNFINISHED];

/** Filters, and which tickets they mean. */
const MEANT: readonly [TicketFilter, (ticket: WrittenTicket) => boolean][] = [
  [{ status: unfinished }, isUnfinished],
  [{ status: ["OPEN"] }, ({ status }) => status === "OPEN"],
  [{ status: unfinished, priority: ["HIGH"] }, (ticket) => isUnfinished(ticket) && ticket.priority === "HIGH"],
  [{ status: unfinished, priority: ["URGENT"] }, () => false],
  [{ status: unfinished, channel: ["EMAIL"] }, () => false],
  [{ status: unfinished, teamId: "none" }, isUnfinished],
  [
    { status: ["OPEN", "ESCALATED"], assigneeId: "none", isSnoozed: false },
    ({ status, assigneeId, snoozedAt }) =>
      (status === "OPEN" || status === "ESCALATED") && assigneeId === null && snoozedAt === null,
  ],
  [{ status: unfinished, assigneeId: "me" }, (ticket) => isUnfinished(ticket) && ticket.assigneeId !== null],
  [{ status: unfinished, tag: ["returns"] }, (ticket) => isUnfinished(ticket) && ticket.tags.length > 0],
  [{ status: ["PENDING", "CLOSED"] }, ({ status }) => status === "PENDING" || status === "CLOSED"],
  [{ status: [...unfinished, "RESOLVED"] }, ({ status }) => status !== "CLOSED"],
  [{ priority: ["HIGH"] }, ({ priority }) => priority === "HIGH"],
  [{ assigneeId: "me" }, ({ assigneeId }) => assigneeId !== null],
  [{}, () => true],
];
const LISTS = MEANT.map(([filter]) => [filter]);

function isUnfinished({ status }: WrittenTicket): boolean {
  return status !== "RESOLVED" && status !== "CLOSED";
}

function sql(): Sql {
  return ctx.database.tenantSql(world.asker.tenantId);
}

/** Which indexes are read, and which alone, when these are counted: for each statement that is sent. */
async function scansOf(lists: readonly TicketFilter[], mostExamined?: number): Promise<string[][]> {
  const scans: string[][] = [];
  const listening: Pick<Sql, "rows"> = {
    async rows(query, values) {
      const lines = await sql().rows(unnamed<{ "QUERY PLAN": string }>(`explain ${query.text}`), values);
      const plan = lines.map((line) => line["QUERY PLAN"]).join("\n");
      const found = plan.matchAll(/(Only )?Scan (?:using|on) (\w+_idx)/g);
      scans.push([...found].map(([, only, index = ""]) => (only === undefined ? index : `${index} alone`)));
      return sql().rows(query, values);
    },
  };
  const filters = lists.map((filter) => [filter]);
  await countTickets(listening, filters, world.asker, { most: 1_001, ...(mostExamined && { mostExamined }) });
  return scans;
}

test.each([
  { most: 1_001, mostExamined: 10_000 },
  { most: 1_001, mostExamined: 400 },
  { most: 1_001, mostExamined: 399 },
  { most: 1_001, mostExamined: 1 },
  { most: 100, mostExamined: 10_000 },
  { most: 100, mostExamined: 150 },
  { most: 1, mostExamined: 1 },
])("counts are exact below their end: %j", async (ends) => {
  const expected = MEANT.map(([, isMeant]) => Math.min(world.tickets.filter(isMeant).length, ends.most));
  expect(await countTickets(sql(), LISTS, world.asker, ends)).toEqual(expected);
});

test("several filters together mean what all of them mean", async () => {
  const filters: TicketFilter[] = [
    { status: ["OPEN", "PENDING"] },
    { status: ["PENDING", "CLOSED"] },
    { tag: ["returns"] },
  ];
  const meant = world.tickets.filter(({ status, tags }) => status === "PENDING" && tags.length > 0);
  const lists = [filters, filters.slice(0, 2), [{ status: ["OPEN" as const] }, { status: ["CLOSED" as const] }]];
  const pending = world.tickets.filter(({ status }) => status === "PENDING");
  expect(await countTickets(sql(), lists, world.asker, { most: 1_001 })).toEqual([meant.length, pending.length, 0]);
});

test("nothing of another company is counted", async () => {
  const counts = await countTickets(sql(), LISTS, world.stranger, { most: 1_001 });
  expect(counts).toEqual(MEANT.map(() => 0));
});

const ONE_PASS = ["ticket_unfinished_idx alone", "ticket_much_tagged_idx"];

test("whatever is asked of unfinished tickets is counted in one pass, which reads none but those with many tags", async () => {
  const lists = MEANT.map(([filter]) => filter).slice(0, 9);
  expect(await scansOf(lists)).toEqual([ONE_PASS]);
});

test("what one pass does not reach is asked for again, unless there is enough already", async () => {
  const [first = [], again = []] = await scansOf([{ status: ["OPEN"] }, { status: ["OPEN"], priority: ["HIGH"] }], 1);
  expect(first).toHaveLength(ONE_PASS.length);
  expect(again).toEqual(["ticket_open_idx alone", "ticket_open_idx"]);
});

test("somebody's tickets alone are read by the index of what they have", async () => {
  expect(await scansOf([{ status: unfinished, assigneeId: "me" }])).toEqual([["ticket_load_idx"]]);
});

test("each finished status is asked for by itself", async () => {
  expect(await scansOf([{ status: ["RESOLVED", "CLOSED"] }])).toEqual([
    ["ticket_resolved_idx alone", "ticket_closed_idx alone"],
  ]);
});
