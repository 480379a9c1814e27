import type { ParleyClient } from "@parley/client";
import type { Action } from "@parley/core/context";
import { createBulkHandlers } from "@parley/core/bulk";
import { newId } from "@parley/runtime";
import { buildConversation, buildTicket, buildUser, type BuiltTicket } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { openDesk, openDeskForEachTest, statusesOf, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let manager: ParleyClient;
let rawManager: Client;
let managerId: string;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  ({ id: managerId } = await buildUser(api.context, { tenantId: desk.tenant.id, role: "MANAGER" }));
  manager = desk.typed({ userId: managerId });
  rawManager = desk.as({ userId: managerId });
});

const CLOSE = { status: "closed" as const };

async function seedTickets(count: number, overrides: Parameters<typeof buildTicket>[2] = {}): Promise<BuiltTicket[]> {
  const tickets: BuiltTicket[] = [];
  for (let seeded = 0; seeded < count; seeded += 1) {
    const conversation = await buildConversation(api.context, { tenantId: desk.tenant.id });
    tickets.push(await buildTicket(api.context, conversation, overrides));
  }
  return tickets;
}

const idsOf = (tickets: readonly { id: string }[]): string[] => tickets.map(({ id }) => id);

async function start(tickets: readonly { id: string }[]): Promise<string> {
  return (await manager.post("/bulk-jobs", { body: { ticketIds: idsOf(tickets), change: CLOSE } })).data.id;
}

/** What the worker does with the first chunk. */
const work = (jobId: string): Promise<unknown> =>
  createBulkHandlers(api.context).run_chunk({ tenantId: desk.tenant.id, jobId, chunk: 1 });

const refuse = async (payload: object) => (await rawManager.post("/bulk-jobs", payload)).body;

describe("a bulk job", () => {
  test("is made of tickets and a change, and tells how far it is", async () => {
    const tickets = await seedTickets(2);
    const change = { ...CLOSE, addTags: ["done"], assigneeId: null };
    const { data: made } = await manager.post("/bulk-jobs", { body: { ticketIds: idsOf(tickets), change } });
    const job = {
      id: made.id,
      status: "running",
      change,
      total: 2,
      finished: 0,
      failed: 0,
      progress: 0,
      createdBy: managerId,
      createdAt: api.context.clock.now().toISOString(),
      finishedAt: null,
    };
    expect(made).toEqual(job);
    const show = async () => (await manager.get("/bulk-jobs/{id}", { path: { id: made.id } })).data;
    expect(await show()).toEqual(job);
    await work(made.id);
    const finishedAt = api.context.clock.now().toISOString();
    expect(await show()).toEqual({ ...job, status: "done", finished: 2, progress: 1, finishedAt });
    const { data: ticket } = await manager.get("/tickets/{id}", { path: { id: tickets[0]?.id ?? "" } });
    expect(ticket).toMatchObject({ status: "closed", tags: ["done"] });
  });

  test("is made of a filter, in which me is whoever starts it", async () => {
    await seedTickets(1);
    const [mine] = await seedTickets(1, { assigneeId: managerId });
    const body = { filter: { assigneeId: "me" as const, status: ["open" as const] }, change: { category: "mine" } };
    const { data: job } = await manager.post("/bulk-jobs", { body });
    expect(job.total).toBe(1);
    const { data: rows } = await manager.get("/bulk-jobs/{id}/rows", { path: { id: job.id } });
    expect(rows).toEqual([
      { position: 1, ticketId: mine?.id, ticketNumber: Number(mine?.number), state: "waiting", error: null },
    ]);
  });

  test("tells what became of each ticket, page by page and by state", async () => {
    const [first, merged, last] = await seedTickets(3);
    if (!first || !merged || !last) throw new Error("they are there");
    await api.context.database.withSystem((tx) =>
      tx.ticket.update({
        where: { tenantId_id: { tenantId: merged.tenantId, id: merged.id } },
        data: { mergedIntoId: first.id },
      }),
    );
    const id = await start([first, merged, last]);
    await work(id);
    const listed: string[] = [];
    for await (const { state } of manager.all("/bulk-jobs/{id}/rows", { path: { id }, query: { limit: 2 } })) {
      listed.push(state);
    }
    expect(listed).toEqual(["done", "failed", "done"]);
    const { data: failed } = await manager.get("/bulk-jobs/{id}/rows", { path: { id }, query: { state: "failed" } });
    expect(failed).toMatchObject([{ position: 2, ticketId: merged.id, error: expect.stringContaining("merged") }]);
  });

  test("is listed newest first, and by status", async () => {
    const tickets = await seedTickets(1);
    const ids = [await start(tickets), await start(tickets), await start(tickets)];
    await manager.post("/bulk-jobs/{id}/pause", { path: { id: ids[1] ?? "" } });
    const listed: string[] = [];
    for await (const { id } of manager.all("/bulk-jobs", { query: { limit: 2 } })) listed.push(id);
    expect(listed).toEqual(ids.toReversed());
    const { data: paused } = await manager.get("/bulk-jobs", { query: { status: "paused" } });
    expect(paused.map(({ id }) => id)).toEqual([ids[1]]);
  });

  test("is paused, resumed and cancelled, and not when it is over", async () => {
    const path = { id: await start(await seedTickets(1)) };
    const statuses = [
      (await manager.post("/bulk-jobs/{id}/pause", { path })).data.status,
      (await manager.post("/bulk-jobs/{id}/pause", { path })).data.status,
      (await manager.post("/bulk-jobs/{id}/resume", { path })).data.status,
      (await manager.post("/bulk-jobs/{id}/cancel", { path })).data.status,
      (await manager.post("/bulk-jobs/{id}/cancel", { path })).data.status,
    ];
    expect(statuses).toEqual(["paused", "paused", "running", "cancelled", "cancelled"]);
    const over = { status: 409, code: "conflict", detail: "This job is cancelled, so there is nothing to resume." };
    await expect(manager.post("/bulk-jobs/{id}/resume", { path })).rejects.toMatchObject(over);
  });

  test("is started once under an Idempotency-Key", async () => {
    const body = { ticketIds: idsOf(await seedTickets(1)), change: CLOSE };
    const input = { body, params: { header: { "Idempotency-Key": "bulk-1" } } };
    const first = await manager.raw.POST("/bulk-jobs", input);
    const second = await manager.raw.POST("/bulk-jobs", input);
    expect([second.response.status, second.data]).toEqual([201, first.data]);
    expect((await manager.get("/bulk-jobs")).data).toHaveLength(1);
  });

  test("is for managers", async () => {
    const tickets = await seedTickets(1);
    const path = { id: await start(tickets) };
    const agent = desk.typed();
    const statuses = await statusesOf([
      agent.get("/bulk-jobs"),
      agent.get("/bulk-jobs/{id}", { path }),
      agent.get("/bulk-jobs/{id}/rows", { path }),
      agent.post("/bulk-jobs", { body: { ticketIds: idsOf(tickets), change: CLOSE } }),
      agent.post("/bulk-jobs/{id}/pause", { path }),
      agent.post("/bulk-jobs/{id}/resume", { path }),
      agent.post("/bulk-jobs/{id}/cancel", { path }),
    ]);
    expect(statuses).toEqual(statuses.map(() => 403));
  });

  test("of another company is not there", async () => {
    const theirs = await openDesk(api);
    const path = { id: await start(await seedTickets(1)) };
    const stranger = theirs.typed({ role: "OWNER" });
    const statuses = await statusesOf([
      stranger.get("/bulk-jobs/{id}", { path }),
      stranger.get("/bulk-jobs/{id}/rows", { path }),
      stranger.post("/bulk-jobs/{id}/pause", { path }),
      stranger.post("/bulk-jobs/{id}/resume", { path }),
      stranger.post("/bulk-jobs/{id}/cancel", { path }),
    ]);
    expect(statuses).toEqual(statuses.map(() => 404));
    expect((await stranger.get("/bulk-jobs")).data).toEqual([]);
  });

  test("needs, of a key, the scope for changing tickets as well", async () => {
    const payload = { ticketIds: idsOf(await seedTickets(1)), change: CLOSE };
    const startAs = async (...scopes: Action[]) => {
      const { key } = await makeKey(api, { tenantId: desk.tenant.id, scopes });
      return (await ask(api, key, { method: "POST", path: "/bulk-jobs", payload })).status;
    };
    expect(await startAs("bulk.run")).toBe(403);
    expect(await startAs("bulk.run", "tickets.change")).toBe(201);
  });
});

describe("a bulk job is not started", () => {
  test("for tickets, members or teams that the company does not have", async () => {
    const theirs = await openDesk(api);
    const [ticket] = await seedTickets(1);
    const ticketIds = [ticket?.id, newId()];
    expect(await refuse({ ticketIds, change: CLOSE })).toMatchObject({
      code: "validation_failed",
      errors: [{ path: "ticketIds.1", message: "is not a ticket of this company" }],
    });
    const change = { assigneeId: theirs.agent.id };
    expect(await refuse({ ticketIds: ticketIds.slice(0, 1), change })).toMatchObject({
      errors: [{ path: "change.assigneeId", message: "is not a member of this company" }],
    });
    expect(await refuse({ ticketIds: ticketIds.slice(0, 1), change: { teamId: newId() } })).toMatchObject({
      errors: [{ path: "change.teamId" }],
    });
    expect(await refuse({ filter: { inboxId: [newId()] }, change: CLOSE })).toMatchObject({
      errors: [{ path: "filter", message: "means no ticket" }],
    });
    expect((await manager.get("/bulk-jobs")).data).toEqual([]);
  });

  test.each([
    {},
    { ticketIds: [], change: CLOSE },
    { ticketIds: [newId()] },
    { ticketIds: [newId()], change: {} },
    { ticketIds: [newId()], filter: { status: ["open"] }, change: CLOSE },
    { change: CLOSE },
    { filter: {}, change: CLOSE },
    { filter: { color: "red" }, change: CLOSE },
    { ticketIds: [newId()], change: { status: "lost" } },
    { ticketIds: [newId()], change: { subject: "x" } },
    { ticketIds: [newId()], change: CLOSE, tenantId: newId() },
  ])("with %j", async (payload) => {
    expect((await rawManager.post("/bulk-jobs", payload)).status).toBe(400);
  });

  test("for more ids than there may be, and for as many it is", async () => {
    const [ticket] = await seedTickets(1);
    const ticketIds = Array.from({ length: 10_001 }, () => ticket?.id);
    expect((await rawManager.post("/bulk-jobs", { ticketIds, change: CLOSE })).status).toBe(400);
    const most = await rawManager.post("/bulk-jobs", { ticketIds: ticketIds.slice(1), change: CLOSE });
    expect([most.status, most.body.data.total]).toEqual([201, 1]);
  });
});
