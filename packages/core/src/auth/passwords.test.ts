import { describe, expect, test } from "vitest";
import { createPasswordHasher } from "./passwords.ts";

describe("a password hasher", () => {
  const passwords = createPasswordHasher({ cost: 4 });

  test("knows the password that it hashed, and no other", async () => {
    const hash = await passwords.hash("correct horse battery");
    expect(await passwords.matches("correct horse battery", hash)).toBe(true);
    expect(await passwords.matches("correct horse batterz", hash)).toBe(false);
  });

  test("writes the cost into the hash", async () => {
    expect(await passwords.hash("0123456789")).toMatch(/^\$2b\$04\$/);
  });

  test("gives an unknown user the same turn as anybody, and says no", async () => {
    const crowded = createPasswordHasher({ cost: 4, concurrency: 1, maxWaiting: 1 });
    const checks = [crowded.matches("0123456789", null), crowded.matches("0123456789", null)];
    await expect(crowded.matches("0123456789", null)).rejects.toMatchObject({ code: "unavailable" });
    expect(await Promise.all(checks)).toEqual([false, false]);
  });

  test("does for an unknown user the work of a hash of its own cost", async () => {
    const cheapHash = await passwords.hash("0123456789");
    const costly = createPasswordHasher({ cost: 12, concurrency: 2 });
    const answered: string[] = [];
    await Promise.all([
      costly.matches("0123456789", null).then(() => answered.push("nobody")),
      costly.matches("0123456789", cheapHash).then(() => answered.push("somebody")),
    ]);
    // Asked first and answered last: 256 times as much to do.
    expect(answered).toEqual(["somebody", "nobody"]);
  });

  test("serves everybody who waits, however few places there are", async () => {
    const narrow = createPasswordHasher({ cost: 4, concurrency: 1 });
    const hashes = await Promise.all(Array.from({ length: 10 }, () => narrow.hash("0123456789")));
    expect(new Set(hashes).size).toBe(10);
  });

  test("refuses more than may wait, and serves again afterwards", async () => {
    const crowded = createPasswordHasher({ cost: 4, concurrency: 1, maxWaiting: 1 });
    const served = [crowded.hash("0123456789"), crowded.hash("0123456789")];
    await expect(crowded.hash("0123456789")).rejects.toMatchObject({ code: "unavailable" });
    await Promise.all(served);
    await expect(crowded.hash("0123456789")).resolves.toBeTypeOf("string");
  });
});
