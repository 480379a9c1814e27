import { createTestContext, type TestContext } from "@parley/queue/testing";
import { runAsOwner } from "@parley/testing";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { indexPending } from "./index-pending.ts";
import { rebuildIndex } from "./rebuild-index.ts";
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

/** All pages, one after another; between them `meanwhile` happens. */
async function allPages(
  query: Record<string, unknown>,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const { data, page } = await desk.search("lamp", { ...query, ...(cursor && { cursor }) });
    ids.push(...data.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
    await meanwhile();
  } while (cursor !== undefined);
  return ids;
}

/** Messages as one statement writes them, at different times of the last year. */
async function sayMany(count: number): Promise<void> {
  const { tenantId, conversation } = desk;
  await runAsOwner(
    context.urls,
    `insert into message (tenant_id, id, conversation_id, inbox_id, direction, type, status, sender_type, content, occurred_at)
     select '${tenantId}', gen_random_uuid(), '${conversation.id}', '${conversation.inboxId}', 'INBOUND', 'text', 'RECEIVED', 'CONTACT',
            jsonb_build_object('text', repeat('lamp ', 1 + n % 4) || n), now() - n % 300 * interval '1 day'
       from generate_series(1, ${count}) n`,
  );
}

test("pages show each of many messages once and miss none, while others come in", { timeout: 60_000 }, async () => {
  await sayMany(450);
  await indexPending(context);
  const there = await context.database.withSystem((tx) =>
    tx.searchDocument.findMany({ where: { tenantId: desk.tenantId, kind: "MESSAGE" } }),
  );
  expect(there).toHaveLength(450);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 20, max: 200 }), fc.boolean(), async (limit, isOld) => {
      let late = 0;
      const ids = await allPages({ type: "message", limit }, async () => {
        late += 1;
        await desk.say("lamp", isOld ? { occurredAt: new Date(Date.now() - late * 86_400_000) } : {});
      });
      expect(new Set(ids).size).toBe(ids.length);
      expect(there.filter(({ id }) => !ids.includes(id))).toEqual([]);
    }),
    { numRuns: 5 },
  );
});

test("pages miss none of what was there, also when far more comes in than a page is of", async () => {
  await sayMany(250);
  await indexPending(context);
  const there = await context.database.withSystem((tx) =>
    tx.searchDocument.findMany({ where: { tenantId: desk.tenantId, kind: "MESSAGE" } }),
  );
  let hasCome = false;
  const ids = await allPages({ type: "message", limit: 200 }, async () => {
    if (hasCome) return;
    hasCome = true;
    await sayMany(900);
    await indexPending(context);
  });
  expect(new Set(ids).size).toBe(ids.length);
  expect(there.filter(({ id }) => !ids.includes(id))).toEqual([]);
});

test("results are of the newest of many, and say so", async () => {
  await sayMany(250);
  await indexPending(context);
  const { searched } = await desk.search("lamp", { limit: 10 });
  expect(searched).toEqual({ isComplete: false, newest: 200 });
  const all = await allPages({ limit: 50 });
  expect(all).toHaveLength(200);
  expect((await desk.search("lamp 7")).searched.isComplete).toBe(true);
});

test("a filter that few fulfil is answered behind many that do not", async () => {
  const ticket = await desk.ask("Something", { tags: ["rare"] });
  const wanted = await desk.say("lamp", { ticketId: ticket, occurredAt: new Date("2020-01-01T00:00:00Z") });
  await sayMany(2_100);
  await indexPending(context);
  expect(await allPages({ type: "message", tag: "rare" })).toEqual([wanted]);
});

test("the worker brings in what many companies have changed, and a search what was just said", async () => {
  const another = await openSearchDesk(context);
  await sayMany(600);
  await another.say("lamp");
  expect(await indexPending(context)).toBeGreaterThanOrEqual(601);
  expect(await indexPending(context)).toBe(0);
  expect(await another.find("lamp")).toHaveLength(1);
  const last = await desk.say("lamp of the last minute");
  expect(await desk.find("lamp minute")).toEqual([last]);
});

test("what two processes index at once is there once", async () => {
  await sayMany(900);
  const counts = await Promise.all([
    indexPending(context),
    indexPending(context),
    desk.find("lamp"),
    desk.find("lamp"),
  ]);
  await indexPending(context);
  const documents = await context.database.withSystem((tx) =>
    tx.searchDocument.count({ where: { tenantId: desk.tenantId, kind: "MESSAGE" } }),
  );
  expect(documents).toBe(900);
  expect(counts[2]).not.toEqual([]);
});

test("an index that is made anew finds the same", async () => {
  await sayMany(100);
  await desk.ask("A lamp that is broken");
  await desk.meet("Lamp Maker");
  const before = await allPages({});
  expect(before).toHaveLength(102);
  await rebuildIndex(context, desk.tenantId);
  await indexPending(context);
  expect((await allPages({})).toSorted()).toEqual(before.toSorted());
});
