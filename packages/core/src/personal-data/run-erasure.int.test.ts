import { describe, expect, test } from "vitest";
import { newId } from "@parley/runtime";
import { unusedPhone, waitForLocks } from "@parley/testing";
import { mergeContacts, undoContactMerge } from "../contact-merges/index.ts";
import { known, withMergeDesk, type MergeDesk } from "../contact-merges/merge-desk.fixture.ts";
import type { RequestContext, SystemContext } from "../context/index.ts";
import { buildExport } from "./build-export.ts";
import { createDataExport } from "./create-data-export.ts";
import { eraseContact } from "./erase-contact.ts";
import { runErasure } from "./run-erasure.ts";
import { showErasure } from "./show-erasure.ts";

let desk: MergeDesk;
withMergeDesk((opened) => {
  desk = opened;
});

const admin = (): RequestContext => {
  const { actor } = desk.agent;
  return { ...desk.agent, actor: { ...actor, role: "ADMIN" } };
};

/** Runs until it is done, whatever it has to wait for. */
async function finish(erasureId: string, ctx: SystemContext = desk.ctx): Promise<void> {
  for (;;) {
    const outcome = await runErasure(ctx, { tenantId: desk.tenantId, erasureId });
    if (!outcome) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A context in which the transaction with this number, from 0, is lost just before its commit. */
function dyingAt(fatal: number): SystemContext {
  const { database } = desk.ctx;
  let begun = -1;
  return {
    ...desk.ctx,
    database: {
      ...database,
      withSystem: (work) => {
        begun += 1;
        const isFatal = begun === fatal;
        return database.withSystem(async (tx) => {
          const result = await work(tx);
          if (isFatal) throw new Error("killed");
          return result;
        });
      },
    },
  };
}

const texts = (contactId: string) =>
  desk.read(async (tx) => {
    const messages = await tx.message.findMany({ where: { conversation: { contactId } }, select: { content: true } });
    return messages.map(({ content }) => Object(content).text as unknown);
  });

async function bodies(): Promise<string> {
  const events = await desk.ctx.database.withSystem((tx) =>
    tx.rawWebhookEvent.findMany({ where: { tenantId: desk.tenantId } }),
  );
  return events.map(({ body }) => Buffer.from(body).toString()).join("\n");
}

/** Files of one message of theirs, as a worker has stored them. */
async function plantFiles(contactId: string, count: number): Promise<void> {
  const { tenantId } = desk;
  await desk.ctx.database.withSystem(async (tx) => {
    const { id: messageId } = await tx.message.findFirstOrThrow({ where: { conversation: { contactId } } });
    const ids = Array.from({ length: count }, () => newId());
    const file = { kind: "IMAGE", mimeType: "image/png", providerMediaId: "4711", sha256: "hash" } as const;
    const stored = { state: "STORED", size: 1, nextFetchAt: null } as const;
    await tx.messageAttachment.createMany({ data: ids.map((id) => ({ tenantId, id, messageId, ...file, ...stored })) });
    await tx.mediaChunk.createMany({
      data: ids.map((attachmentId) => ({ tenantId, attachmentId, position: 0, bytes: new Uint8Array([1]) })),
    });
  });
}

describe("an erasure", () => {
  test("comes to its end whenever it is killed, and erases all once", async () => {
    for (let fatal = 0; ; fatal += 1) {
      const phone = unusedPhone();
      await desk.write(phone, "secret one");
      await desk.write(phone, "secret two", { to: desk.otherInbox });
      const id = await desk.contactOf(phone);
      const erasure = await eraseContact(admin(), { id });
      const killed = await finish(erasure.id, dyingAt(fatal)).then(
        () => false,
        () => true,
      );
      await finish(erasure.id);
      expect(await texts(id)).toEqual([undefined, undefined]);
      expect(await bodies()).not.toContain(phone.slice(1));
      const done = await showErasure(admin(), { id: erasure.id });
      expect(done).toMatchObject({
        status: "done",
        counts: { identifiers: 1, messages: 2, rawEvents: 2, conversations: 2, tickets: 2 },
      });
      const told = await desk.read((tx) => tx.event.count({ where: { type: "PERSON_ERASED", contactId: id } }));
      expect(told).toBe(1);
      if (!killed) {
        expect(fatal).toBeGreaterThan(9);
        return;
      }
    }
  }, 120_000);

  test("erases files, however many a message has, and none of another person", async () => {
    const [phone, stranger] = [unusedPhone(), unusedPhone()];
    for (const from of [phone, stranger]) await desk.write(from, "look");
    const [id, other] = [await desk.contactOf(phone), await desk.contactOf(stranger)];
    await plantFiles(id, 25);
    await plantFiles(other, 1);
    const erasure = await eraseContact(admin(), { id });
    await finish(erasure.id);
    expect(await showErasure(admin(), { id: erasure.id })).toMatchObject({ counts: { attachments: 25, messages: 1 } });
    expect(await desk.read((tx) => tx.mediaChunk.count())).toBe(1);
    expect(await desk.read((tx) => tx.messageAttachment.count())).toBe(1);
  });

  test("erases with a person who was merged into them", async () => {
    const one = await known(desk, { name: "One" });
    const other = await known(desk, { name: "Other" });
    await desk.write(one.phone, "of one");
    await desk.write(other.phone, "of the other");
    const { id: exportId } = await createDataExport(admin(), { id: other.id });
    await buildExport(desk.ctx, { tenantId: desk.tenantId, exportId });
    await mergeContacts(desk.agent, { id: one.id, sourceId: other.id });
    const { id } = await eraseContact(admin(), { id: one.id });
    await finish(id);
    expect(await texts(one.id)).toEqual([undefined, undefined]);
    expect(await bodies()).not.toMatch(new RegExp(`${one.phone.slice(1)}|${other.phone.slice(1)}`));
    const merges = await desk.read((tx) => tx.contactMerge.findMany({ select: { undo: true } }));
    expect(merges).toEqual([{ undo: null }]);
    expect(await desk.read((tx) => tx.dataExportChunk.count({ where: { exportId } }))).toBe(0);
  });

  test("erases what parts of their parts were, as if nobody could undo that", async () => {
    const [one, other, third] = [await known(desk), await known(desk, { name: "Other" }), await known(desk)];
    await mergeContacts(desk.agent, { id: third.id, sourceId: other.id });
    await mergeContacts(desk.agent, { id: one.id, sourceId: third.id });
    const { id } = await eraseContact(admin(), { id: one.id });
    await finish(id);
    const merges = await desk.read((tx) => tx.contactMerge.findMany({ select: { undo: true } }));
    expect(merges).toEqual([{ undo: null }, { undo: null }]);
    expect(await desk.read((tx) => tx.timer.count({ where: { kind: "forget_contact_merge" } }))).toBe(0);
  });

  test("is not undone by whoever was about to undo a merge", async () => {
    const [one, other] = [await known(desk), await known(desk, { name: "Other" })];
    const { merge } = await mergeContacts(desk.agent, { id: one.id, sourceId: other.id });
    const { database } = desk.ctx;
    let undoing: Promise<unknown> = Promise.resolve();
    const lingering: RequestContext = {
      ...admin(),
      database: {
        ...database,
        withTenant: (tenantId, work) =>
          database.withTenant(tenantId, async (tx) => {
            const result = await work(tx);
            undoing = undoContactMerge(desk.agent, { id: merge.id }).catch((error: unknown) => error);
            await waitForLocks(database, 1);
            return result;
          }),
      },
    };
    await eraseContact(lingering, { id: one.id });
    expect(await undoing).toMatchObject({ code: "conflict", message: expect.stringContaining("for a day") });
    expect(await desk.read((tx) => tx.contact.count({ where: { id: other.id } }))).toBe(0);
  });

  test("makes whoever writes from then on somebody new, whose messages stay", async () => {
    const phone = unusedPhone();
    await desk.write(phone, "before");
    const before = await desk.contactOf(phone);
    const { id } = await eraseContact(admin(), { id: before });
    desk.ctx.clock.advance(2 * 60_000);
    await desk.write(phone, "meanwhile", { minute: 1 });
    const [, after] = await Promise.all([
      finish(id),
      desk.write(phone, "at the same time", { minute: 2 }).then(() => desk.contactOf(phone)),
    ]);
    expect(after).not.toBe(before);
    expect(await texts(before)).toEqual([undefined]);
    expect(await desk.threadOf(after)).toEqual(["meanwhile", "at the same time"]);
    expect(await bodies()).toContain("meanwhile");
    expect(await bodies()).not.toContain("before");
  });

  test("is the same one when it is asked for again, and asks for the right to", async () => {
    const { id } = await known(desk, { name: "One" });
    await expect(eraseContact(desk.agent, { id })).rejects.toMatchObject({ code: "forbidden" });
    const first = await eraseContact(admin(), { id });
    expect(await eraseContact(admin(), { id })).toEqual(first);
    await finish(first.id);
    // Nothing was ever spoken with them, so nothing is left of them.
    expect(await desk.read((tx) => tx.contact.count({ where: { id } }))).toBe(0);
    expect(await eraseContact(admin(), { id })).toMatchObject({ id: first.id, status: "done" });
  });

  test("waits for a message that is on its way, and takes back what is not", async () => {
    const phone = unusedPhone();
    await desk.write(phone, "before");
    const contactId = await desk.contactOf(phone);
    const set = (status: "SENDING" | "SENT" | "QUEUED") =>
      desk.read((tx) => tx.message.updateMany({ where: { conversation: { contactId } }, data: { status } }));
    await set("SENDING");
    const { id } = await eraseContact(admin(), { id: contactId });
    expect(await runErasure(desk.ctx, { tenantId: desk.tenantId, erasureId: id })).toHaveProperty("runAgainAt");
    expect(await texts(contactId)).toEqual(["before"]);
    await set("SENT");
    await finish(id);
    expect(await texts(contactId)).toEqual([undefined]);
  });
});
