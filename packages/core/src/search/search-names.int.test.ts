import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildConversation } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openSearchDesk, type SearchDesk } from "./search-desk.fixture.ts";

let context: TestContext;
let desk: SearchDesk;

beforeAll(async () => {
  context = await createTestContext();
});
beforeEach(async () => {
  desk = await openSearchDesk(context);
});
afterAll(() => context.close());

const CONTACTS = { type: "contact" };

describe("a contact", () => {
  test.each(["Zoë Müller", "zoe", "MULLER", "ulle", "mu zo", "müller zoë"])(
    "is found by parts of a name: %s",
    async (typed) => {
      const id = await desk.meet("Zoë Müller");
      await desk.meet("Somebody Else");
      expect(await desk.find(typed, CONTACTS)).toEqual([id]);
    },
  );

  test.each([
    ["a letter too few", "Gonzlez"],
    ["a letter too much", "Gonzzalez"],
    ["another letter", "Gonzales"],
    ["two letters swapped", "Gnozalez"],
    ["as it is heard", "Catherine Gonzalez"],
  ])("is found with %s, where nothing else is", async (_fault, typed) => {
    const id = await desk.meet("Katherine González");
    await desk.meet("Somebody Else");
    const { data } = await desk.search(typed, CONTACTS);
    expect(data.map((found) => [found.id, found.matchedBy])).toEqual([[id, "similar_name"]]);
    const likelier = await desk.meet(typed);
    expect(await desk.find(typed, CONTACTS)).toEqual([likelier]);
  });

  test.each(["+4915112345678", "0151 1234", "(0151) 12-34", "+49 (0151) 1234", "004915112", "345678", "12345"])(
    "is found by a part of a number, however it is written: %s",
    async (typed) => {
      const id = await desk.meet("Somebody", "+4915112345678");
      await desk.meet("Somebody Else", "+33612300000");
      expect(await desk.find(typed, CONTACTS)).toEqual([id]);
    },
  );

  test("is found by an address, or what stands in it, and a whole one is exact", async () => {
    const id = await desk.meet(null, "Some.One@shop.example");
    for (const typed of ["one@shop", "shop.example", "some.one@SHOP.example"]) {
      expect(await desk.find(typed, CONTACTS)).toEqual([id]);
    }
    const { data } = await desk.search("some.one@shop.example", CONTACTS);
    expect(data[0]).toMatchObject({
      matchedBy: "exact",
      snippet: { text: "Some.One@shop.example", marks: [{ start: 0, end: 21 }] },
    });
  });

  test("comes before others the more of the name was typed", async () => {
    const [part, word, whole] = [await desk.meet("Annabel"), await desk.meet("Anna Berg"), await desk.meet("Anna")];
    expect(await desk.find("anna", CONTACTS)).toEqual([whole, word, part]);
  });

  test("is found by the name that they have now, and by none once they are deleted", async () => {
    const id = await desk.meet("Before Change");
    expect(await desk.find("before", CONTACTS)).toEqual([id]);
    await context.database.withSystem((tx) => tx.contact.updateMany({ where: { id }, data: { name: "Thereafter" } }));
    expect(await desk.find("before", CONTACTS)).toEqual([]);
    expect(await desk.find("thereafter", CONTACTS)).toEqual([id]);
    await context.database.withSystem((tx) => tx.contact.deleteMany({ where: { id } }));
    const left = await context.database.withSystem((tx) => tx.searchDocument.findMany({ where: { id } }));
    expect(left).toEqual([]);
  });

  test("has the numbers of whoever they were merged with, who is found no more", async () => {
    const [source, target] = [await desk.meet("Source", "+4915100000001"), await desk.meet("Target", "+4915100000002")];
    expect(await desk.find("00000001", CONTACTS)).toEqual([source]);
    await context.database.withSystem(async (tx) => {
      await tx.contactIdentifier.updateMany({ where: { contactId: source }, data: { contactId: target } });
      await tx.contact.deleteMany({ where: { id: source } });
    });
    expect(await desk.find("00000001", CONTACTS)).toEqual([target]);
    expect(await desk.find("source", CONTACTS)).toEqual([]);
  });
});

test("a conversation is found by whom it is with, and filtered by what it has", async () => {
  const contactId = await desk.meet("Nathalie Roux");
  const { id } = await buildConversation(context, {
    tenantId: desk.tenantId,
    contactId,
    status: "PENDING",
    tags: ["vip"],
  });
  expect(await desk.find("roux", { type: "conversation" })).toEqual([id]);
  expect(await desk.find("roux", { type: "conversation", status: "pending", tag: "vip" })).toEqual([id]);
  expect(await desk.find("roux", { type: "conversation", status: "open" })).toEqual([]);
  expect(await desk.find("roux")).toEqual([contactId, id]);
});
