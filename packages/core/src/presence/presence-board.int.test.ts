import { createTestContext, type TestContext } from "@parley/queue/testing";
import { createSilentLogger, newId } from "@parley/runtime";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createPresenceBoard, PRESENT_MS, type Place, type PresenceBoard } from "./presence-board.ts";

let ctx: TestContext;
let board: PresenceBoard;
let mine: Place;
let theirs: Place;

beforeAll(async () => {
  ctx = await createTestContext();
  board = createPresenceBoard({ redis: ctx.publisher.redis, config: ctx.redis, logger: createSilentLogger() });
});
afterAll(() => ctx.close());

beforeEach(() => {
  const at = { tenantId: newId(), conversationId: newId() };
  mine = { ...at, userId: newId() };
  theirs = { ...at, userId: newId() };
});

const START = new Date("2026-01-31T08:00:00Z");
const after = (ms: number): Date => new Date(START.getTime() + ms);

test("two who type are told of each other, and nobody of themselves", async () => {
  expect(await board.enter(mine, "typing", START)).toEqual([]);
  expect(await board.enter(theirs, "typing", after(1))).toEqual([
    { userId: mine.userId, state: "typing", since: START },
  ]);
  expect(await board.enter(mine, "typing", after(2))).toEqual([
    { userId: theirs.userId, state: "typing", since: after(1) },
  ]);
});

test("it is known since when somebody does what they do, however often they repeat it", async () => {
  await board.enter(mine, "viewing", START);
  await board.enter(mine, "viewing", after(5_000));
  expect(await board.look(theirs, after(6_000))).toMatchObject([{ state: "viewing", since: START }]);
  await board.enter(mine, "typing", after(7_000));
  expect(await board.look(theirs, after(8_000))).toMatchObject([{ state: "typing", since: after(7_000) }]);
});

test("whoever does not repeat themselves is there no more, and comes back anew", async () => {
  await board.enter(mine, "typing", START);
  expect(await board.look(theirs, after(PRESENT_MS - 1))).toHaveLength(1);
  expect(await board.look(theirs, after(PRESENT_MS))).toEqual([]);
  await board.enter(mine, "typing", after(PRESENT_MS + 1));
  expect(await board.look(theirs, after(PRESENT_MS + 2))).toMatchObject([{ since: after(PRESENT_MS + 1) }]);
});

test("what nobody repeats does not stay in Redis", async () => {
  await board.enter(mine, "typing", START);
  const [key = ""] = await ctx.publisher.redis.keys(`*${mine.conversationId}`);
  const ttl = await ctx.publisher.redis.pttl(key);
  expect(ttl).toBeGreaterThan(0);
  expect(ttl).toBeLessThanOrEqual(PRESENT_MS);
});

test("whoever leaves is gone at once", async () => {
  await board.enter(mine, "typing", START);
  await board.leave(mine);
  expect(await board.look(theirs, START)).toEqual([]);
});

test("whoever looks is not seen", async () => {
  await board.look(mine, START);
  expect(await board.look(theirs, START)).toEqual([]);
});

test("another conversation, and another company's of the same id, are other places", async () => {
  await board.enter(mine, "typing", START);
  expect(await board.look({ ...theirs, conversationId: newId() }, START)).toEqual([]);
  expect(await board.look({ ...theirs, tenantId: newId() }, START)).toEqual([]);
});

test("while Redis is away nobody is there, and nothing fails", async () => {
  const other = await createTestContext();
  const away = createPresenceBoard({
    redis: other.publisher.redis,
    config: other.redis,
    logger: createSilentLogger(),
  });
  await other.close();
  expect(await away.enter(mine, "typing", START)).toEqual([]);
  expect(await away.look(mine, START)).toEqual([]);
  await away.leave(mine);
});
