import { describe, expect, test } from "vitest";
import { openImportDeskForEachTest, type Contact, type ImportDesk } from "./import-desk.fixture.ts";
import { reconcileContactImports } from "./reconcile-contact-imports.ts";
import { cancelContactImport, pauseContactImport, resumeContactImport } from "./steer-contact-import.ts";

let desk: ImportDesk;
openImportDeskForEachTest((opened) => {
  desk = opened;
});

const valuesOf = ({ identifiers }: Contact) => identifiers.map(({ type, value }) => `${type} ${value}`);
const mails = (count: number, from = 0) =>
  Array.from({ length: count }, (_none, index) => `c${from + index}@customers.example`);

describe("rows become contacts", () => {
  test("with all that columns can say", async () => {
    await desk.read((tx) =>
      tx.contactAttribute.create({
        data: { tenantId: desk.tenantId, id: crypto.randomUUID(), key: "tier", label: "Tier", type: "TEXT" },
      }),
    );
    const done = await desk.take(
      "Vorname;Nachname;E-Mail;Handynummer;Schlagwörter;tier\r\nCustomer;One;ONE@customers.example;+49 151 12345678;vip, new;gold\r\n",
    );
    expect(done).toMatchObject({ status: "done", rows: 1, created: 1, failed: 0, delimiter: "semicolon", progress: 1 });
    const [contact] = await desk.contacts();
    expect(contact).toMatchObject({ name: "Customer One", tags: ["vip", "new"], attributes: { tier: "gold" } });
    expect(contact && valuesOf(contact)).toEqual(["PHONE +4915112345678", "EMAIL one@customers.example"]);
    expect(contact?.identifiers.map(({ isPrimary }) => isPrimary)).toEqual([true, true]);
    const events = await desk.read((tx) => tx.event.findMany({ select: { type: true, contactId: true, data: true } }));
    expect(events).toEqual([{ type: "CONTACT_CREATED", contactId: contact?.id, data: { importId: done.id } }]);
  });

  test("once, however often a row stands in the file", async () => {
    const done = await desk.take("email,name\na@b.example,A\na@b.example,A\nA@B.example,B\n");
    expect(done).toMatchObject({ rows: 3, created: 1, unchanged: 1, updated: 1 });
    expect(await desk.contacts()).toMatchObject([{ name: "B" }]);
  });

  test("and those who are there are changed, and told of as changed, only if something differs", async () => {
    await desk.take("email,name,tags,metadata.a\na@b.example,A,x,1\n");
    const same = await desk.take("email,name,tags,metadata.a\na@b.example,A,x,1\na@b.example,,,\n");
    expect(same).toMatchObject({ updated: 0, unchanged: 2 });
    const other = await desk.take("email,phone,tags,metadata.b\na@b.example,+4915112345678,y,2\n");
    expect(other).toMatchObject({ updated: 1, unchanged: 0 });
    const [contact] = await desk.contacts();
    expect(contact).toMatchObject({ name: "A", tags: ["x", "y"], metadata: { a: "1", b: "2" }, version: 2 });
    const events = await desk.read((tx) => tx.event.findMany({ where: { type: "CONTACT_CHANGED" } }));
    expect(events.map(({ data }) => data)).toEqual([
      { importId: other.id, changed: ["tags", "metadata", "identifiers"] },
    ]);
  });

  test("or are left as they are, if that is what was asked for", async () => {
    await desk.take("email,name\na@b.example,A\n");
    const done = await desk.take("email,name,phone\na@b.example,B,+4915112345678\nc@b.example,C,\n", {
      onMatch: "skip",
    });
    expect(done).toMatchObject({ created: 1, updated: 0, unchanged: 1 });
    const [first] = await desk.contacts();
    expect(first).toMatchObject({ name: "A", version: 1, identifiers: [{ type: "EMAIL" }] });
  });

  test("whoever wrote from the number on WhatsApp is the contact of the phone", async () => {
    await desk.take("whatsapp\n+4915112345678\n");
    expect(await desk.take("phone,name\n+49 151 12345678,A\n")).toMatchObject({ created: 0, updated: 1 });
    const [contact, other] = await desk.contacts();
    expect(other).toBeUndefined();
    expect(contact && valuesOf(contact)).toEqual(["WHATSAPP +4915112345678", "PHONE +4915112345678"]);
  });

  test("a row that is of two contacts changes neither, and is told of", async () => {
    await desk.take("email,name\na@b.example,A\n");
    await desk.take("phone,name\n+4915112345678,B\n");
    const done = await desk.take("email,phone,name\na@b.example,+4915112345678,C\n");
    expect(done).toMatchObject({ failed: 1, updated: 0 });
    expect(done.firstErrors).toEqual([{ row: 2, reason: "belongs to two contacts: email is one's, phone another's" }]);
    expect((await desk.contacts()).map(({ name }) => name)).toEqual(["A", "B"]);
  });

  test("a later address of a type that they have is not the primary one", async () => {
    await desk.take("email,external\na@b.example,1\n");
    await desk.take("external,email,phone\n1,z@b.example,+4915112345678\n");
    const [contact] = await desk.contacts();
    const primary = contact?.identifiers.filter(({ isPrimary }) => isPrimary).map(({ value }) => value);
    expect(primary?.toSorted()).toEqual(["+4915112345678", "1", "a@b.example"]);
  });
});

describe("a dry run", () => {
  test("tells what would become of the rows, over batches, and changes nothing", async () => {
    await desk.take("email,name\na@b.example,A\n");
    const csv =
      "email,name,phone\na@b.example,A,\nb@b.example,B,\nnobody,,\na@b.example,,+4915112345678\nb@b.example,B,\n";
    const { id } = await desk.send(csv, { dryRun: true });
    await desk.work({ batchRows: 1 });
    const shown = await desk.show(id);
    expect(shown).toMatchObject({ status: "done", dryRun: true, rows: 5, created: 1, unchanged: 1, failed: 1 });
    expect(shown.firstErrors).toEqual([{ row: 4, reason: "email: must be an e-mail address, like name@example.com" }]);
    expect(shown.columns.map(({ field }) => field)).toEqual(["email", "name", "phone"]);
    expect(await desk.contacts()).toMatchObject([{ name: "A", version: 1, identifiers: [{ type: "EMAIL" }] }]);
    expect(await desk.read((tx) => tx.contactImportKey.count())).toBe(0);
    expect(await desk.read((tx) => tx.event.count())).toBe(1);
  });

  test("may be of a file by which nobody is known, to see its columns", async () => {
    const done = await desk.take("Lieblingsfarbe\nrot\n", { dryRun: true });
    expect(done).toMatchObject({ failed: 1, columns: [{ header: "Lieblingsfarbe", field: null }] });
  });
});

describe("an import goes on where it is", () => {
  const csv = `email,name\n${mails(30).join(",N\n")},N\n`;

  test("when its worker dies between any two batches", async () => {
    const { id } = await desk.send(csv);
    for (let run = 0; run < 40; run += 1) {
      // Each dies after its first batch of 2: the next one begins anew, from the database.
      await desk.work({ batchRows: 2, most: 1 });
      await desk.loseRedis();
      await reconcileContactImports(desk.ctx, -1);
      await desk.ctx.outbox.sweep();
    }
    await desk.work({ batchRows: 2 });
    expect(await desk.show(id)).toMatchObject({ status: "done", rows: 30, created: 30, failed: 0 });
    expect(await desk.contacts()).toHaveLength(30);
  });

  test("and two workers at once write nothing twice", async () => {
    const { id } = await desk.send(csv);
    const [part] = await desk.queued();
    if (!part) throw new Error("it is on the queue");
    const { runPart } = await import("./run-part.ts");
    await Promise.all([1, 2, 3].map(() => runPart(desk.ctx, part, { batchRows: 4 })));
    await desk.work({ batchRows: 4 });
    expect(await desk.show(id)).toMatchObject({ status: "done", rows: 30, created: 30, unchanged: 0 });
    expect(await desk.contacts()).toHaveLength(30);
  });

  test("pauses, resumes and ends when it is told to", async () => {
    const { id } = await desk.send(csv);
    await desk.work({ batchRows: 2, most: 1 });
    const paused = await pauseContactImport(desk.as(), { id });
    expect(paused).toMatchObject({ status: "paused", rows: 10, created: 10 });
    await desk.work({ batchRows: 2 });
    expect(await desk.show(id)).toMatchObject({ rows: 10 });
    await resumeContactImport(desk.as(), { id });
    await desk.work({ batchRows: 2, most: 1 });
    expect(await cancelContactImport(desk.as(), { id })).toMatchObject({ status: "cancelled", rows: 20 });
    await desk.work({ batchRows: 2 });
    expect(await desk.contacts()).toHaveLength(20);
    expect(await desk.read((tx) => tx.contactImportChunk.count())).toBe(0);
    await expect(resumeContactImport(desk.as(), { id })).rejects.toMatchObject({ code: "conflict" });
  });

  test("a company's imports run one after the other", async () => {
    const first = await desk.send(csv);
    const second = await desk.send("email\nlast@customers.example\n");
    expect(await desk.queued()).toEqual([{ tenantId: desk.tenantId, importId: first.id, rows: 0 }]);
    await desk.work();
    expect(await desk.show(second.id)).toMatchObject({ status: "done", created: 1 });
    const [last] = (await desk.contacts()).slice(-1);
    expect(last?.identifiers).toMatchObject([{ value: "last@customers.example" }]);
  });

  test("and fails as a whole when whoever started it has left", async () => {
    const { id } = await desk.send(csv);
    await desk.ctx.database.withSystem((tx) => tx.membership.deleteMany({ where: { userId: desk.manager } }));
    await desk.work();
    expect(await desk.show(id)).toMatchObject({
      status: "failed",
      created: 0,
      reason: expect.stringMatching(/no member/),
    });
  });
});

test("its file is gone when it is done", async () => {
  await desk.take("email\na@b.example\n");
  expect(await desk.read((tx) => tx.contactImportChunk.count())).toBe(0);
});
