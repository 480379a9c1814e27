import { expect, test } from "vitest";
import { forgetContactImports } from "./forget-contact-imports.ts";
import { openImportDeskForEachTest, type ImportDesk } from "./import-desk.fixture.ts";
import { pauseContactImport } from "./steer-contact-import.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let desk: ImportDesk;
openImportDeskForEachTest((opened) => {
  desk = opened;
});

/** Imports, their chunks, and the rows that were not taken. */
const left = () =>
  desk.read(async (tx) => [
    await tx.contactImport.count(),
    await tx.contactImportChunk.count(),
    await tx.contactImportError.count(),
  ]);

async function after(ms: number): Promise<number[]> {
  desk.ctx.clock.advance(ms);
  await forgetContactImports(desk.ctx);
  return left();
}

test("the file of a dry run and the rows that were not taken are kept for seven days, counts for thirty", async () => {
  await desk.take("email\na@b.example\nnobody\n", { dryRun: true });
  expect(await after(7 * DAY_MS - 1_000)).toEqual([1, 1, 1]);
  expect(await after(2_000)).toEqual([1, 0, 0]);
  expect(await after(22 * DAY_MS)).toEqual([1, 0, 0]);
  expect(await after(2 * DAY_MS)).toEqual([0, 0, 0]);
});

test("an import that rests for seven days is ended, and its file deleted", async () => {
  const { id } = await desk.send("email\na@b.example\n");
  await pauseContactImport(desk.as(), { id });
  expect(await after(7 * DAY_MS - 1_000)).toEqual([1, 1, 0]);
  expect(await after(2_000)).toEqual([1, 0, 0]);
  expect(await desk.show(id)).toMatchObject({ status: "cancelled", reason: "It has rested for more than seven days." });
});

test("what was given up while it arrived is gone after an hour, and what runs is left alone", async () => {
  const { id } = await desk.send("email\na@b.example\n");
  await desk.read((tx) => tx.contactImport.updateMany({ where: { id }, data: { status: "UPLOADING" } }));
  await desk.send("email\nb@b.example\n");
  expect(await after(HOUR_MS - 1_000)).toEqual([2, 2, 0]);
  expect(await after(2_000)).toEqual([1, 1, 0]);
  expect(await after(40 * DAY_MS)).toEqual([1, 1, 0]);
});
