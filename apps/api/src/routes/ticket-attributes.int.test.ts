import { newId } from "@parley/runtime";
import { buildConversation, buildTicket, buildUser, type BuiltTicket } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDesk, openDeskForEachTest, readAll, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let admin: Client;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const { id: userId } = await buildUser(api.context, { tenantId: desk.tenant.id, role: "ADMIN" });
  admin = desk.as({ userId });
});

const floor = { key: "shop_floor", label: "Shop floor", type: "choice", options: ["first", "second"] };

const define = async (attribute: object = floor): Promise<string> =>
  (await admin.post("/ticket-attributes", attribute)).body.data.id;

const auditOf = (subjectId: string) =>
  api.context.database.withSystem((tx) =>
    tx.auditEntry.findMany({ where: { tenantId: desk.tenant.id, subjectId }, orderBy: { id: "asc" } }),
  );

describe("attributes of tickets", () => {
  test("are defined, changed and taken away by administrators, and it is written down", async () => {
    const { clock } = api.context;
    const { status, body } = await admin.post("/ticket-attributes", floor);
    const at = clock.now().toISOString();
    const attribute = { id: body.data.id, ...floor, createdAt: at, updatedAt: at };
    expect([status, body.data]).toEqual([201, attribute]);
    const path = `/ticket-attributes/${attribute.id}`;
    expect((await desk.client.get(path)).body.data).toEqual(attribute);

    clock.advance(1_000);
    const change = { label: "Floor", options: ["second", "third"] };
    const changed = await admin.patch(path, change);
    expect(changed.body.data).toEqual({ ...attribute, ...change, updatedAt: clock.now().toISOString() });

    expect((await admin.delete(path)).status).toBe(204);
    expect((await desk.client.get(path)).status).toBe(404);
    expect(await auditOf(attribute.id)).toMatchObject([
      { action: "ticket_attribute.created", before: null, after: { key: "shop_floor" } },
      {
        action: "ticket_attribute.changed",
        before: { label: "Shop floor", options: ["first", "second"] },
        after: change,
      },
      { action: "ticket_attribute.deleted", before: { key: "shop_floor", label: "Floor" }, after: null },
    ]);
  });

  test("are listed newest first, to everybody", async () => {
    const ids = [await define(), await define({ key: "b", label: "B", type: "text" })];
    const rows = await readAll(desk.client, "/ticket-attributes?limit=1");
    expect(rows.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  test("are for administrators to change", async () => {
    const id = await define();
    const manager = desk.as({
      userId: (await buildUser(api.context, { tenantId: desk.tenant.id, role: "MANAGER" })).id,
    });
    const answers = [
      await manager.post("/ticket-attributes", { ...floor, key: "other" }),
      await manager.patch(`/ticket-attributes/${id}`, { label: "Floor" }),
      await manager.delete(`/ticket-attributes/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });

  test.each([
    [{ ...floor, key: "Shop" }, "key"],
    [{ ...floor, key: "1st" }, "key"],
    [{ ...floor, key: "a-b" }, "key"],
    [{ ...floor, key: "x".repeat(51) }, "key"],
    [{ ...floor, type: "colour" }, "type"],
    [{ ...floor, options: undefined }, "options"],
    [{ ...floor, options: [] }, "options"],
    [{ ...floor, options: ["first", "first"] }, "options"],
    [{ ...floor, type: "text" }, "options"],
    [{ ...floor, label: "two\nlines" }, "label"],
  ])("may not be %j", async (attribute, path) => {
    const { status, body } = await admin.post("/ticket-attributes", attribute);
    expect([status, body.errors[0].path]).toEqual([400, path]);
  });

  test("keep their key and their type for ever", async () => {
    const id = await define({ key: "weight", label: "Weight", type: "number" });
    for (const change of [{ key: "mass" }, { type: "text" }, {}, { options: ["1"] }]) {
      expect((await admin.patch(`/ticket-attributes/${id}`, change)).status).toBe(400);
    }
  });

  test("have different keys", async () => {
    await define();
    const { status, body } = await admin.post("/ticket-attributes", { ...floor, type: "text", options: undefined });
    expect([status, body.code]).toEqual([409, "conflict"]);
    expect((await (await openDesk(api)).client.get("/ticket-attributes")).body.data).toEqual([]);
  });

  test("are a hundred at most, even when two ask for the last place at once", async () => {
    await api.context.database.withSystem((tx) =>
      tx.ticketAttribute.createMany({
        data: Array.from({ length: 99 }, (_empty, index) => ({
          tenantId: desk.tenant.id,
          id: newId(),
          key: `key_${index}`,
          label: "Label",
          type: "TEXT" as const,
        })),
      }),
    );
    const answers = await Promise.all(
      ["a", "b"].map((key) => admin.post("/ticket-attributes", { key, label: "Label", type: "text" })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  test("of another company are none", async () => {
    const id = await define();
    const stranger = await openDesk(api);
    const { id: userId } = await buildUser(api.context, { tenantId: stranger.tenant.id, role: "ADMIN" });
    const theirs = stranger.as({ userId });
    const answers = [
      await theirs.get(`/ticket-attributes/${id}`),
      await theirs.patch(`/ticket-attributes/${id}`, { label: "Floor" }),
      await theirs.delete(`/ticket-attributes/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
  });
});

describe("a ticket's attributes", () => {
  let ticket: BuiltTicket;
  beforeEach(async () => {
    ticket = await buildTicket(api.context, await buildConversation(api.context, { tenantId: desk.tenant.id }));
    await define();
    await define({ key: "weight", label: "Weight", type: "number" });
  });

  const set = (attributes: object) => desk.client.patch(`/tickets/${ticket.id}`, { attributes });
  const shown = async () => (await desk.client.get(`/tickets/${ticket.id}`)).body.data.attributes;

  test("are set by their keys; what is not named stays, and null takes one away", async () => {
    expect((await set({ shop_floor: "first", weight: 2.5 })).body.data.attributes).toEqual({
      shop_floor: "first",
      weight: 2.5,
    });
    expect((await set({ weight: 3 })).body.data.attributes).toEqual({ shop_floor: "first", weight: 3 });
    expect((await set({ shop_floor: null })).body.data).toMatchObject({ attributes: { weight: 3 }, version: 4 });
    expect(await shown()).toEqual({ weight: 3 });
  });

  test("are set when it is opened", async () => {
    const { id } = await buildConversation(api.context, { tenantId: desk.tenant.id });
    const { body } = await desk.client.post("/tickets", { conversationId: id, attributes: { weight: 1 } });
    expect(body.data.attributes).toEqual({ weight: 1 });
  });

  test("are of the type that was defined, and those that were: every other is named, and nothing is changed", async () => {
    const { status, body } = await set({ shop_floor: "third", weight: "3", colour: "red", length: null });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { path: "attributes.shop_floor", message: "must be one of first, second" },
      { path: "attributes.weight", message: "must be a number" },
      { path: "attributes.colour", message: "is not an attribute of this company; define it first" },
      { path: "attributes.length", message: "is not an attribute of this company; define it first" },
    ]);
    expect(await shown()).toEqual({});
  });

  test("set twice to the same are one change", async () => {
    await set({ shop_floor: "first", weight: 2 });
    expect((await set({ weight: 2 })).body.data.version).toBe(2);
  });

  test("keep an option that is taken away, until they are given another", async () => {
    await set({ shop_floor: "first" });
    const [, id = ""] = (await readAll(desk.client, "/ticket-attributes?limit=5")).map((row) => row.id);
    await admin.patch(`/ticket-attributes/${id}`, { options: ["second"] });
    expect(await shown()).toEqual({ shop_floor: "first" });
    expect((await set({ shop_floor: "first" })).status).toBe(400);
  });

  test("of which the company has no more are neither shown nor taken, wherever the ticket is", async () => {
    await set({ shop_floor: "first", weight: 2 });
    const [weight = "", shopFloor = ""] = (await readAll(desk.client, "/ticket-attributes?limit=5")).map(
      (row) => row.id,
    );
    await admin.delete(`/ticket-attributes/${shopFloor}`);
    expect(await shown()).toEqual({ weight: 2 });
    expect((await desk.client.get("/tickets")).body.data[0].attributes).toEqual({ weight: 2 });
    expect((await set({ shop_floor: "first" })).status).toBe(400);
    expect((await set({ weight: 3 })).body.data.attributes).toEqual({ weight: 3 });
    await admin.delete(`/ticket-attributes/${weight}`);
    await define({ key: "weight", label: "Weight", type: "text" });
    expect(await shown()).toEqual({});
    await define();
    expect(await shown()).toEqual({ shop_floor: "first" });
  });
});
