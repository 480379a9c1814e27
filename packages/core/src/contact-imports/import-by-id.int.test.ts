import { newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { mergeContacts, undoContactMerge } from "../contact-merges/index.ts";
import { createContact, createContactInput, deleteContact } from "../contacts/index.ts";
import { timerQueue } from "../timers/index.ts";
import { openImportDesk, openImportDeskForEachTest, type ImportDesk } from "./import-desk.fixture.ts";
import { reconcileContactImports } from "./reconcile-contact-imports.ts";
import { runPart } from "./run-part.ts";

let desk: ImportDesk;
openImportDeskForEachTest(
  (opened) => {
    desk = opened;
  },
  [timerQueue],
);

const admin = () => desk.as(desk.manager, "ADMIN");
const names = async () => (await desk.contacts()).map(({ name }) => name ?? "").toSorted();
const make = async (name: string): Promise<string> =>
  (await createContact(admin(), createContactInput.parse({ name, identifiers: [] }))).contact.id;

describe("who is here", () => {
  test("is known by their id alone, and changed, skipped or given what they are known by", async () => {
    const id = await make("A");
    const csv = `contactId,name,email\n${id},B,b@b.example\n`;
    expect(await desk.take(csv, { onMatch: "skip" })).toMatchObject({ created: 0, unchanged: 1 });
    expect(await names()).toEqual(["A"]);
    expect(await desk.take(csv)).toMatchObject({ created: 0, updated: 1 });
    expect(await desk.take(csv)).toMatchObject({ unchanged: 1 });
    expect(await desk.contacts()).toMatchObject([{ id, name: "B", identifiers: [{ value: "b@b.example" }] }]);
  });

  test("is not mixed up with somebody else who has the e-mail of the row", async () => {
    const id = await make("A");
    await desk.take("email,name\nb@b.example,B\n");
    const done = await desk.take(`contactId,email,name\n${id},b@b.example,C\n`);
    expect(done.firstErrors).toEqual([
      { row: 2, reason: "belongs to two contacts: contactId is one's, email another's" },
    ]);
    expect(await names()).toEqual(["A", "B"]);
  });

  test("and became a part of somebody is that one, however often, until that is undone", async () => {
    const [a, b, c] = [await make("A"), await make("B"), await make("C")];
    const merged = await mergeContacts(admin(), { id: b, sourceId: a });
    const last = await mergeContacts(admin(), { id: c, sourceId: b });
    expect(await desk.take(`contactId,tags\n${a},x\n`)).toMatchObject({ created: 0, updated: 1 });
    expect(await desk.contacts()).toMatchObject([{ id: c, tags: ["x"] }]);
    await undoContactMerge(admin(), { id: last.merge.id });
    await undoContactMerge(admin(), { id: merged.merge.id });
    await desk.take(`contactId,tags\n${a},y\n`);
    expect((await desk.contacts()).find(({ id }) => id === a)).toMatchObject({ tags: ["y"] });
  });
});

describe("who has an id of elsewhere and nothing else", () => {
  const ids = Array.from({ length: 12 }, newId);
  const csv = `contactId,name\n${ids.map((id, index) => `${id},N${index}`).join("\n")}\n${ids[0]},N0\n`;
  const all = ids.map((_id, index) => `N${index}`).toSorted();

  test("is made once, however often the file comes, and another one in another company", async () => {
    expect(await desk.take(csv)).toMatchObject({ created: 12, unchanged: 1, failed: 0 });
    const first = await desk.contacts();
    expect(await names()).toEqual(all);
    expect(await desk.take(csv)).toMatchObject({ created: 0, updated: 0, unchanged: 13 });
    expect(await desk.contacts()).toEqual(first);
    const other = await openImportDesk(desk.ctx);
    expect(await other.take(csv)).toMatchObject({ created: 12 });
    const everybody = [...ids, ...first.map(({ id }) => id), ...(await other.contacts()).map(({ id }) => id)];
    expect(new Set(everybody).size).toBe(36);
  });

  test("is made once when two files are on their way, several workers take them, and each dies after a batch", async () => {
    const { id } = await desk.send(csv);
    const second = await desk.send(csv);
    for (let run = 0; run < 30; run += 1) {
      const parts = await desk.queued();
      await Promise.all([...parts, ...parts].map((part) => runPart(desk.ctx, part, { batchRows: 2 })));
      await desk.loseRedis();
      await reconcileContactImports(desk.ctx, -1);
      await desk.ctx.outbox.sweep();
    }
    expect(await desk.show(id)).toMatchObject({ status: "done", created: 12, unchanged: 1 });
    expect(await desk.show(second.id)).toMatchObject({ status: "done", created: 0, unchanged: 13 });
    expect(await names()).toEqual(all);
  });

  test("is whoever was made of them, also when they were merged since; and anew when they were deleted", async () => {
    const line = `contactId,name\n${ids[0]},A\n`;
    await desk.take(line);
    const [made] = await desk.contacts();
    const target = await make("B");
    await mergeContacts(admin(), { id: target, sourceId: made?.id ?? "" });
    expect(await desk.take(line)).toMatchObject({ created: 0, updated: 1 });
    await deleteContact(admin(), { id: target });
    expect(await desk.take(line)).toMatchObject({ created: 1 });
    expect(await names()).toEqual(["A"]);
  });

  test("is whoever a row with the same id has made, with all that they are known by", async () => {
    await desk.take(`contactId,email\n${ids[0]},a@b.example\n`);
    expect(await desk.take(`contactId,name\n${ids[0]},A\n`)).toMatchObject({ created: 0, updated: 1 });
    expect(await desk.take("email,name\na@b.example,B\n")).toMatchObject({ created: 0, updated: 1 });
    expect(await names()).toEqual(["B"]);
  });

  test("is told of by a dry run as they will be, over batches", async () => {
    const known = await make("K");
    const tried = `${csv}${known},K\n${ids[3]},other\n,nobody\n4711,A\n`;
    const { id } = await desk.send(tried, { dryRun: true });
    await desk.work({ batchRows: 1 });
    const shown = await desk.show(id);
    expect(await names()).toEqual(["K"]);
    const real = await desk.take(tried);
    const outcome = ({ rows, created, updated, failed, firstErrors }: typeof real) =>
      ({ rows, created, updated, failed, firstErrors }) as const;
    expect(outcome(real)).toMatchObject({ created: 12, updated: 1, failed: 2 });
    // Of whom it would have made it knows nothing but that: the same values again count as a change.
    expect(outcome(shown)).toMatchObject({ ...outcome(real), updated: 2 });
    expect(await desk.read((tx) => tx.contactImportKey.count())).toBe(0);
  });
});

test("a row with neither is refused, and says what to add", async () => {
  const done = await desk.take(`contactId,email,name\n,,A\n`);
  expect(done.firstErrors).toEqual([
    {
      row: 2,
      reason: "has no e-mail, phone or other identifier, and no contactId: add one by which the contact is recognised",
    },
  ]);
});
