import { strFromU8, unzipSync } from "fflate";
import { unusedPhone } from "@parley/testing";
import { expect, test } from "vitest";
import { withMergeDesk, type MergeDesk } from "../contact-merges/merge-desk.fixture.ts";
import type { RequestContext } from "../context/index.ts";
import { buildExport } from "./build-export.ts";
import { createDataExport } from "./create-data-export.ts";
import { eraseContact } from "./erase-contact.ts";
import { forgetDataExports } from "./forget-data-exports.ts";
import { readArchive } from "./read-archive.ts";
import { runErasure } from "./run-erasure.ts";
import { showDataExport } from "./show-data-export.ts";

let desk: MergeDesk;
withMergeDesk((opened) => {
  desk = opened;
});

const admin = (): RequestContext => {
  const { actor } = desk.agent;
  return { ...desk.agent, actor: { ...actor, role: "ADMIN" } };
};

async function exported(id: string): Promise<string> {
  const { id: exportId } = await createDataExport(admin(), { id });
  await buildExport(desk.ctx, { tenantId: desk.tenantId, exportId });
  return exportId;
}

async function filesOf(id: string): Promise<Record<string, string>> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await readArchive(admin(), { id })) pieces.push(piece);
  const files = unzipSync(Buffer.concat(pieces));
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
}

test("an archive holds what there is of the person and of nobody else, and is stored encrypted", async () => {
  const [phone, stranger] = [unusedPhone(), unusedPhone()];
  for (let count = 0; count < 3; count += 1) await desk.write(phone, `word <${count}>`, { minute: count });
  await desk.write(stranger, "of a stranger");
  const id = await exported(await desk.contactOf(phone));
  expect(await showDataExport(admin(), { id })).toMatchObject({ status: "ready" });
  const files = await filesOf(id);
  expect(Object.keys(files)).toEqual([
    "index.html",
    "profile.json",
    "conversations.json",
    "messages.json",
    "messages.csv",
    "tickets.json",
    "drafts.json",
    "automated-decisions.json",
  ]);
  expect(JSON.parse(files["profile.json"] ?? "")).toMatchObject([
    { identifiers: [{ type: "whatsapp", value: phone }] },
  ]);
  const messages = JSON.parse(files["messages.json"] ?? "") as { content: unknown }[];
  expect(messages.map(({ content }) => content)).toMatchObject([
    { text: "word <0>" },
    { text: "word <1>" },
    { text: "word <2>" },
  ]);
  expect(files["messages.csv"]?.split("\r\n")).toHaveLength(5);
  expect(files["index.html"]).toContain("word &lt;2&gt;");
  expect(Object.values(files).join("")).not.toMatch(new RegExp(`of a stranger|${stranger.slice(1)}`));
  const chunks = await desk.read((tx) => tx.dataExportChunk.findMany());
  expect(chunks.length).toBeGreaterThan(0);
  expect(chunks.every(({ sealed }) => sealed.startsWith("v1."))).toBe(true);
});

test("an archive is deleted when its time is over", async () => {
  const phone = unusedPhone();
  await desk.write(phone, "word");
  const id = await exported(await desk.contactOf(phone));
  desk.ctx.clock.advance(7 * 24 * 3_600_000 + 1);
  await forgetDataExports(desk.ctx);
  expect(await showDataExport(admin(), { id })).toMatchObject({ status: "expired" });
  await expect(readArchive(admin(), { id })).rejects.toMatchObject({ code: "conflict" });
  expect(await desk.read((tx) => tx.dataExportChunk.count())).toBe(0);
});

test("an archive goes with the person, and there is none of whoever is erased", async () => {
  const phone = unusedPhone();
  await desk.write(phone, "word");
  const contactId = await desk.contactOf(phone);
  const id = await exported(contactId);
  const { id: erasureId } = await eraseContact(admin(), { id: contactId });
  while (await runErasure(desk.ctx, { tenantId: desk.tenantId, erasureId })) await new Promise(setImmediate);
  expect(await showDataExport(admin(), { id })).toMatchObject({ status: "expired" });
  expect(await desk.read((tx) => tx.dataExportChunk.count())).toBe(0);
  await expect(createDataExport(admin(), { id: contactId })).rejects.toMatchObject({ code: "conflict" });
});

test("a run that was replaced by another one writes nothing more, and what was killed begins anew", async () => {
  const phone = unusedPhone();
  await desk.write(phone, "word");
  const { id: exportId } = await createDataExport(admin(), { id: await desk.contactOf(phone) });
  const key = { tenantId: desk.tenantId, exportId };
  await Promise.all([buildExport(desk.ctx, key), buildExport(desk.ctx, key)]);
  await buildExport(desk.ctx, key);
  expect(Object.keys(await filesOf(exportId))).toContain("messages.json");
});
