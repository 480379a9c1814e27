import { strFromU8, unzipSync } from "fflate";
import { newId } from "@parley/runtime";
import { buildMessage, unusedPhone } from "@parley/testing";
import { expect, test } from "vitest";
import { withMergeDesk, type MergeDesk } from "../contact-merges/merge-desk.fixture.ts";
import type { RequestContext } from "../context/index.ts";
import { archivedFiles } from "./archived-files.ts";
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

test("an archive says of which campaign a message was", async () => {
  const phone = unusedPhone();
  await desk.write(phone, "word");
  const contactId = await desk.contactOf(phone);
  const conversation = await desk.read((tx) => tx.conversation.findFirstOrThrow({ where: { contactId } }));
  const ofCampaign = { campaign: "Spring sale", campaignRecipientId: newId() };
  await buildMessage(desk.ctx, conversation, { direction: "OUTBOUND", ...ofCampaign });
  const files = await filesOf(await exported(contactId));
  expect(JSON.parse(files["messages.json"] ?? "")).toMatchObject([{ campaign: null }, { campaign: "Spring sale" }]);
  expect(files["messages.csv"]).toContain("Spring sale");
});

async function allOf<T>(items: AsyncIterable<T> | Iterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A file that is here, as a worker has stored it. */
async function plantFile(contactId: string, fileName: string, bytes: Buffer): Promise<string> {
  const id = newId();
  const { tenantId } = desk;
  await desk.ctx.database.withSystem(async (tx) => {
    const { id: messageId } = await tx.message.findFirstOrThrow({ where: { conversation: { contactId } } });
    const file = { kind: "IMAGE", mimeType: "image/png", fileName, providerMediaId: "4711", sha256: "hash" } as const;
    const state = { state: "STORED", size: bytes.length, nextFetchAt: null } as const;
    await tx.messageAttachment.create({ data: { tenantId, id, messageId, ...file, ...state } });
    await tx.mediaChunk.create({ data: { tenantId, attachmentId: id, position: 0, bytes: new Uint8Array(bytes) } });
  });
  return id;
}

test("an archive holds files, each under its attachment's id, and names those for which there is no room", async () => {
  const [phone, stranger] = [unusedPhone(), unusedPhone()];
  await desk.write(phone, "word");
  await desk.write(stranger, "of a stranger");
  const [contactId, other] = [await desk.contactOf(phone), await desk.contactOf(stranger)];
  const bytes = Buffer.from("the bytes of a picture");
  const ids = [
    await plantFile(contactId, "../été<1>.png", bytes),
    await plantFile(contactId, "two.png", Buffer.from("other bytes")),
  ];
  await plantFile(other, "three.png", bytes);
  const id = await exported(contactId);
  const files = await filesOf(id);
  const names = Object.keys(files).filter((name) => name.startsWith("files/"));
  expect(names).toEqual([`files/${ids[0]}-.._été_1_.png`, `files/${ids[1]}-two.png`]);
  expect(names.map((name) => files[name])).toEqual([bytes.toString(), "other bytes"]);
  expect(JSON.parse(files["messages.json"] ?? "")).toMatchObject([
    { attachments: [{ id: ids[0], state: "stored", size: bytes.length }, { id: ids[1] }] },
  ]);

  const sql = desk.ctx.database.tenantSql(desk.tenantId);
  const entries = await allOf(archivedFiles(sql, { tenantId: desk.tenantId, contactId }, bytes.length - 1));
  expect(entries.map(({ name }) => name)).toEqual([`files/${ids[1]}-two.png`, "files/left-out.json"]);
  expect(JSON.parse((await allOf(entries[1]?.pieces ?? [])).join(""))).toMatchObject([{ id: ids[0] }]);
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
