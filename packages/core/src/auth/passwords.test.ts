import { beforeEach, describe, expect, test } from "vitest";
import { createPasswordHasher } from "./passwords.ts";

describe("a password hasher", () => {
  const passwords = createPasswordHasher({ cost: 4 });

  test("knows the password that it hashed, and no other", async () => {
    const hash = await passwords.hash("correct horse battery", null);
    expect(await passwords.matches("correct horse battery", hash, null)).toBe(true);
    expect(await passwords.matches("correct horse batterz", hash, null)).toBe(false);
  });

  test("writes the cost into the hash", async () => {
    expect(await passwords.hash("0123456789", null)).toMatch(/^\$2b\$04\$/);
  });

  test("gives an unknown user the same turn as anybody, and says no", async () => {
    const crowded = createPasswordHasher({ cost: 4, concurrency: 1, maxWaiting: 1 });
    const checks = [crowded.matches("0123456789", null, null), crowded.matches("0123456789", null, null)];
    await expect(crowded.matches("0123456789", null, null)).rejects.toMatchObject({ code: "unavailable" });
    expect(await Promise.all(checks)).toEqual([false, false]);
  });

  test("does for an unknown user the work of a hash of its own cost", async () => {
    const cheapHash = await passwords.hash("0123456789", null);
    const costly = createPasswordHasher({ cost: 12, concurrency: 2 });
    const answered: string[] = [];
    await Promise.all([
      costly.matches("0123456789", null, null).then(() => answered.push("nobody")),
      costly.matches("0123456789", cheapHash, null).then(() => answered.push("somebody")),
    ]);
    // Asked first and answered last: 256 times as much to do.
    expect(answered).toEqual(["somebody", "nobody"]);
  });

  test("serves everybody who waits, however few places there are", async () => {
    const narrow = createPasswordHasher({ cost: 4, concurrency: 1 });
    const hashes = await Promise.all(Array.from({ length: 10 }, () => narrow.hash("0123456789", null)));
    expect(new Set(hashes).size).toBe(10);
  });

  test("refuses more than may wait, and serves again afterwards", async () => {
    const crowded = createPasswordHasher({ cost: 4, concurrency: 1, maxWaiting: 1 });
    const served = [crowded.hash("0123456789", null), crowded.hash("0123456789", null)];
    await expect(crowded.hash("0123456789", null)).rejects.toMatchObject({ code: "unavailable" });
    await Promise.all(served);
    await expect(crowded.hash("0123456789", null)).resolves.toBeTypeOf("string");
  });

  describe("when many wait", () => {
    const PASSWORD = "0123456789";
    let answered: string[];
    beforeEach(() => {
      answered = [];
    });

    /** Writes down when it was served, or that it was not. */
    const noted = (name: string, work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => answered.push(name),
        (error: { code: string }) => answered.push(`${name}: ${error.code}`),
      );

    test("serves each address in turn, however many one of them has waiting", async () => {
      const narrow = createPasswordHasher({ cost: 4, concurrency: 1 });
      const crowd = Array.from({ length: 10 }, () => noted("crowd", narrow.hash(PASSWORD, "192.0.2.1")));
      const other = noted("other", narrow.hash(PASSWORD, "192.0.2.2"));
      await Promise.all([...crowd, other]);
      expect(answered.indexOf("other")).toBe(2);
    });

    test("sends the last of those home who have most waiting, and lets others in", async () => {
      const crowded = createPasswordHasher({ cost: 4, concurrency: 1, maxWaiting: 3 });
      const crowd = ["a", "b", "c", "d"].map((name) => noted(name, crowded.matches(PASSWORD, null, "2001:db8::1")));
      const neighbour = noted("same network", crowded.matches(PASSWORD, null, "2001:db8::2"));
      const other = noted("other", crowded.matches(PASSWORD, null, "192.0.2.2"));
      await Promise.all([...crowd, neighbour, other]);
      expect(answered.toSorted()).toEqual(["a", "b", "c", "d: unavailable", "other", "same network: unavailable"]);
    });

    test("lets those in who sign in, however many choose a password, from wherever", async () => {
      const crowded = createPasswordHasher({ cost: 4, concurrency: 1, maxWaiting: 10 });
      const crowd = Array.from({ length: 20 }, (_empty, index) =>
        noted("registers", crowded.hash(PASSWORD, `192.0.2.${index}`)),
      );
      const signIns = ["one", "two"].map((name, index) =>
        noted(name, crowded.matches(PASSWORD, null, `198.51.100.${index}`)),
      );
      await Promise.all([...crowd, ...signIns]);
      const served = answered.filter((name) => !name.includes("unavailable"));
      expect(served.slice(0, 5)).toEqual(expect.arrayContaining(["one", "two"]));
    });
  });
});
