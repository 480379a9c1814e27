import { createHash, randomBytes } from "node:crypto";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { DomainError, newId } from "@parley/runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { IdempotencyClaim, Subscription, SystemContext } from "../context/index.ts";
import { claimKey } from "./claim-key.ts";
import type { KeyOwner } from "./key-owner.ts";
import { onceFor, replayOr } from "./once-for.ts";

type KeyContext = SystemContext & { idempotency: IdempotencyClaim };

const secret = "a-refresh-token-that-nobody-guesses";
const body = { email: "agent@company.example", password: "correct horse battery" };
const somebody: KeyOwner = ["login", body.email];

let context: TestContext<Subscription>;
let runs: number;
let key: string;

beforeAll(async () => {
  context = await createTestContext<Subscription>();
});

afterAll(() => context.close());

beforeEach(() => {
  runs = 0;
  key = newId();
});

/** A request of its own, as each repetition is one. */
function asking(changed: object = {}): KeyContext {
  const request = { method: "POST", path: "/api/v1/auth/login", body: { ...body, ...changed } };
  return { ...context, idempotency: claimKey(key, request) };
}

function signIn(ctx: KeyContext, owner: KeyOwner = somebody): Promise<{ token: string; run: number }> {
  return ctx.database.withSystem((tx) =>
    onceFor(ctx, tx, owner, async () => {
      runs += 1;
      return { token: secret, run: runs };
    }),
  );
}

const ring = (...keys: (readonly [string, Buffer])[]) => ({ primaryId: "new", keys: new Map(keys) });

const rows = () => context.database.withSystem((tx) => tx.platformIdempotencyKey.findMany({ where: { key } }));

describe("outside tenants, under one key", () => {
  test("a repetition has the first answer, and says so", async () => {
    const [first, second] = [asking(), asking()];
    expect(await signIn(first)).toEqual({ token: secret, run: 1 });
    expect(await signIn(second)).toEqual({ token: secret, run: 1 });
    expect([first.idempotency.replayed, second.idempotency.replayed]).toEqual([false, true]);
  });

  test("one of many twins at once has the effect, and the others its answer", async () => {
    const twins = Array.from({ length: 12 }, () => asking());
    const answers = await Promise.all(twins.map((twin) => signIn(twin)));
    expect(new Set(answers.map(({ run }) => run))).toEqual(new Set([1]));
    expect(twins.filter(({ idempotency }) => idempotency.replayed)).toHaveLength(11);
  });

  test("another body is refused, and changes nothing", async () => {
    await signIn(asking());
    await expect(signIn(asking({ password: "another" }))).rejects.toMatchObject({ code: "idempotency_mismatch" });
    expect(runs).toBe(1);
  });

  test.each([
    ["another e-mail", ["login", "other@company.example"]],
    ["another route", ["register", body.email]],
  ] as [string, KeyOwner][])("whoever asks with %s is a stranger, and does not meet the first", async (_who, other) => {
    await signIn(asking());
    const stranger = asking({ password: "another" });
    expect(await signIn(stranger, other)).toEqual({ token: secret, run: 2 });
    expect(stranger.idempotency.replayed).toBe(false);
  });

  test("an effect that is refused leaves no key", async () => {
    const ctx = asking();
    const refused = ctx.database.withSystem((tx) =>
      onceFor(ctx, tx, somebody, () => Promise.reject(new DomainError("forbidden", "Not today."))),
    );
    await expect(refused).rejects.toMatchObject({ code: "forbidden" });
    expect(await rows()).toEqual([]);
    expect(await signIn(asking())).toEqual({ token: secret, run: 1 });
  });

  test("nothing is left of either when the process dies between the effect and the commit", async () => {
    const ctx = asking();
    const id = newId();
    const died = ctx.database.withSystem(async (tx) => {
      await onceFor(ctx, tx, somebody, async () => {
        await tx.tenant.create({ data: { id, name: "Half", slug: id } });
        return { token: secret };
      });
      throw new Error("the connection is gone");
    });
    await expect(died).rejects.toThrow("the connection is gone");
    expect(await rows()).toEqual([]);
    expect(await ctx.database.withSystem((tx) => tx.tenant.count({ where: { id } }))).toBe(0);
  });

  test("null commits what was done and leaves no key", async () => {
    const ctx = asking();
    const id = newId();
    const answer = await ctx.database.withSystem((tx) =>
      onceFor(ctx, tx, somebody, async () => {
        await tx.tenant.create({ data: { id, name: "Kept", slug: id } });
        return null;
      }),
    );
    expect(answer).toBeNull();
    expect(await rows()).toEqual([]);
    expect(await ctx.database.withSystem((tx) => tx.tenant.count({ where: { id } }))).toBe(1);
  });

  test("an empty answer is repeated too", async () => {
    const work = (ctx: KeyContext): Promise<void> =>
      ctx.database.withSystem((tx) => onceFor(ctx, tx, somebody, async () => void (runs += 1)));
    await work(asking());
    const second = asking();
    await expect(work(second)).resolves.toBeUndefined();
    expect([runs, second.idempotency.replayed]).toEqual([1, true]);
  });
});

describe("what is stored", () => {
  test("is neither the answer nor the owner, in any column", async () => {
    await signIn(asking());
    const [row] = await context.database.withSystem(
      (tx) => tx.$queryRaw<{ text: string }[]>`
        select concat_ws(' ', encode(owner_hash, 'escape'), encode(request_hash, 'escape'), sealed_answer, t::text) as text
          from platform_idempotency_key t where key = ${key}`,
    );
    for (const plain of [secret, body.email, body.password]) {
      expect(row?.text).not.toContain(plain);
      expect(row?.text).not.toContain(Buffer.from(plain).toString("hex"));
      expect(row?.text).not.toContain(Buffer.from(plain).toString("base64url"));
    }
  });

  test("is no hash that whoever reads it could try passwords against", async () => {
    const ctx = asking();
    await signIn(ctx);
    const [row] = await rows();
    const bare = Buffer.from(ctx.idempotency.requestHash);
    const stored = Buffer.from(row?.requestHash ?? []);
    expect(stored.length).toBeGreaterThan(bare.length);
    expect(stored.includes(bare)).toBe(false);
    expect(stored.includes(createHash("sha256").update(bare).digest())).toBe(false);
  });

  test("is repeated after the keys were rotated, and refused once its own is gone", async () => {
    await signIn(asking());
    const [old] = [...context.keyring.keys];
    const fresh = ["new", randomBytes(32)] as const;
    if (!old) throw new Error("the context has no key");
    expect(await signIn({ ...asking(), keyring: ring(fresh, old) })).toEqual({ token: secret, run: 1 });
    await expect(signIn({ ...asking(), keyring: ring(fresh) })).rejects.toMatchObject({ code: "idempotency_mismatch" });
  });

  test("is of no use in another row", async () => {
    await signIn(asking());
    const [row] = await rows();
    key = newId();
    await signIn(asking());
    await context.database.withSystem((tx) =>
      tx.platformIdempotencyKey.updateMany({ where: { key }, data: { sealedAnswer: row?.sealedAnswer ?? null } }),
    );
    await expect(signIn(asking())).rejects.toThrow();
  });

  test("is out of reach for requests of a tenant", async () => {
    const read = context.database.withTenant(newId(), (tx) => tx.platformIdempotencyKey.findMany());
    await expect(read).rejects.toThrow(/permission denied/);
  });
});

describe("what prepares before its transaction", () => {
  const refusal = new DomainError("validation_failed", "The link was used.");

  test("is not asked again", async () => {
    await signIn(asking());
    const second = asking();
    expect(await replayOr(second, somebody, () => Promise.reject(refusal))).toEqual({ token: secret, run: 1 });
    expect(second.idempotency.replayed).toBe(true);
  });

  test("is not refused for what a twin did meanwhile", async () => {
    const second = asking();
    const answer = await replayOr(second, somebody, async () => {
      await signIn(asking());
      throw refusal;
    });
    expect([answer, second.idempotency.replayed]).toEqual([{ token: secret, run: 1 }, true]);
  });

  test("is refused as ever when there was no twin, or one with another body", async () => {
    const alone = asking();
    await expect(replayOr(alone, somebody, () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(alone.idempotency.replayed).toBe(false);
    const other = replayOr(asking(), somebody, async () => {
      await signIn(asking({ password: "another" }));
      throw refusal;
    });
    await expect(other).rejects.toMatchObject({ code: "idempotency_mismatch" });
  });
});
