import { DomainError } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { sealCredentials } from "../inboxes/index.ts";
import { expireMedia } from "./expire-media.ts";
import { asking, withMediaStage, type MediaStage } from "./media.fixture.ts";
import { LEASE_MS } from "./media-limits.ts";
import { mediaQueue } from "./media-queue.ts";
import { reconcileMedia } from "./reconcile-media.ts";

let stage: MediaStage;
withMediaStage((opened) => (stage = opened));

const DAY_MS = 24 * 3_600_000;
const GROUP_BYTES = 4 * 256 * 1_024;

const jobsOf = async (attachmentId: string) =>
  (await stage.test.jobsOn(mediaQueue)).filter(({ id }) => id.startsWith(`media-${attachmentId}`));
const setInbox = (data: object) => stage.read((tx) => tx.inbox.update({ where: { id: stage.inbox.id }, data }));
const credentials = (accessToken: string) =>
  sealCredentials(stage.test.keyring, { tenantId: stage.tenantId, id: stage.inbox.id }, { accessToken });

describe("a worker that", () => {
  test("dies between chunks is followed by another when its lease is over, and nothing is there twice", async () => {
    const sent = await stage.send({ size: 3 * GROUP_BYTES + 1 });
    let written = 0;
    const dying = asking(stage, (request, write) =>
      stage.fetchOverChannel(request, async (piece) => {
        await write(piece);
        written += piece.byteLength;
        if (written > 2 * GROUP_BYTES) throw new Error("killed");
      }),
    );
    await expect(stage.fetch(sent, dying)).rejects.toThrow("killed");
    expect(await stage.chunks(sent)).toHaveLength(8);
    const { nextFetchAt } = await stage.attachment(sent);
    expect(await stage.fetch(sent)).toEqual({ runAgainAt: nextFetchAt });
    expect(nextFetchAt).toEqual(new Date(stage.test.clock.now().getTime() + LEASE_MS));

    stage.test.clock.advance(LEASE_MS);
    await stage.fetch(sent);
    expect(await stage.attachment(sent)).toMatchObject({ state: "STORED", size: 3 * GROUP_BYTES + 1 });
    expect(await stage.chunks(sent)).toEqual([...Array.from({ length: 12 }, () => 256 * 1_024), 1]);
    expect(await stage.told()).toHaveLength(1);
  });

  test("is slower than its lease writes nothing more into the file of another", async () => {
    const sent = await stage.send({ size: 2 * GROUP_BYTES, seed: 3 });
    const [begun, other] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const lingering = asking(stage, (request, write) =>
      stage.fetchOverChannel(request, async (piece) => {
        begun.resolve();
        await other.promise;
        await write(piece);
      }),
    );
    const first = stage.fetch(sent, lingering);
    await begun.promise;
    stage.test.clock.advance(LEASE_MS);
    await stage.fetch(sent);
    const stored = await stage.bytes(await stage.attachment(sent));
    other.resolve();
    expect(await first).toBeUndefined();
    expect(await stage.bytes(await stage.attachment(sent))).toEqual(stored);
    expect(await stage.told()).toHaveLength(1);
  });

  test("comes at the same time leaves the file to the other", async () => {
    const sent = await stage.send();
    let asked = 0;
    const counting = asking(stage, (request, write) => {
      asked += 1;
      return stage.fetchOverChannel(request, write);
    });
    await Promise.all([stage.fetch(sent, counting), stage.fetch(sent, counting), stage.fetch(sent, counting)]);
    expect(asked).toBe(1);
    expect(await stage.told()).toHaveLength(1);
  });

  test("is about a file that is deleted meanwhile leaves nothing of it", async () => {
    const sent = await stage.send({ size: 2 * GROUP_BYTES });
    const deleting = asking(stage, (request, write) =>
      stage.fetchOverChannel(request, async (piece) => {
        await stage.read((tx) => tx.messageAttachment.deleteMany({ where: { id: sent.id } }));
        await write(piece);
      }),
    );
    expect(await stage.fetch(sent, deleting)).toBeUndefined();
    expect(await stage.chunks(sent)).toEqual([]);
    expect(await stage.told()).toEqual([]);
  });
});

describe("a file", () => {
  test("has a job from its webhook, and another one when that is lost with Redis", async () => {
    const sent = await stage.send();
    expect(await jobsOf(sent.id)).toMatchObject([
      { id: `media-${sent.id}`, payload: { tenantId: stage.tenantId, attachmentId: sent.id } },
    ]);
    await stage.test.publisher.redis.flushall();
    expect(await reconcileMedia(stage.ctx, 30_000)).toBe(0);
    stage.test.clock.advance(30_001);
    expect(await reconcileMedia(stage.ctx, 30_000)).toBeGreaterThan(0);
    expect(await jobsOf(sent.id)).toHaveLength(1);
    await stage.fetch(sent);
    await stage.test.publisher.redis.flushall();
    await reconcileMedia(stage.ctx, 30_000);
    expect(await jobsOf(sent.id)).toEqual([]);
  });

  test("whose token is refused pauses the inbox, and waits until that is resumed", async () => {
    const sent = await stage.send();
    await setInbox({ credentials: credentials("expired") });
    expect(await stage.fetch(sent)).toBeUndefined();
    const inbox = await stage.read((tx) => tx.inbox.findUniqueOrThrow({ where: { id: stage.inbox.id } }));
    expect(inbox).toMatchObject({ status: "PAUSED", pausedReason: expect.stringContaining("190") });
    expect(await stage.attachment(sent)).toMatchObject({ state: "PENDING", failure: "inbox_paused" });
    expect(await stage.read((tx) => tx.event.count({ where: { type: "INBOX_PAUSED" } }))).toBe(1);

    stage.test.clock.advance(60_000);
    await reconcileMedia(stage.ctx, 30_000);
    expect(await jobsOf(sent.id)).toHaveLength(1);
    expect(await stage.fetch(sent)).toBeUndefined();
    expect(await stage.attachment(sent)).toMatchObject({ state: "PENDING", fetchAttempts: 1 });

    await setInbox({ status: "ACTIVE", credentials: credentials("a-good-one") });
    await reconcileMedia(stage.ctx, 30_000);
    expect(await jobsOf(sent.id)).toHaveLength(2);
    await stage.fetch(sent);
    expect(await stage.attachment(sent)).toMatchObject({ state: "STORED" });
  });

  test("of an inbox without credentials waits for them, and pauses nothing", async () => {
    const sent = await stage.send();
    await setInbox({ credentials: null });
    const again = await stage.fetch(sent);
    expect(await stage.attachment(sent)).toMatchObject({ state: "PENDING", failure: "no_credentials" });
    expect(await stage.read((tx) => tx.inbox.count({ where: { status: "PAUSED" } }))).toBe(0);
    await setInbox({ credentials: credentials("a-good-one") });
    stage.test.clock.set(again?.runAgainAt ?? new Date());
    await stage.fetch(sent);
    expect(await stage.attachment(sent)).toMatchObject({ state: "STORED" });
  });

  test("that nobody got in seven days is expired, also where the inbox is paused", async () => {
    const [sent, ofPaused] = [await stage.send(), await stage.send()];
    await setInbox({ status: "PAUSED" });
    stage.test.clock.advance(7 * DAY_MS - 60_000);
    await expireMedia(stage.ctx);
    expect(await stage.told()).toEqual([]);
    stage.test.clock.advance(2 * 60_000);
    expect(await expireMedia(stage.ctx)).toBeGreaterThanOrEqual(2);
    expect(await stage.told()).toEqual(
      [sent, ofPaused].map(({ id }) => ({ type: "MEDIA_FAILED", data: { attachmentId: id, reason: "expired" } })),
    );
    await setInbox({ status: "ACTIVE" });
    expect(await stage.fetch(sent)).toBeUndefined();
    expect(await stage.attachment(sent)).toMatchObject({ state: "FAILED", failure: "expired", nextFetchAt: null });
    await expireMedia(stage.ctx);
    expect(await stage.told()).toHaveLength(2);
  });

  test("is not tried any more behind its seven days", async () => {
    const sent = await stage.send();
    stage.simulator.setFaults({ mediaStatus500: 1 });
    stage.test.clock.advance(7 * DAY_MS - 2_000);
    const again = await stage.fetch(sent);
    expect(again?.runAgainAt.getTime()).toBeLessThanOrEqual(stage.test.clock.now().getTime() + 2_000);
  });

  test("of which the database cannot be told is left to the end of its lease", async () => {
    const sent = await stage.send({ size: 2 * GROUP_BYTES });
    const away = asking(stage, (request, write) =>
      stage.fetchOverChannel(request, async (piece) => {
        await write(piece);
        throw new DomainError("unavailable", "the database is away");
      }),
    );
    await expect(stage.fetch(sent, away)).rejects.toMatchObject({ code: "unavailable" });
    expect(await stage.attachment(sent)).toMatchObject({ state: "PENDING", failure: null });
  });
});
