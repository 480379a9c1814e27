import { newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { storedTicketFilter } from "../tickets/index.ts";
import { openDeskForEachTest, type Desk } from "./bulk.fixture.ts";
import { chooseTicketsByFilter, chooseTicketsById } from "./choose-tickets.ts";

let desk: Desk;
openDeskForEachTest((opened) => (desk = opened));

/** A job without rows. */
async function emptyJob(): Promise<{ tenantId: string; jobId: string }> {
  const { tenantId, manager: createdBy } = desk;
  const id = newId();
  await desk.read((tx) => tx.bulkJob.create({ data: { tenantId, id, change: {}, total: 0, createdBy } }));
  return { tenantId, jobId: id };
}

async function chooseBy(filter: object, most?: number): Promise<string[]> {
  const key = await emptyJob();
  const asker = { tenantId: desk.tenantId, me: desk.manager };
  const count = await desk.read((tx) => chooseTicketsByFilter(tx, key, storedTicketFilter.parse(filter), asker, most));
  const rows = await desk.rows(key.jobId);
  expect(rows.map(({ position }) => position)).toEqual(Array.from({ length: count }, (_empty, index) => index + 1));
  return rows.map(({ ticketId }) => ticketId);
}

describe("a filter", () => {
  test("means the tickets that it means now, the oldest first, and whoever asks is me", async () => {
    const tickets = await desk.arrive(4);
    const mine = tickets.filter((_ticket, index) => index % 2 === 0).map(({ id }) => id);
    await desk.read((tx) =>
      tx.ticket.updateMany({ where: { id: { in: mine } }, data: { assigneeId: desk.manager, tags: ["a", "b"] } }),
    );
    expect(await chooseBy({ status: ["open"] })).toEqual(tickets.map(({ id }) => id));
    expect(await chooseBy({ assigneeId: "me", tag: ["a"], createdAfter: "2020-01-01T00:00:00Z" })).toEqual(mine);
  });

  test("means tickets of the company alone", async () => {
    const tickets = await desk.arrive(2);
    const asker = { tenantId: newId(), me: null };
    const key = await emptyJob();
    const choose = desk.read((tx) => chooseTicketsByFilter(tx, key, { status: ["OPEN"] }, asker));
    await expect(choose).rejects.toMatchObject({ code: "validation_failed" });
    expect(await chooseBy({ status: ["open"] })).toHaveLength(tickets.length);
  });

  test("is refused when it means more than a job changes, and the answer says how many", async () => {
    await desk.arrive(4);
    expect(await chooseBy({ status: ["open"] }, 4)).toHaveLength(4);
    await expect(chooseBy({ status: ["open"] }, 3)).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "filter", message: "means 4 tickets, and a job changes 3 at most; narrow it down" }],
    });
  });

  test("is refused when it means none", async () => {
    await desk.arrive(1);
    await expect(chooseBy({ status: ["closed"] })).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "filter", message: "means no ticket" }],
    });
  });
});

test("tickets that are named have their turns in that order, each once", async () => {
  const [first, second, third] = await desk.arrive(3);
  const ids = [third, first, third, second].map((ticket) => ticket?.id ?? "");
  const key = await emptyJob();
  expect(await desk.read((tx) => chooseTicketsById(tx, key, ids))).toBe(3);
  expect((await desk.rows(key.jobId)).map(({ ticketId }) => ticketId)).toEqual([third?.id, first?.id, second?.id]);
});

test("tickets that there are not are named by their places", async () => {
  const [ticket] = await desk.arrive(1);
  const key = await emptyJob();
  const choose = desk.read((tx) => chooseTicketsById(tx, key, [newId(), ticket?.id ?? "", newId()]));
  await expect(choose).rejects.toMatchObject({
    code: "validation_failed",
    fields: [0, 2].map((index) => ({ path: `ticketIds.${index}`, message: "is not a ticket of this company" })),
  });
});
