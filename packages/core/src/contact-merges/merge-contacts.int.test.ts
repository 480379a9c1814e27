import { buildMessage } from "@parley/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { showContact } from "../contacts/index.ts";
import { mergeContacts } from "./merge-contacts.ts";
import { known, snapshot, withMergeDesk, type MergeDesk } from "./merge-desk.fixture.ts";

let desk: MergeDesk;
withMergeDesk((opened) => (desk = opened));

describe("two contacts that are merged", () => {
  let one: { id: string; phone: string };
  let other: { id: string; phone: string };
  beforeEach(async () => {
    one = await known(desk, { name: "Customer One", tags: ["vip"], metadata: { a: 1 } });
    other = await known(desk, { name: "One", email: "One@Customers.example", tags: ["new"], metadata: { a: 2, b: 3 } });
  });

  const merge = () => mergeContacts(desk.agent, { id: one.id, sourceId: other.id });

  test("are one, with what both are known by and have", async () => {
    const merged = await merge();
    expect(merged).toMatchObject({
      id: one.id,
      name: "Customer One",
      email: "one@customers.example",
      phone: one.phone,
      tags: ["vip", "new"],
      metadata: { a: 1, b: 3 },
      version: 2,
    });
    expect(merged.identifiers).toHaveLength(3);
    expect(await showContact(desk.agent, { id: one.id })).toMatchObject({ id: one.id });
    await expect(showContact(desk.agent, { id: other.id })).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringContaining(one.id),
    });
  });

  test("have one thread with each inbox, all messages in their order", async () => {
    await desk.write(one.phone, "first", { minute: 1 });
    await desk.write(other.phone, "second", { minute: 2 });
    await desk.write(one.phone, "third", { minute: 3 });
    await desk.write(other.phone, "elsewhere", { to: desk.otherInbox });
    await merge();
    expect(await desk.threadOf(one.id)).toEqual(["first", "second", "third"]);
    expect(await desk.threadOf(one.id, desk.otherInbox)).toEqual(["elsewhere"]);
    const { conversations, messages, tickets } = await snapshot(desk);
    expect(conversations.map(({ contactId }) => contactId)).toEqual([one.id, one.id]);
    const thread = conversations.find(({ inboxId }) => inboxId === desk.inbox.id);
    expect(thread).toMatchObject({ unreadCount: 3, status: "OPEN", lastMessageAt: new Date("2026-01-01T10:03:00Z") });
    expect(new Set(messages.map(({ senderId }) => senderId))).toEqual(new Set([one.id]));
    expect(new Set(tickets.map(({ contactId }) => contactId))).toEqual(new Set([one.id]));
  });

  test("keep both tickets that are being worked on, of which one gets what is written next", async () => {
    await desk.write(one.phone, "first", { minute: 1 });
    await desk.write(other.phone, "second", { minute: 2 });
    await merge();
    await desk.write(other.phone, "next", { minute: 3 });
    const { tickets, messages } = await snapshot(desk);
    const [own, beside] = tickets;
    expect(tickets).toHaveLength(2);
    expect(own).toMatchObject({ splitFromId: null, status: "OPEN" });
    expect(beside).toMatchObject({ splitFromId: own?.id, status: "OPEN", conversationId: own?.conversationId });
    expect(messages.map(({ ticketId }) => ticketId)).toEqual([own?.id, beside?.id, own?.id]);
  });

  test("show the work of the one that had any", async () => {
    await desk.write(one.phone, "first", { minute: 1 });
    await desk.read(async (tx) => {
      await tx.ticket.updateMany({ data: { status: "CLOSED", resolvedAt: new Date() } });
      await tx.conversation.updateMany({ data: { status: "RESOLVED" } });
    });
    await desk.write(other.phone, "second", { minute: 2 });
    await merge();
    const { tickets, conversations } = await snapshot(desk);
    expect(tickets.map(({ status, splitFromId }) => [status, splitFromId])).toEqual([
      ["CLOSED", null],
      ["OPEN", null],
    ]);
    expect(conversations).toMatchObject([{ status: "OPEN" }]);
  });

  test("have what agents have begun to write to either, and are read only by whoever has read both", async () => {
    await desk.write(one.phone, "first");
    await desk.write(other.phone, "second");
    const userId = desk.agent.actor.type === "user" ? desk.agent.actor.userId : "";
    const { conversations } = await snapshot(desk);
    await desk.read(async (tx) => {
      for (const [index, { tenantId, id: conversationId }] of conversations.entries()) {
        const key = { tenantId, userId, conversationId };
        await tx.draft.create({ data: { ...key, body: `Text ${index}`, updatedAt: new Date() } });
        await tx.conversationRead.create({ data: { ...key, readAt: new Date(1_000 + index) } });
      }
    });
    await merge();
    const { drafts, reads } = await desk.read(async (tx) => ({
      drafts: await tx.draft.findMany(),
      reads: await tx.conversationRead.findMany(),
    }));
    expect(drafts.map(({ body }) => body.split("\n\n").toSorted())).toEqual([["Text 0", "Text 1"]]);
    expect(reads.map(({ readAt }) => readAt.getTime())).toEqual([1_000]);
  });

  test("are in the log of both, and in the audit log without a word about the person", async () => {
    const { merge: done } = await merge();
    const { events, audit } = await desk.read(async (tx) => ({
      events: await tx.event.findMany({ where: { type: "CONTACT_MERGED" }, orderBy: { seq: "asc" } }),
      audit: await tx.auditEntry.findMany(),
    }));
    expect(events).toMatchObject([
      { contactId: other.id, data: { mergeId: done.id, into: one.id } },
      { contactId: one.id, data: { mergeId: done.id, from: other.id, joined: [] } },
    ]);
    expect(audit).toMatchObject([
      { action: "contact.merged", subjectId: one.id, after: { sourceId: other.id, mergeId: done.id } },
    ]);
    const told = JSON.stringify([...events.map(({ data }) => data), ...audit.map(({ after }) => after)]);
    expect(told).not.toMatch(/One|customers|\+\d/);
  });

  test("are sent what waits for the other one still, in the order of the one thread", async () => {
    await desk.write(one.phone, "first");
    await desk.write(other.phone, "second");
    const { conversations } = await snapshot(desk);
    const from = conversations.find(({ contactId }) => contactId === other.id);
    if (!from) throw new Error("the other one has written");
    await buildMessage(desk.ctx, from, { direction: "OUTBOUND", status: "QUEUED", externalId: null });
    await merge();
    const { messages } = await snapshot(desk);
    expect(new Set(messages.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect(messages.filter(({ status }) => status === "QUEUED")).toHaveLength(1);
  });
});

describe("a merge is refused", () => {
  test("of a contact with itself, and of contacts that there are not", async () => {
    const { id } = await known(desk);
    const nobody = "019c1234-5678-7436-836f-a83bc726e1c1";
    await expect(mergeContacts(desk.agent, { id, sourceId: id })).rejects.toMatchObject({ code: "validation_failed" });
    await expect(mergeContacts(desk.agent, { id, sourceId: nobody })).rejects.toMatchObject({
      code: "validation_failed",
    });
    await expect(mergeContacts(desk.agent, { id: nobody, sourceId: id })).rejects.toMatchObject({ code: "not_found" });
  });
});

test("of two who merge the same two in opposite directions at the same time, one does", async () => {
  const [one, other] = [await known(desk), await known(desk)];
  const done = await Promise.allSettled([
    mergeContacts(desk.agent, { id: one.id, sourceId: other.id }),
    mergeContacts(desk.agent, { id: other.id, sourceId: one.id }),
  ]);
  expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await snapshot(desk)).contacts).toHaveLength(1);
});
