import type { ParleyClient } from "@parley/client";
import type { Action } from "@parley/core/context";
import { newId } from "@parley/runtime";
import { buildContact, buildConversation, buildTicket, buildUser, type BuiltTicket } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { ask, makeKey } from "../auth/api-key.fixture.ts";
import { openDesk, openDeskForEachTest, statusesOf, type Answer, type Client, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;
let manager: ParleyClient;
let rawManager: Client;

openDeskForEachTest((opened) => ({ api, desk } = opened));

beforeEach(async () => {
  const { id: userId } = await buildUser(api.context, { tenantId: desk.tenant.id, role: "MANAGER" });
  manager = desk.typed({ userId });
  rawManager = desk.as({ userId });
});

async function write(actions: object[], name = "Macro"): Promise<string> {
  const { status, body } = await rawManager.post("/macros", { name, actions });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.data.id;
}

async function seedTicket(overrides: Parameters<typeof buildTicket>[2] = {}): Promise<BuiltTicket> {
  const tenantId = desk.tenant.id;
  const contact = await buildContact(api.context, { tenantId, name: "Ada Example" });
  const conversation = await buildConversation(api.context, { tenantId, contactId: contact.id });
  return buildTicket(api.context, conversation, overrides);
}

const refuse = async (actions: object[]) => (await rawManager.post("/macros", { name: "Macro", actions })).body;

const run = (ticket: { id: string }, macroId: string, client: Client = desk.client): Promise<Answer> =>
  client.post(`/tickets/${ticket.id}/macros/${macroId}`);

/** All that a macro can leave behind. */
const stateOf = ({ id, conversationId }: BuiltTicket) =>
  api.context.database.withSystem(async (tx) => {
    const tenantId = desk.tenant.id;
    const ofTicket = { tenantId, ticketId: id };
    return {
      ticket: await tx.ticket.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id } } }),
      conversation: await tx.conversation.findUniqueOrThrow({
        where: { tenantId_id: { tenantId, id: conversationId } },
      }),
      messages: await tx.message.findMany({ where: ofTicket, orderBy: { occurredAt: "asc" } }),
      events: await tx.event.findMany({ where: ofTicket, orderBy: { seq: "asc" } }),
      followers: await tx.ticketFollower.findMany({ where: ofTicket }),
      timers: await tx.timer.findMany({ where: { tenantId, subjectId: id } }),
    };
  });

const auditOf = (subjectId: string) =>
  api.context.database.withSystem((tx) =>
    tx.auditEntry.findMany({ where: { tenantId: desk.tenant.id, subjectId }, orderBy: { id: "asc" } }),
  );

describe("macros", () => {
  test("are written, changed and deleted, and it is written down", async () => {
    const { clock } = api.context;
    const given = {
      name: "Done",
      description: "For what is done",
      actions: [
        { type: "set_status" as const, status: "resolved" as const },
        { type: "assign_user" as const, userId: "me" as const },
      ],
    };
    const { data: written } = await manager.post("/macros", { body: given });
    const at = clock.now().toISOString();
    const macro = { id: written.id, ...given, createdAt: at, updatedAt: at };
    expect(written).toEqual(macro);
    const path = { id: written.id };
    expect((await desk.typed().get("/macros/{id}", { path })).data).toEqual(macro);

    clock.advance(1_000);
    const change = { name: "Finished", description: null };
    const { data: changed } = await manager.patch("/macros/{id}", { path, body: change });
    expect(changed).toEqual({ ...macro, ...change, updatedAt: clock.now().toISOString() });

    await manager.delete("/macros/{id}", { path });
    await expect(manager.get("/macros/{id}", { path })).rejects.toMatchObject({ status: 404 });
    expect(await auditOf(written.id)).toMatchObject([
      { action: "macro.created", before: null, after: { name: "Done", actions: given.actions } },
      { action: "macro.changed", before: { name: "Done" }, after: change },
      { action: "macro.deleted", before: { name: "Finished" }, after: null },
    ]);
  });

  test("are listed newest first, and found by a part of their names", async () => {
    const ids: string[] = [];
    for (const name of ["Close", "Refund", "Close and refund"]) ids.push(await write([{ type: "follow" }], name));
    const listed: string[] = [];
    for await (const { id } of desk.typed().all("/macros", { query: { limit: 2 } })) listed.push(id);
    expect(listed).toEqual(ids.toReversed());
    const { data: found } = await desk.typed().get("/macros", { query: { search: "REFUND" } });
    expect(found.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
  });

  test("have a name of their own in the company", async () => {
    await write([{ type: "follow" }], "Close");
    const id = await write([{ type: "follow" }], "Refund");
    const body = { name: "Close", actions: [{ type: "follow" }] };
    expect((await rawManager.post("/macros", body)).status).toBe(409);
    expect((await rawManager.patch(`/macros/${id}`, { name: "Close" })).status).toBe(409);
  });

  test("are the managers' to change", async () => {
    const path = { id: await write([{ type: "follow" }]) };
    const agent = desk.typed();
    const statuses = await statusesOf([
      agent.post("/macros", { body: { name: "Mine", actions: [{ type: "follow" }] } }),
      agent.patch("/macros/{id}", { path, body: { name: "Mine" } }),
      agent.delete("/macros/{id}", { path }),
    ]);
    expect(statuses).toEqual([403, 403, 403]);
  });

  test.each([
    [[]],
    [[{ type: "explode" }]],
    [[{ type: "set_status", status: "lost" }]],
    [[{ type: "snooze", minutes: 0 }]],
    [[{ type: "follow", userId: newId() }]],
    [[{ type: "assign_user", userId: "them" }]],
    [
      [
        { type: "set_priority", priority: "low" },
        { type: "set_priority", priority: "high" },
      ],
    ],
  ])("are not written of %j", async (actions) => {
    expect((await rawManager.post("/macros", { name: "Macro", actions })).status).toBe(400);
  });

  test("do nothing with what the company does not have, and it is said where", async () => {
    const theirs = await openDesk(api);
    const actions = [
      { type: "follow" },
      { type: "assign_user", userId: theirs.agent.id },
      { type: "set_attribute", key: "size", value: "XL" },
    ];
    expect(await refuse(actions)).toMatchObject({
      code: "validation_failed",
      errors: [{ path: "actions.1", message: "is not a member of this company" }],
    });
    expect(await refuse([{ type: "assign_team", teamId: newId() }])).toMatchObject({ errors: [{ path: "actions.0" }] });
    expect(await refuse(actions.slice(2))).toMatchObject({ errors: [{ path: "actions.0" }] });
    expect(await refuse([{ type: "add_note", text: "{{ x }}" }])).toMatchObject({
      errors: [{ path: "actions.0.text", message: "line 1, column 4: there is no variable x" }],
    });
  });
});

describe("running a macro", () => {
  test("does all that it says, in one change of the ticket", async () => {
    const admin = desk.typed({ role: "ADMIN" });
    await admin.post("/ticket-attributes", { body: { key: "size", label: "Size", type: "text" } });
    const { data: team } = await manager.post("/teams", { body: { name: "Returns" } });
    const ticket = await seedTicket({ tags: ["old", "kept"] });
    const macroId = await write([
      { type: "send_reply", text: "Hello {{ contact.firstName }}, it is {{ ticket.status }}" },
      { type: "add_note", text: "Was {{ ticket.priority | default: 'x' }}".replace("priority", "status") },
      { type: "set_status", status: "pending" },
      { type: "set_priority", priority: "urgent" },
      { type: "set_category", category: "delivery" },
      { type: "add_tags", tags: ["new", "kept"] },
      { type: "remove_tags", tags: ["old", "absent"] },
      { type: "assign_user", userId: "me" },
      { type: "assign_team", teamId: team.id },
      { type: "set_attribute", key: "size", value: "XL" },
      { type: "snooze", minutes: 90 },
      { type: "follow" },
    ]);
    const answer = await run(ticket, macroId);
    const until = new Date(api.context.clock.now().getTime() + 90 * 60_000);
    expect([answer.status, answer.body.data]).toMatchObject([
      200,
      {
        status: "pending",
        priority: "urgent",
        category: "delivery",
        tags: ["kept", "new"],
        assigneeId: desk.agent.id,
        teamId: team.id,
        attributes: { size: "XL" },
        snoozed: { until: until.toISOString() },
        // The first response, the fields, and that it was put aside.
        version: ticket.version + 3,
      },
    ]);
    expect(answer.headers["etag"]).toBe(`"${ticket.version + 3}"`);
    const { events, messages, followers, timers, conversation } = await stateOf(ticket);
    expect(messages.map(({ content, isInternal }) => [content, isInternal])).toEqual([
      [{ text: "Hello Ada, it is open" }, false],
      [{ text: "Was open" }, true],
    ]);
    expect(events.map(({ type }) => type)).toEqual([
      "MACRO_RUN",
      "MESSAGE_QUEUED",
      "NOTE_ADDED",
      "STATUS_CHANGED",
      "PRIORITY_CHANGED",
      "ASSIGNMENT_CHANGED",
      "TICKET_CHANGED",
      "TICKET_SNOOZED",
      "TICKET_FOLLOWED",
    ]);
    expect(events[0]).toMatchObject({ actorType: "AGENT", actorId: desk.agent.id, data: { macroId } });
    expect(followers.map(({ userId }) => userId)).toEqual([desk.agent.id]);
    expect(timers).toMatchObject([{ kind: "wake_ticket", dueAt: until }]);
    expect(conversation).toMatchObject({ status: "PENDING", assigneeId: desk.agent.id, teamId: team.id });
  });

  test("changes the version once for all fields, and not at all for what is so already", async () => {
    const ticket = await seedTicket({ priority: "HIGH" });
    const macroId = await write([
      { type: "set_priority", priority: "high" },
      { type: "set_category", category: "delivery" },
      { type: "add_tags", tags: ["a"] },
    ]);
    expect((await run(ticket, macroId)).body.data.version).toBe(ticket.version + 1);
    expect((await run(ticket, macroId)).body.data.version).toBe(ticket.version + 1);
  });

  test("does nothing when an action is refused, and says which", async () => {
    const ticket = await seedTicket({ status: "CLOSED", resolvedAt: new Date() });
    const macroId = await write([
      { type: "send_reply", text: "Hello" },
      { type: "add_tags", tags: ["a"] },
      { type: "set_status", status: "pending" },
      { type: "follow" },
    ]);
    const before = await stateOf(ticket);
    const answer = await run(ticket, macroId);
    expect([answer.status, answer.body.code, answer.body.detail]).toEqual([
      409,
      "conflict",
      expect.stringMatching(/^Action 3 of the macro, set_status, was refused.*closed cannot become pending/),
    ]);
    expect(await stateOf(ticket)).toEqual(before);
  });

  test.each([
    {
      name: "its last action",
      actions: [
        { type: "set_status", status: "resolved" },
        { type: "snooze", minutes: 5 },
      ],
      refused: "Action 2 of the macro, snooze,",
    },
    {
      name: "too many tags",
      actions: [
        { type: "set_category", category: "x" },
        { type: "add_tags", tags: Array.from({ length: 50 }, (_empty, index) => `t${index}`) },
        { type: "add_tags", tags: ["one more"] },
      ],
      refused: "Action 3 of the macro, add_tags,",
    },
    {
      name: "a reply for whose variables there is no value",
      actions: [
        { type: "add_note", text: "x" },
        { type: "send_reply", text: "Order {{ ticket.orderRef }}" },
      ],
      refused:
        "Action 2 of the macro, send_reply, was refused, so nothing was done: There is no value here for ticket.orderRef",
    },
    {
      name: "a text that is empty here",
      actions: [{ type: "add_note", text: "{% if ticket.orderRef %}x{% endif %}" }],
      refused: "Action 1 of the macro, add_note,",
    },
  ])("is refused as a whole for $name", async ({ actions, refused }) => {
    const ticket = await seedTicket();
    const before = await stateOf(ticket);
    const answer = await run(ticket, await write(actions));
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining(refused)]);
    expect(await stateOf(ticket)).toEqual(before);
  });

  test("is refused as a whole for a member, a team or an attribute that is there no more", async () => {
    const { id: userId } = await buildUser(api.context, { tenantId: desk.tenant.id });
    const { data: team } = await manager.post("/teams", { body: { name: "Returns" } });
    const admin = desk.typed({ role: "ADMIN" });
    const { data: attribute } = await admin.post("/ticket-attributes", {
      body: { key: "size", label: "Size", type: "text" },
    });
    const follow = { type: "follow" };
    const macros = [
      await write([follow, { type: "assign_user", userId }], "user"),
      await write([follow, { type: "assign_team", teamId: team.id }], "team"),
      await write([follow, { type: "set_attribute", key: "size", value: "XL" }], "attribute"),
    ];
    await admin.delete("/users/{id}", { path: { id: userId } });
    await manager.delete("/teams/{id}", { path: { id: team.id } });
    await admin.delete("/ticket-attributes/{id}", { path: { id: attribute.id } });
    const ticket = await seedTicket();
    const before = await stateOf(ticket);
    for (const macroId of macros) {
      const answer = await run(ticket, macroId);
      expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining("Action 2 of the macro")]);
    }
    expect(await stateOf(ticket)).toEqual(before);
  });

  test("is refused for a merged ticket, by the first action that would change it", async () => {
    const target = await seedTicket();
    const ticket = await seedTicket({ status: "CLOSED", mergedIntoId: target.id, resolvedAt: new Date() });
    const answer = await run(ticket, await write([{ type: "follow" }, { type: "add_tags", tags: ["a"] }]));
    expect([answer.status, answer.body.detail]).toEqual([
      409,
      expect.stringContaining("Action 2 of the macro, add_tags"),
    ]);
  });

  test("writes nothing to a contact who is blocked", async () => {
    const ticket = await seedTicket();
    await api.context.database.withSystem((tx) =>
      tx.contact.update({
        where: { tenantId_id: { tenantId: ticket.tenantId, id: ticket.contactId } },
        data: { blockedAt: new Date() },
      }),
    );
    const before = await stateOf(ticket);
    const macroId = await write([
      { type: "set_status", status: "resolved" },
      { type: "send_reply", text: "Hello" },
    ]);
    const answer = await run(ticket, macroId);
    expect([answer.status, answer.body.detail]).toEqual([403, expect.stringContaining("Action 2")]);
    expect(await stateOf(ticket)).toEqual(before);
  });

  test("only on top of what whoever runs it has seen, if they say so", async () => {
    const ticket = await seedTicket();
    const macroId = await write([{ type: "set_priority", priority: "low" }]);
    const path = `/tickets/${ticket.id}/macros/${macroId}`;
    await desk.client.patch(`/tickets/${ticket.id}`, { category: "delivery" });
    const late = await desk.client.post(path, undefined, { "if-match": `"${ticket.version}"` });
    expect([late.status, late.body.current.category]).toEqual([412, "delivery"]);
    const now = await desk.client.post(path, undefined, { "if-match": `"${ticket.version + 1}"` });
    expect([now.status, now.body.data.priority]).toEqual([200, "low"]);
  });

  test("happens once under an Idempotency-Key", async () => {
    const ticket = await seedTicket();
    const path = `/tickets/${ticket.id}/macros/${await write([{ type: "add_note", text: "Once" }])}`;
    const first = await desk.client.post(path, undefined, { "idempotency-key": "run-1" });
    const second = await desk.client.post(path, undefined, { "idempotency-key": "run-1" });
    expect([second.status, second.body, second.headers["idempotency-replayed"]]).toEqual([200, first.body, "true"]);
    expect((await stateOf(ticket)).messages).toHaveLength(1);
  });

  test("of two at the same time leaves the work of both", async () => {
    const ticket = await seedTicket();
    const macros = [
      await write([{ type: "add_tags", tags: ["a"] }], "a"),
      await write(
        [
          { type: "add_tags", tags: ["b"] },
          { type: "add_note", text: "b" },
        ],
        "b",
      ),
    ];
    const answers = await Promise.all(macros.map((macroId) => run(ticket, macroId)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const { ticket: after } = await stateOf(ticket);
    expect([after.tags.toSorted(), after.version]).toEqual([["a", "b"], ticket.version + 2]);
  });

  test("finds neither a ticket nor a macro of another company, or of none", async () => {
    const theirs = await openDesk(api);
    const ticket = await seedTicket();
    const macroId = await write([{ type: "follow" }]);
    const { data: theirMacro } = await theirs
      .typed({ role: "MANAGER" })
      .post("/macros", { body: { name: "Theirs", actions: [{ type: "follow" }] } });
    const answers = await Promise.all([
      run(ticket, macroId, theirs.client),
      run(ticket, theirMacro.id, theirs.client),
      run(ticket, theirMacro.id),
      run(ticket, newId()),
      run({ id: newId() }, macroId),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
  });

  test("needs, of a key, the scopes for what it does, and is nobody's for what is a person's", async () => {
    const ticket = await seedTicket();
    const tags = await write([{ type: "add_tags", tags: ["a"] }], "tags");
    const note = await write([{ type: "add_note", text: "x" }], "note");
    const mine = await write([{ type: "assign_user", userId: "me" }], "mine");
    const runAs = async (macroId: string, ...scopes: Action[]) => {
      const { key } = await makeKey(api, { tenantId: desk.tenant.id, scopes });
      return (await ask(api, key, { method: "POST", path: `/tickets/${ticket.id}/macros/${macroId}` })).status;
    };
    expect(await runAs(tags, "macros.read")).toBe(403);
    expect(await runAs(tags, "tickets.change")).toBe(200);
    expect(await runAs(note, "tickets.change")).toBe(403);
    expect(await runAs(note, "tickets.change", "messages.send")).toBe(200);
    expect(await runAs(mine, "tickets.change")).toBe(403);
  });

  test("makes nobody a follower who is not a member", async () => {
    const ticket = await seedTicket();
    const administrator = desk.as({ isSuperAdmin: true });
    const answer = await run(ticket, await write([{ type: "follow" }]), administrator);
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining("Only members")]);
  });
});
