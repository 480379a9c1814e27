import { buildContact } from "@parley/testing";
import { expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskForEachTest, type Desk } from "./desk.fixture.ts";

let api: TestApi;
let desk: Desk;

openDeskForEachTest((opened) => ({ api, desk } = opened));

test("a contact shows its identifiers, the primary one first", async () => {
  const contact = await buildContact(api.context, {
    tenantId: desk.tenant.id,
    name: "Customer One",
    tags: ["vip"],
    identifiers: [
      { type: "WHATSAPP_BSUID", value: "DE.13491208655302741918" },
      { type: "WHATSAPP", value: "+4915112345678", isPrimary: true },
    ],
  });
  const { data } = await desk.typed().get("/contacts/{id}", { path: { id: contact.id } });
  expect(data).toEqual({
    id: contact.id,
    name: "Customer One",
    email: null,
    phone: "+4915112345678",
    identifiers: [
      { type: "whatsapp", value: "+4915112345678", isPrimary: true },
      { type: "whatsapp_bsuid", value: "DE.13491208655302741918", isPrimary: false },
    ],
    tags: ["vip"],
    attributes: {},
    blockedAt: null,
    erasedAt: null,
    metadata: {},
    createdAt: contact.createdAt.toISOString(),
    updatedAt: contact.updatedAt.toISOString(),
    version: 1,
  });
});

test.each([
  ["part of a name, in any case", "cUSTOMER o", 1],
  ["part of a number", "15112345", 1],
  ["a number as people write it", "+49 151 1234-5678", 1],
  ["something else", "nobody", 0],
  ["a wildcard of the database", "%", 0],
  ["the other wildcard", "Customer_One", 0],
])("a search finds by %s", async (_name, search, found) => {
  const tenantId = desk.tenant.id;
  await buildContact(api.context, {
    tenantId,
    name: "Customer One",
    identifiers: [{ type: "WHATSAPP", value: "+4915112345678", isPrimary: true }],
  });
  await buildContact(api.context, { tenantId, name: null, identifiers: [{ type: "EMAIL", value: "a@b.example" }] });
  const { data, searched } = await desk.typed().get("/contacts", { query: { search } });
  expect(data).toHaveLength(found);
  expect(searched).toEqual({ isComplete: true, newest: 10_000 });
});

test("pages hold every contact once, newest first, while new ones arrive", async () => {
  const built = [];
  for (let index = 0; index < 7; index += 1) built.push(await buildContact(api.context, { tenantId: desk.tenant.id }));
  const read: string[] = [];
  for await (const page of desk.typed().eachPage("/contacts", { query: { limit: 2 } })) {
    read.push(...page.map(({ id }) => id));
    await buildContact(api.context, { tenantId: desk.tenant.id });
  }
  expect(read).toEqual(built.toReversed().map(({ id }) => id));
});

test.each([
  "limit=0",
  "limit=201",
  "limit=x",
  "cursor=x",
  "cursor=WyJub3QtYW4taWQiXQ",
  "page=2",
  "search=%00",
  "limit=1&limit=2",
])("a list refuses ?%s", async (query) => {
  const answer = await desk.client.get(`/contacts?${query}`);
  expect(answer).toMatchObject({ status: 400, body: { code: "validation_failed" } });
  expect(answer.body.errors).toHaveLength(1);
});
