import { beforeEach, describe, expect, test } from "vitest";
import { changeContact, changeContactInput } from "../contacts/index.ts";
import { forgetContactMerge } from "./forget-contact-merge.ts";
import { mergeContacts } from "./merge-contacts.ts";
import { known, snapshot, withMergeDesk, type MergeDesk } from "./merge-desk.fixture.ts";
import { undoContactMerge } from "./undo-contact-merge.ts";

let desk: MergeDesk;
withMergeDesk((opened) => (desk = opened));

let one: { id: string; phone: string };
let other: { id: string; phone: string };
beforeEach(async () => {
  one = await known(desk, { name: "Customer One", tags: ["vip"] });
  other = await known(desk, { name: "Other", email: "other@customers.example", tags: ["new"], metadata: { b: 3 } });
});

const merge = async (target = one, source = other) =>
  (await mergeContacts(desk.agent, { id: target.id, sourceId: source.id })).merge.id;
const undo = (id: string) => undoContactMerge(desk.agent, { id });

/** Both write to the first number, the other one to the second as well. */
async function writeAll(): Promise<void> {
  await desk.write(one.phone, "one 1", { minute: 1 });
  await desk.write(other.phone, "other 1", { minute: 2 });
  await desk.write(one.phone, "one 2", { minute: 3 });
  await desk.write(other.phone, "other elsewhere", { to: desk.otherInbox, minute: 1 });
}

describe("an undo", () => {
  test("at once leaves everything as it was", async () => {
    await writeAll();
    const before = await snapshot(desk);
    const { source, target } = await undo(await merge());
    expect([source.id, target.id]).toEqual([other.id, one.id]);
    expect(await snapshot(desk)).toEqual(before);
  });

  test("gives what came in since to whoever has the identifier by which it came", async () => {
    await writeAll();
    const id = await merge();
    await desk.write(other.phone, "other 2", { minute: 4 });
    await desk.write(one.phone, "one 3", { minute: 5 });
    await desk.write(one.phone, "one elsewhere", { to: desk.otherInbox, minute: 5 });
    await desk.write(other.phone, "other elsewhere 2", { to: desk.otherInbox, minute: 6 });
    await undo(id);
    expect(await desk.threadOf(one.id)).toEqual(["one 1", "one 2", "one 3"]);
    expect(await desk.threadOf(other.id)).toEqual(["other 1", "other 2"]);
    expect(await desk.threadOf(one.id, desk.otherInbox)).toEqual(["one elsewhere"]);
    expect(await desk.threadOf(other.id, desk.otherInbox)).toEqual(["other elsewhere", "other elsewhere 2"]);
    const { messages, conversations } = await snapshot(desk);
    for (const { senderId, content } of messages) {
      expect(senderId).toBe(String(Object(content).text).startsWith("one") ? one.id : other.id);
    }
    expect(conversations.map(({ unreadCount }) => unreadCount).toSorted((a, b) => a - b)).toEqual([1, 2, 2, 3]);
  });

  test("splits what only began since, in a place where neither had been", async () => {
    const id = await merge();
    await desk.write(other.phone, "other", { minute: 1 });
    await desk.write(one.phone, "one", { minute: 2 });
    await desk.write(other.phone, "other alone", { to: desk.otherInbox });
    await undo(id);
    expect(await desk.threadOf(one.id)).toEqual(["one"]);
    expect(await desk.threadOf(other.id)).toEqual(["other"]);
    expect(await desk.threadOf(one.id, desk.otherInbox)).toEqual([]);
    expect(await desk.threadOf(other.id, desk.otherInbox)).toEqual(["other alone"]);
    const { tickets } = await snapshot(desk);
    const alone = tickets.find(({ inboxId }) => inboxId === desk.otherInbox.id);
    expect(alone?.contactId).toBe(other.id);
  });

  test("sends whoever writes afterwards to their own thread", async () => {
    await writeAll();
    await undo(await merge());
    await desk.write(other.phone, "other 2", { minute: 4 });
    await desk.write(one.phone, "one 3", { minute: 5 });
    expect(await desk.threadOf(one.id)).toEqual(["one 1", "one 2", "one 3"]);
    expect(await desk.threadOf(other.id)).toEqual(["other 1", "other 2"]);
  });

  test("lets each have one ticket again that is being worked on, and is the thread's own", async () => {
    await writeAll();
    const id = await merge();
    await undo(id);
    const { tickets } = await snapshot(desk);
    expect(tickets.map(({ splitFromId, status }) => [splitFromId, status])).toEqual(
      Array.from({ length: 3 }, () => [null, "OPEN"]),
    );
  });

  test("keeps what somebody has changed since, and takes back what the merge brought", async () => {
    const id = await merge();
    await changeContact(desk.agent, { id: one.id, ...changeContactInput.parse({ name: "New", addTags: ["late"] }) });
    const { target, source } = await undo(id);
    expect(target).toMatchObject({ name: "New", tags: ["vip", "late"], metadata: {}, email: null, phone: one.phone });
    expect(source).toMatchObject({
      name: "Other",
      tags: ["new"],
      metadata: { b: 3 },
      email: "other@customers.example",
      phone: other.phone,
    });
  });

  test("leaves an identifier away that was taken away since", async () => {
    const id = await merge();
    await changeContact(desk.agent, { id: one.id, ...changeContactInput.parse({ email: null }) });
    expect((await undo(id)).source).toMatchObject({ email: null, phone: other.phone });
  });

  test("can be merged and undone again", async () => {
    await writeAll();
    const before = await snapshot(desk);
    await undo(await merge());
    await undo(await merge(other, one));
    expect(await snapshot(desk)).toEqual(before);
  });
});

describe("it is too late for an undo", () => {
  test("the second time, also when two ask at once", async () => {
    const id = await merge();
    const both = await Promise.allSettled([undo(id), undo(id)]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(undo(id)).rejects.toMatchObject({ code: "conflict", message: /undone already/ });
  });

  test("after a day, from which on nothing is kept that was for it", async () => {
    await writeAll();
    const id = await merge();
    await desk.write(other.phone, "other 2", { minute: 4 });
    const timer = await desk.read((tx) => tx.timer.findFirstOrThrow({ where: { kind: "forget_contact_merge" } }));
    expect(timer.subjectId).toBe(id);
    await desk.ctx.database.withSystem((tx) =>
      forgetContactMerge(desk.ctx, tx, { tenantId: desk.tenantId, subjectId: id, dueAt: timer.dueAt }),
    );
    await expect(undo(id)).rejects.toMatchObject({ code: "conflict", message: /for a day/ });
    const { merges, notes, marked } = await desk.read(async (tx) => ({
      merges: await tx.contactMerge.findMany(),
      notes: await tx.contactMergeMessage.count(),
      marked: await tx.contactIdentifier.count({ where: { mergeId: { not: null } } }),
    }));
    expect(merges).toMatchObject([{ id, undo: null, undoneAt: null }]);
    expect([notes, marked]).toEqual([0, 0]);
  });

  test("when somebody else has one of the identifiers by now", async () => {
    const id = await merge();
    await changeContact(desk.agent, { id: one.id, ...changeContactInput.parse({ email: null }) });
    const { id: third } = await known(desk, { email: "other@customers.example" });
    await expect(undo(id)).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining(third) });
    expect((await snapshot(desk)).contacts).toHaveLength(2);
  });

  test("while the contact is a part of another one itself; afterwards it is not", async () => {
    await writeAll();
    const before = await snapshot(desk);
    const third = await known(desk);
    const first = await merge();
    const second = await merge(third, one);
    await expect(undo(first)).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining(second) });
    await undo(second);
    await undo(first);
    const after = await snapshot(desk);
    expect({ ...after, contacts: after.contacts.length, identifiers: after.identifiers.length }).toEqual({
      ...before,
      contacts: before.contacts.length + 1,
      identifiers: before.identifiers.length + 1,
    });
  });
});
