import type { JobOutcome } from "@parley/queue";
import { beforeEach, expect, test } from "vitest";
import { pauseContactImport, resumeContactImport } from "../contact-imports/index.ts";
// The desk is a fixture of the imports.
import { openImportDeskForEachTest, type ImportDesk } from "../contact-imports/import-desk.fixture.ts";
import { eraseContact } from "./erase-contact.ts";
import { personalDataQueue } from "./personal-data-queue.ts";
import { runErasure } from "./run-erasure.ts";

let desk: ImportDesk;
openImportDeskForEachTest(
  (opened) => {
    desk = opened;
  },
  [personalDataQueue],
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
