import { newId } from "@parley/runtime";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildTenant } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findSnippets, type FoundSnippet, type SnippetQuestion } from "./find-snippets.ts";

const KNOWN = [
  ["Returns", "You can send an item back within 30 days. Put the label that we mail you on the parcel.", "en"],
  ["Delivery times", "Parcels arrive two to four days after the order. Your order has a tracking number.", "en"],
  ["Damaged items", "If an item arrives damaged, send us a photo of it and of the parcel; we replace it.", "en"],
  ["Retours", "Vous pouvez renvoyer un article sous 30 jours. Collez l'étiquette reçue sur le colis.", "fr"],
  ["Zwroty", "Towar można odesłać w ciągu 30 dni.", "pl"],
] as const;

let ctx: TestContext;
let tenantId: string;

beforeAll(async () => {
  ctx = await createTestContext({ queues: [] });
});
afterAll(() => ctx.close());
beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
  for (const [title, body, language] of KNOWN) await write({ title, body, language });
});

async function write(snippet: { title: string; body: string; language: string; isActive?: boolean }, of = tenantId) {
  const id = newId();
  await ctx.database.withSystem((tx) => tx.knowledgeSnippet.create({ data: { ...snippet, tenantId: of, id } }));
  return id;
}

function find(text: string, question: Partial<SnippetQuestion> = {}): Promise<FoundSnippet[]> {
  return ctx.database.withTenant(tenantId, (tx) =>
    findSnippets(tx, tenantId, { text, language: null, limit: 5, ...question }),
  );
}

const titles = (found: readonly FoundSnippet[]) => found.map(({ title }) => title);

describe("a question finds", () => {
  test.each([
    ["Hello, my parcels arrived damaged!", "Damaged items"],
    ["How do I return something?", "Returns"],
    ["When will the delivery of my order be here?", "Delivery times"],
    ["Bonjour, comment renvoyer des articles ?", "Retours"],
    ["Zwroty proszę", "Zwroty"],
  ])("for “%s” what is called %s first", async (text, title) => {
    const [best] = await find(text);
    expect(best?.title).toBe(title);
  });

  test("words in whichever form, but only as the snippet's language has it", async () => {
    expect(titles(await find("returning", { language: "en" }))).toEqual(["Returns"]);
    expect(titles(await find("zwrotami"))).toEqual([]);
  });

  test("what is in its language only, where that is known", async () => {
    expect(titles(await find("retours returns", { language: "fr" }))).toEqual(["Retours"]);
  });

  test("nothing for what nobody has written of, for politeness alone and for numbers", async () => {
    expect(await find("Do you take bitcoin?")).toEqual([]);
    expect(await find("Hello, please, thank you! Merci, danke.")).toEqual([]);
    expect(await find("30")).toEqual([]);
    expect(await find("")).toEqual([]);
  });

  test("what holds more of its words before what repeats one of them", async () => {
    await write({ title: "Photos", body: "Photo photo photo photo photo photo photo.", language: "en" });
    const found = await find("You replace a damaged item if I send a photo?", { language: "en" });
    expect(found[0]?.title).toBe("Damaged items");
    expect(found[0]?.confidence).toBeGreaterThan(0.6);
    expect(found.at(-1)?.confidence).toBeLessThan(0.3);
  });

  test("as many as are asked for, and nothing that is not active", async () => {
    const id = await write({ title: "Parcel items", body: "parcel item", language: "en", isActive: false });
    const found = await find("parcel item", { language: "en" });
    expect(found.map((snippet) => snippet.id)).not.toContain(id);
    expect(await find("parcel item", { language: "en", limit: 1 })).toEqual(found.slice(0, 1));
  });
});

test("a confidence is less where a single word decides", async () => {
  const [one] = await find("Returns?");
  expect(one?.confidence).toBe(0.5);
});

test.each(["it's 100% & | ! <-> ( ) : * \\ ''' \"quoted\" send", "send \0 back", "\ud800 send", "send ".repeat(5_000)])(
  "whatever a customer writes is words and no query: %#",
  async (text) => {
    expect(titles(await find(text, { language: "en" }))).toContain("Returns");
  },
);

test("another company's snippets are never found", async () => {
  const theirs = (await buildTenant(ctx)).id;
  await write({ title: "Bitcoin", body: "We take bitcoin", language: "en" }, theirs);
  expect(await find("bitcoin")).toEqual([]);
  const asTheirs = ctx.database.withTenant(tenantId, (tx) =>
    findSnippets(tx, theirs, { text: "bitcoin", language: null, limit: 5 }),
  );
  expect(await asTheirs).toEqual([]);
});

test("two thousand of them are looked through within moments", async () => {
  await ctx.database.withSystem(
    (tx) => tx.$executeRaw`
      insert into knowledge_snippet (tenant_id, id, title, body, language)
      select ${tenantId}::uuid, gen_random_uuid(), 'Topic ' || n,
             (select string_agg('word' || (n * 7 + w) % 400, ' ') from generate_series(1, 150) w) || ' parcel', 'en'
        from generate_series(1, 1995) n`,
  );
  const startedAt = performance.now();
  const found = await find("Which parcel has word1 word2 word3 word4 word5 item?", { language: "en" });
  expect(found).toHaveLength(5);
  expect(performance.now() - startedAt).toBeLessThan(1_500);
});
