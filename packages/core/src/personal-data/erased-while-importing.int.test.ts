import type { JobOutcome } from "@parley/queue";
import { newId } from "@parley/runtime";
import { beforeEach, describe, expect, test } from "vitest";
import { pauseContactImport, resumeContactImport } from "../contact-imports/index.ts";
// The desk is a fixture of the imports.
import { openImportDeskForEachTest, type ImportDesk } from "../contact-imports/import-desk.fixture.ts";
import { mergeContacts } from "../contact-merges/index.ts";
import { createContact, createContactInput } from "../contacts/index.ts";
import { timerQueue } from "../timers/index.ts";
import { eraseContact } from "./erase-contact.ts";
import { personalDataQueue } from "./personal-data-queue.ts";
import { runErasure } from "./run-erasure.ts";

let desk: ImportDesk;
openImportDeskForEachTest(
  (opened) => {
    desk = opened;
  },
  [personalDataQueue, timerQueue],
);

const CSV = "email,name\nfirst@customers.example,First\none@customers.example,One\nlast@customers.example,Last\n";

/** One contact whose row is the second of the file, and is asked to be erased. */
async function erase(): Promise<string> {
  const one = (await desk.contacts()).find(({ name }) => name === "One");
  return (await eraseContact(desk.as(desk.manager, "ADMIN"), { id: one?.id ?? "" })).id;
}

const goOn = (erasureId: string) => runErasure(desk.ctx, { tenantId: desk.tenantId, erasureId });

/** Until it looks at files, or is done: before, it may wait for what goes on elsewhere. */
async function goOnToImports(erasureId: string): Promise<JobOutcome> {
  for (;;) {
    const outcome = await goOn(erasureId);
    const { step } = await desk.read((tx) => tx.contactErasure.findFirstOrThrow({ where: { id: erasureId } }));
    if (step === "imports" || !outcome) return outcome;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const names = async () => (await desk.contacts()).map(({ name }) => name);

beforeEach(() => desk.take("email,name\none@customers.example,One\n"));

test("a file that is being read does not bring back who was erased meanwhile, and is waited for", async () => {
  const { id } = await desk.send(CSV);
  const erasureId = await erase();
  expect(await goOnToImports(erasureId)).toHaveProperty("runAgainAt");
  await desk.work();
  const done = await desk.show(id);
  expect(done).toMatchObject({ status: "done", created: 2, failed: 1 });
  expect(done.firstErrors).toEqual([{ row: 3, reason: "is of somebody who was erased since the file was sent" }]);
  expect(await goOnToImports(erasureId)).toBeUndefined();
  expect(await names()).toEqual(["First", "Last"]);
  // Nor is the row kept that was refused.
  expect(await desk.read((tx) => tx.contactImportError.count())).toBe(0);
});

test("one that rests and names them is deleted, also if it was to go on in the same moment", async () => {
  const { id } = await desk.send(CSV);
  await pauseContactImport(desk.as(), { id });
  const erasureId = await erase();
  await resumeContactImport(desk.as(), { id });
  expect(await goOnToImports(erasureId)).toHaveProperty("runAgainAt");
  await pauseContactImport(desk.as(), { id });
  expect(await goOnToImports(erasureId)).toBeUndefined();
  expect(await desk.show(id)).toMatchObject({ status: "cancelled", reason: expect.stringContaining("was erased") });
  expect(await names()).toEqual([]);
});

test("a file of others stays, though what they are known by is a part of it", async () => {
  await desk.take("external,email\n1,one@customers.example\n");
  const { id } = await desk.send("email,external\nsomeone@customers.example,11\nnone@customers.example,12\n");
  await pauseContactImport(desk.as(), { id });
  expect(await goOnToImports(await erase())).toBeUndefined();
  await resumeContactImport(desk.as(), { id });
  await desk.work();
  expect(await desk.show(id)).toMatchObject({ status: "done", created: 2 });
});

test("whoever sends them again afterwards makes somebody new of them", async () => {
  const erasureId = await erase();
  desk.ctx.clock.advance(1_000);
  await desk.take(CSV);
  expect(await goOnToImports(erasureId)).toBeUndefined();
  expect(await names()).toEqual(["First", "One", "Last"]);
});

const csvOf = (id: string): string => `contactId,name\n${id},One\n${newId()},Other\n`;
const oneId = async () => (await desk.contacts()).find(({ name }) => name === "One")?.id ?? "";

describe("by an id alone", () => {
  const foreign = newId();

  test.each(["their own", "one with which they came", "that of a part of them"])(
    "nobody who was erased comes back: %s",
    async (which) => {
      if (which !== "their own") {
        await desk.read((tx) => tx.contact.deleteMany());
        await desk.take(csvOf(foreign).replace("One", which.endsWith("them") ? "Part" : "One"));
      }
      if (which.endsWith("them")) {
        const part = (await desk.contacts()).find(({ name }) => name === "Part");
        const one = await createContact(desk.as(), createContactInput.parse({ name: "One", identifiers: [] }));
        await mergeContacts(desk.as(), { id: one.contact.id, sourceId: part?.id ?? "" });
      }
      const id = which === "their own" ? await oneId() : foreign;
      await desk.read((tx) => tx.contact.deleteMany({ where: { name: "Other" } }));
      const refused = await desk.send(`contactId,name,email\n${id},One,none\n${newId()},Kept,none\n`);
      await desk.work();
      const resting = await desk.send(csvOf(id));
      await pauseContactImport(desk.as(), { id: resting.id });
      const stays = await desk.send(csvOf(newId()));
      await pauseContactImport(desk.as(), { id: stays.id });
      const erasureId = await erase();
      expect(await goOnToImports(erasureId)).toBeUndefined();
      expect(await desk.show(resting.id)).toMatchObject({ status: "cancelled" });
      expect(await desk.show(stays.id)).toMatchObject({ status: "paused" });
      const kept = await desk.read((tx) => tx.contactImportError.findMany({ where: { importId: refused.id } }));
      expect(kept.map(({ row }) => row)).toEqual([3]);
      desk.ctx.clock.advance(1_000);
      const done = await desk.take(csvOf(id));
      expect(done.firstErrors).toEqual([{ row: 2, reason: "contactId: is of somebody who was erased" }]);
      expect(await names()).toEqual(expect.not.arrayContaining(["One"]));
    },
  );

  test("nor who is erased while the file is read", async () => {
    const { id } = await desk.send(csvOf(await oneId()));
    const erasureId = await erase();
    expect(await goOnToImports(erasureId)).toHaveProperty("runAgainAt");
    await desk.work();
    expect(await desk.show(id)).toMatchObject({ status: "done", created: 1, failed: 1 });
    expect(await goOnToImports(erasureId)).toBeUndefined();
    expect(await desk.read((tx) => tx.contactImportError.count())).toBe(0);
  });
});
