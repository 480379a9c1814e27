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

  test("hashes for an unknown user as well, and says no", async () => {
    const slow = createPasswordHasher({ cost: 10 });
    const startedAt = performance.now();
    expect(await slow.matches("0123456789", null)).toBe(false);
    // At cost 10 a hash takes tens of milliseconds; returning at once takes none.
    expect(performance.now() - startedAt).toBeGreaterThan(10);
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
