import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildContact, buildTenant } from "@parley/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contactImportQueue } from "../contact-imports/index.ts";
// The desk is a fixture of the imports.
import { openImportDesk } from "../contact-imports/import-desk.fixture.ts";
import type { RequestContext, SystemContext } from "../context/index.ts";
import { exportContacts } from "./export-contacts.ts";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await createTestContext({ queues: [contactImportQueue] });
});
afterAll(() => ctx.close());

const as = (tenantId: string): RequestContext =>
  actingAs<SystemContext>(ctx, { userId: newId(), tenantId, role: "MANAGER" });

async function csvOf(tenantId: string, query: object = {}): Promise<string> {
  let csv = "";
  for await (const piece of await exportContacts(as(tenantId), query)) csv += piece;
  return csv;
}

const ATTRIBUTES = { text: "TEXT", number: "NUMBER", flag: "BOOLEAN", day: "DATE" } as const;

async function defineAttributes(tenantId: string): Promise<void> {
  await ctx.database.withTenant(tenantId, (tx) =>
    tx.contactAttribute.createMany({
      data: Object.entries(ATTRIBUTES).map(([key, type]) => ({ tenantId, id: newId(), key, label: key, type })),
    }),
  );
}

/** What a spreadsheet or a reader might take for something else. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "\n",
        "'",
        '"',
        ",",
        ";",
        "|",
        "[",
        " ",
        "＝",
        "\ufeff",
        "😀",
        "é",
      ),
      fc.string({ unit: "binary", maxLength: 3 }).map((text) => text.toWellFormed().replaceAll("\0", "")),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(""));
const notBlank = hostile.filter((text) => text.trim() !== "");
const line = notBlank.map((text) => text.replace(/[\p{Cc}\p{Cs}]/gu, "").trim()).filter((text) => text !== "");

const person = fc.record({
  name: fc.option(notBlank),
  tags: fc.uniqueArray(line, { maxLength: 3 }),
  metadata: fc.dictionary(line, hostile, { maxKeys: 2 }),
  attributes: fc.record(
    { text: notBlank, number: fc.integer(), flag: fc.boolean(), day: fc.constant("2026-02-28") },
    { requiredKeys: [] },
  ),
  // Some are known by nothing.
  external: fc.uniqueArray(line, { maxLength: 2 }),
  hasPhone: fc.boolean(),
});
const people = fc.array(person, { minLength: 1, maxLength: 12 }).map((drawn) =>
  // Whoever shares an identifier with somebody else is another matter.
  drawn.map(({ external, ...rest }, index) => ({ ...rest, external: external.map((value) => `${index}${value}`) })),
);

type Person = typeof person extends fc.Arbitrary<infer Drawn> ? Drawn : never;

async function insert(tenantId: string, drawn: readonly Person[]): Promise<void> {
  await ctx.database.withTenant(tenantId, async (tx) => {
    for (const [index, { external, hasPhone, ...contact }] of drawn.entries()) {
      const id = newId();
      await tx.contact.create({ data: { tenantId, id, ...contact } });
      const numbers = hasPhone ? [`+4915112${String(index).padStart(6, "0")}`] : [];
      await tx.contactIdentifier.createMany({
        data: [
          ...external.map((value, place) => ({ type: "EXTERNAL" as const, value, isPrimary: place === 0 })),
          ...numbers.map((value) => ({ type: "WHATSAPP" as const, value, isPrimary: true })),
        ].map((identifier) => ({ tenantId, contactId: id, ...identifier })),
      });
    }
  });
}

/** Without what is new in each company. */
async function contentsOf(tenantId: string) {
  const contacts = await ctx.database.withTenant(tenantId, (tx) =>
    tx.contact.findMany({ include: { identifiers: true } }),
  );
  const plain = contacts.map(({ name, tags, metadata, attributes, identifiers }) => ({
    name,
    tags,
    metadata,
    attributes,
    identifiers: identifiers.map(({ type, value, isPrimary }) => `${type} ${value} ${isPrimary}`).toSorted(),
  }));
  const inOrder = ({ metadata, attributes, ...rest }: (typeof plain)[number]) =>
    JSON.stringify([
      rest,
      ...[metadata, attributes].map((each) =>
        Object.entries(each ?? {})
          .map(String)
          .toSorted(),
      ),
    ]);
  return plain.toSorted((one, other) => (inOrder(one) < inOrder(other) ? -1 : 1));
}

test("what was exported and is imported by another company is the same there, whatever people are called", async () => {
  await fc.assert(
    fc.asyncProperty(people, fc.boolean(), async (drawn, bom) => {
      const { id: tenantId } = await buildTenant(ctx);
      await defineAttributes(tenantId);
      await insert(tenantId, drawn);
      const other = await openImportDesk(ctx);
      await defineAttributes(other.tenantId);
      const csv = await csvOf(tenantId, { bom });
      const done = await other.take(Buffer.from(csv));
      expect(done.firstErrors).toEqual([]);
      expect(done).toMatchObject({ created: drawn.length, failed: 0 });
      expect(await contentsOf(other.tenantId)).toEqual(await contentsOf(tenantId));
      // Nor is anybody there twice when it comes again, or is imported where it is from.
      expect(await other.take(Buffer.from(csv))).toMatchObject({ unchanged: drawn.length, created: 0, failed: 0 });
      const back = await other.take(Buffer.from(await csvOf(other.tenantId)));
      expect(back).toMatchObject({ unchanged: drawn.length, created: 0, failed: 0 });
    }),
    { numRuns: 20 },
  );
}, 60_000);

describe("an export", () => {
  test("has whoever was there once, however many come while it is read", async () => {
    const desk = await openImportDesk(ctx);
    const mails = Array.from({ length: 1_800 }, (_none, index) => `c${index}@customers.example`);
    await desk.take(`email\n${mails.join("\n")}\n`);
    const found: string[] = [];
    let late = 0;
    for await (const piece of await exportContacts(as(desk.tenantId), { columns: ["email"] })) {
      found.push(...piece.split("\r\n").filter((text) => text.includes("@")));
      late += 1;
      await desk.take(`email\nlate${late}@customers.example\n`);
    }
    expect(late).toBeGreaterThan(3);
    expect(found.filter((mail) => mail.startsWith("c"))).toHaveLength(mails.length);
    expect(new Set(found).size).toBe(found.length);
    expect(new Set(found)).toEqual(new Set([...mails, ...found.filter((mail) => mail.startsWith("late"))]));
  });

  test("has the chosen columns of those that are meant, and says so in the audit log without their names", async () => {
    const desk = await openImportDesk(ctx);
    await desk.take("email,name,tags\na@b.example,=1+1,vip\nc@b.example,C,\n");
    expect(await csvOf(desk.tenantId, { columns: ["name", "email"], tag: ["vip"] })).toBe(
      "name,email\r\n'=1+1,a@b.example\r\n",
    );
    const entries = await desk.read((tx) => tx.auditEntry.findMany({ where: { action: "contacts.exported" } }));
    expect(entries).toMatchObject([{ after: { columns: ["name", "email"], filteredBy: ["tag"] } }]);
  });

  test("has nothing of who was erased", async () => {
    const desk = await openImportDesk(ctx);
    await desk.take("email,name\na@b.example,A\n");
    const { id } = await buildTenant(ctx);
    for (const tenantId of [id, desk.tenantId]) await buildContact(ctx, { tenantId, name: null, erasedAt: new Date() });
    expect(await csvOf(desk.tenantId, { columns: ["name"] })).toBe("name\r\nA\r\n");
  });

  test("refuses a search that means more than it looks through, instead of leaving somebody out", async () => {
    const desk = await openImportDesk(ctx);
    await desk.take("email,name\na@b.example,One\nc@d.example,One\n");
    const search = (mostFound: number) => exportContacts(as(desk.tenantId), { search: "one" }, { mostFound });
    await expect(search(2)).rejects.toMatchObject({ code: "validation_failed", fields: [{ path: "search" }] });
    expect(await desk.read((tx) => tx.auditEntry.count({ where: { action: "contacts.exported" } }))).toBe(0);
    await expect(search(3)).resolves.toBeDefined();
  });

  test("refuses attributes that there are not", async () => {
    const { id } = await buildTenant(ctx);
    const refusal = { code: "validation_failed", fields: [{ path: "columns" }] };
    await expect(exportContacts(as(id), { columns: ["attributes.none"] })).rejects.toMatchObject(refusal);
  });
});
