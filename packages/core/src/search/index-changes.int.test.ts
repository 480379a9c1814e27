import { createTestContext, type TestContext } from "@parley/queue/testing";
import { runAsOwner } from "@parley/testing";
import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { indexAnew, indexOldest } from "./index-changes.ts";
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

const MESSAGES = { type: "message" };

function documentsOf(...ids: string[]) {
  return context.database.withSystem((tx) => tx.searchDocument.findMany({ where: { id: { in: ids } } }));
}

function documentsInSegments(): Promise<number[]> {
  const where = { tenantId: desk.tenantId };
  return context.database.withSystem(async (tx) =>
    (await tx.searchSegment.findMany({ where })).map(({ documents }) => documents),
  );
}

test("what is deleted while it is being indexed is not in the index for long", async () => {
  const [message, contact] = [await desk.say("a lamp"), await desk.meet("Lamp Maker")];
  await context.database.system.transaction(async (sql) => {
    await indexAnew(sql, desk.tenantId, "MESSAGE", [message]);
    await indexAnew(sql, desk.tenantId, "CONTACT", [contact]);
    await context.database.withSystem(async (tx) => {
      await tx.message.deleteMany({ where: { id: message } });
      await tx.contact.deleteMany({ where: { id: contact } });
    });
  });
  expect(await documentsOf(message, contact)).toHaveLength(2);
  await indexPending(context);
  expect(await documentsOf(message, contact)).toEqual([]);
});

test("what is understood after it was indexed is found by the language that was understood", async () => {
  const id = await desk.say("chats");
  await indexPending(context);
  expect(await desk.find("chat", MESSAGES)).toEqual([id]);
  expect(await documentsOf(id)).toMatchObject([{ language: "en" }]);
  const understood = { sentiment: "neutral", sentimentScore: 0, intent: "other", intentConfidence: 0, urgency: "low" };
  await context.database.withSystem((tx) =>
    tx.messageUnderstanding.create({
      data: {
        tenantId: desk.tenantId,
        messageId: id,
        language: "fr",
        ...understood,
        wantsHuman: false,
        source: "local",
      },
    }),
  );
  await indexPending(context);
  expect(await documentsOf(id)).toMatchObject([{ language: "fr" }]);
});

test("what is put off is found by when it is to be said", async () => {
  const id = await desk.say("lamp", { occurredAt: new Date("2026-01-05T08:00:00Z") });
  const since = "2026-01-10T00:00:00Z";
  expect(await desk.find("lamp", { ...MESSAGES, since })).toEqual([]);
  await context.database.withSystem((tx) =>
    tx.message.updateMany({ where: { id }, data: { occurredAt: new Date("2026-01-20T08:00:00Z") } }),
  );
  expect(await desk.find("lamp", { ...MESSAGES, since })).toEqual([id]);
});

test("a message does not wait behind a file of contacts", async () => {
  await indexPending(context);
  await runAsOwner(
    context.urls,
    `insert into contact (tenant_id, id, name, created_at, updated_at)
     select '${desk.tenantId}', gen_random_uuid(), 'Person ' || n, now(), now() from generate_series(1, 1000) n`,
  );
  const id = await desk.say("lamp");
  await indexOldest(context, desk.tenantId, 100);
  expect(await documentsOf(id)).toHaveLength(1);
});

test("what is indexed again takes no more room", async () => {
  const id = await desk.meet("Lamp Maker");
  await desk.say("lamp");
  await indexPending(context);
  const before = await documentsInSegments();
  await context.database.withSystem((tx) => tx.contact.updateMany({ where: { id }, data: { name: "Lamp Seller" } }));
  await indexPending(context);
  await rebuildIndex(context, desk.tenantId);
  expect(await documentsInSegments()).toEqual(before);
  expect(await desk.find("seller")).toEqual([id]);
});

test("an index that is made anew has no document of what is not there, and everything is found meanwhile", async () => {
  const [lost, stale] = [await desk.say("lamp"), await desk.say("lamp")];
  await indexPending(context);
  await runAsOwner(
    context.urls,
    `delete from search_document where id = '${lost}';
     insert into search_document (tenant_id, kind, id, segment, occurred_at, vector)
     select tenant_id, kind, gen_random_uuid(), segment, occurred_at, vector from search_document where id = '${stale}'`,
  );
  expect(await desk.find("lamp", MESSAGES)).toEqual([stale]);
  await rebuildIndex(context, desk.tenantId);
  const documents = await context.database.withSystem((tx) =>
    tx.searchDocument.findMany({ where: { tenantId: desk.tenantId, kind: "MESSAGE" } }),
  );
  expect(documents.map(({ id }) => id).toSorted()).toEqual([lost, stale].toSorted());
});

describe("whoever fails or is slow", () => {
  test("holds up no other company", async () => {
    const broken = await openSearchDesk(context);
    await runAsOwner(
      context.urls,
      `create function refuse() returns trigger language plpgsql as $$ begin raise 'no room'; end $$;
       create trigger refuse before insert on search_document for each row
         when (new.tenant_id = '${broken.tenantId}') execute function refuse()`,
    );
    const [theirs, ours] = [await broken.say("lamp"), await desk.say("lamp")];
    await expect(indexPending(context)).rejects.toThrow("1 tenants could not be indexed");
    expect(await documentsOf(theirs, ours)).toMatchObject([{ id: ours }]);
    await runAsOwner(context.urls, "drop trigger refuse on search_document; drop function refuse");
    await indexPending(context);
    expect(await documentsOf(theirs)).toHaveLength(1);
  });

  test("keeps no search from its answer", async () => {
    const id = await desk.say("lamp");
    await indexPending(context);
    const slow = new Client({ connectionString: context.urls.systemUrl });
    await slow.connect();
    try {
      await slow.query("select pg_advisory_lock(hashtextextended('search/' || $1, 0))", [desk.tenantId]);
      await desk.say("another lamp");
      expect(await desk.find("lamp", MESSAGES)).toEqual([id]);
    } finally {
      await slow.end();
    }
  });
});
