import { createHash } from "node:crypto";
import { buildTenant } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { asking, withMediaStage, type MediaStage } from "./media.fixture.ts";

let stage: MediaStage;
withMediaStage((opened) => (stage = opened));

const KB = 1_024;

describe("a file that a customer sent", () => {
  test("is stored in chunks, byte for byte, and told of once", async () => {
    const sent = await stage.send({ kind: "video", mimeType: "video/mp4", size: 600 * KB, seed: 7 });
    expect(sent).toMatchObject({ state: "PENDING", size: null });
    expect(await stage.fetch(sent)).toBeUndefined();
    const stored = await stage.attachment(sent);
    expect(stored).toMatchObject({ state: "STORED", size: 600 * KB, failure: null, nextFetchAt: null });
    expect(await stage.chunks(sent)).toEqual([256 * KB, 256 * KB, 88 * KB]);
    const sha256 = createHash("sha256")
      .update(await stage.bytes(stored))
      .digest("base64");
    expect([stored.sha256, sent.sha256]).toEqual([sha256, sha256]);

    expect(await stage.fetch(sent)).toBeUndefined();
    const message = await stage.read((tx) => tx.message.findFirstOrThrow({ where: { id: sent.messageId } }));
    const events = await stage.read((tx) => tx.event.findMany({ where: { type: "MEDIA_STORED" } }));
    expect(events).toMatchObject([
      {
        actorType: "SYSTEM",
        messageId: message.id,
        conversationId: message.conversationId,
        ticketId: message.ticketId,
        data: { attachmentId: sent.id, size: 600 * KB },
      },
    ]);
  });

  test.each([1, 256 * KB - 1, 256 * KB, 256 * KB + 1, 5 * 256 * KB, 5 * 256 * KB + 1])(
    "is whole with %i bytes, wherever chunks end",
    async (size) => {
      const sent = await stage.send({ size, seed: size });
      await stage.fetch(sent);
      const bytes = await stage.bytes(await stage.attachment(sent));
      expect(bytes).toHaveLength(size);
      expect(createHash("sha256").update(bytes).digest("base64")).toBe(sent.sha256);
    },
  );

  test("may be empty", async () => {
    const sent = await stage.send({ size: 0 });
    await stage.fetch(sent);
    expect(await stage.attachment(sent)).toMatchObject({ state: "STORED", size: 0 });
    expect(await stage.chunks(sent)).toEqual([]);
    expect(await stage.told()).toEqual([{ type: "MEDIA_STORED", data: { attachmentId: sent.id, size: 0 } }]);
  });

  test("is asked for under a fresh URL when the first one is gone", async () => {
    stage.simulator.setFaults({ mediaUrlExpired: 1 });
    const sent = await stage.send();
    await stage.fetch(sent);
    expect(await stage.attachment(sent)).toMatchObject({ state: "STORED", fetchAttempts: 1 });
    expect(stage.simulator.ledger.faults.get("mediaUrlExpired")).toBeGreaterThan(0);
  });

  test.each([
    ["fails", { mediaStatus500: 1 }, "provider_error"],
    ["breaks off", { mediaTruncated: 1 }, "unreachable"],
    ["gives other bytes", { mediaWrongBytes: 1 }, "corrupted"],
  ])("is tried again later when the provider %s", async (_how, faults, reason) => {
    const sent = await stage.send({ size: 3_000 * KB });
    stage.simulator.setFaults(faults);
    const again = await stage.fetch(sent);
    const waiting = await stage.attachment(sent);
    expect(waiting).toMatchObject({ state: "PENDING", failure: reason, nextFetchAt: again?.runAgainAt });
    expect(await stage.chunks(sent)).toEqual([]);

    stage.simulator.setFaults({});
    // Not before.
    expect(await stage.fetch(sent)).toEqual(again);
    stage.test.clock.set(again?.runAgainAt ?? new Date());
    await stage.fetch(sent);
    expect(await stage.attachment(sent)).toMatchObject({ state: "STORED", fetchAttempts: 2, failure: null });
    expect(await stage.told()).toMatchObject([{ type: "MEDIA_STORED" }]);
  });

  test("is tried at ever longer intervals, an hour at most", async () => {
    const sent = await stage.send();
    stage.simulator.setFaults({ mediaStatus500: 1 });
    const pauses: number[] = [];
    for (let tries = 0; tries < 14; tries += 1) {
      const at = stage.test.clock.now();
      const again = await stage.fetch(sent);
      pauses.push((again?.runAgainAt.getTime() ?? 0) - at.getTime());
      stage.test.clock.set(again?.runAgainAt ?? at);
    }
    expect(pauses[0]).toBeLessThanOrEqual(5_000);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(30 * 60_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(60 * 60_000);
  });

  test("whose bytes are wrong three times is taken at its word", async () => {
    const sent = await stage.send();
    stage.simulator.setFaults({ mediaWrongBytes: 1 });
    for (let tries = 0; tries < 3; tries += 1) {
      const again = await stage.fetch(sent);
      stage.test.clock.set(again?.runAgainAt ?? stage.test.clock.now());
    }
    expect(await stage.attachment(sent)).toMatchObject({ state: "FAILED", failure: "corrupted", nextFetchAt: null });
    expect(await stage.told()).toEqual([
      { type: "MEDIA_FAILED", data: { attachmentId: sent.id, reason: "corrupted" } },
    ]);
  });

  test("that is too large is not fetched at all", async () => {
    const sent = await stage.send({ size: 20_001 });
    let written = 0;
    const smaller = asking(stage, (request, write) =>
      stage.fetchOverChannel({ ...request, maxBytes: 20_000 }, async (piece) => {
        written += piece.byteLength;
        await write(piece);
      }),
    );
    await stage.fetch(sent, smaller);
    expect(written).toBe(0);
    expect(await stage.attachment(sent)).toMatchObject({ state: "FAILED", failure: "too_large" });
  });

  test("that the provider does not know fails with that", async () => {
    const sent = await stage.send();
    stage.simulator.reset();
    await stage.fetch(sent);
    expect(await stage.told()).toEqual([
      { type: "MEDIA_FAILED", data: { attachmentId: sent.id, reason: "not_found" } },
    ]);
  });

  test("is nobody's but its company's", async () => {
    const sent = await stage.send();
    await stage.fetch(sent);
    const { id: strangers } = await buildTenant(stage.test);
    const count = await stage.test.database.withTenant(strangers, (tx) => tx.mediaChunk.count());
    expect([count, (await stage.chunks(sent)).length]).toEqual([0, 1]);
  });
});

test("a file is never in memory as a whole: at most a group of chunks waits to be written", async () => {
  const sent = await stage.send({ size: 8 * KB * KB });
  let [given, most] = [0, 0];
  const watching = asking(stage, (request, write) =>
    stage.fetchOverChannel(request, async (piece) => {
      given += piece.byteLength;
      await write(piece);
      const stored = (await stage.chunks(sent)).reduce((sum, size) => sum + size, 0);
      most = Math.max(most, given - stored);
    }),
  );
  await stage.fetch(sent, watching);
  expect(given).toBe(8 * KB * KB);
  expect(most).toBeLessThan(4 * 256 * KB);
});
