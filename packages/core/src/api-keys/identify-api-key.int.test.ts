import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import type { Logger } from "@parley/runtime";
import { buildTenant, buildUser, waitUntil } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApiKey } from "./create-api-key.ts";
import { identifyApiKey } from "./identify-api-key.ts";

let ctx: TestContext;
let tenantId: string;
let apiKeyId: string;
let key: string;

beforeAll(async () => {
  ctx = await createTestContext();
});
afterAll(() => ctx.close());

beforeEach(async () => {
  tenantId = (await buildTenant(ctx)).id;
  const { id: userId } = await buildUser(ctx, { tenantId, role: "ADMIN" });
  const maker = actingAs(ctx, { userId, tenantId, role: "ADMIN" });
  const created = await createApiKey(maker, { name: "Shop", scopes: ["tickets.read", "inboxes.manage"] });
  apiKeyId = created.id;
  key = created.key ?? "";
});

type System = TestContext["database"]["system"];

/** The context with each write of the system going through `run`. */
function withWrites(run: System["run"]): Pick<TestContext, "database" | "clock" | "logger"> {
  return { ...ctx, database: { ...ctx.database, system: { ...ctx.database.system, run } } };
}

async function lastUsedAt(): Promise<Date | null> {
  const row = await ctx.database.withSystem((tx) => tx.apiKey.findFirstOrThrow({ where: { id: apiKeyId } }));
  return row.lastUsedAt;
}

test("a key acts in its tenant, in the role of its maker, with its scopes", async () => {
  expect(await identifyApiKey(ctx, key)).toEqual({
    type: "api_key",
    apiKeyId,
    isSuperAdmin: false,
    tenantId,
    role: "ADMIN",
    scopes: ["inboxes.manage", "tickets.read"],
  });
});

test("scopes that are unknown by now, or never were for keys, count for nothing", async () => {
  const scopes = ["api_keys.manage", "members.manage", "invitations.manage", "faxes.read", "tickets.read"];
  await ctx.database.withSystem((tx) => tx.apiKey.updateMany({ where: { id: apiKeyId }, data: { scopes } }));
  expect(await identifyApiKey(ctx, key)).toMatchObject({ scopes: ["tickets.read"] });
});

describe("that a key is in use", () => {
  test("is written down once a minute, and not tried in between", async () => {
    let writes = 0;
    const counting = withWrites((query, values) => {
      writes += 1;
      return ctx.database.system.run(query, values);
    });
    const first = ctx.clock.now();
    await identifyApiKey(counting, key);
    await waitUntil(async () => (await lastUsedAt()) !== null, "the first use is written down");
    expect(await lastUsedAt()).toEqual(first);

    ctx.clock.advance(59_999);
    await identifyApiKey(counting, key);
    expect(writes).toBe(1);

    ctx.clock.advance(1);
    await identifyApiKey(counting, key);
    expect(writes).toBe(2);
    await waitUntil(async () => (await lastUsedAt())?.getTime() === first.getTime() + 60_000, "the next use is, too");
  });

  test("is written by one of those who find it due at the same time", async () => {
    let begun = 0;
    const written: number[] = [];
    const noting = withWrites(async (query, values) => {
      begun += 1;
      const count = await ctx.database.system.run(query, values);
      written.push(count);
      return count;
    });
    await Promise.all(Array.from({ length: 10 }, () => identifyApiKey(noting, key)));
    await waitUntil(() => written.length === begun, "all who tried have done so");
    expect(written.filter((count) => count === 1)).toHaveLength(1);
  });

  test("is not worth failing for, nor waiting for", async () => {
    const write = Promise.withResolvers<number>();
    const failing = withWrites(() => write.promise);
    const logged: unknown[] = [];
    const logger = { debug: (...line: unknown[]) => logged.push(line) } as unknown as Logger;
    await expect(identifyApiKey({ ...failing, logger }, key)).resolves.toMatchObject({ apiKeyId });
    const error = new Error("the database is away");
    write.reject(error);
    await waitUntil(() => logged.length === 1, "the failure is logged");
    expect(logged).toEqual([[{ err: error, apiKeyId }, expect.any(String)]]);
  });
});
