import { isUniqueViolation, sqlOf, type Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { adoptPlans } from "../billing-plans/index.ts";
import { assertSuperAdmin, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import type { CreateTenantInput, TenantJson } from "./schemas.ts";
import { freeSlug } from "./slug.ts";
import { toTenantJson } from "./tenant-json.ts";

/**
 * A new company without members. A slug that is given and taken is a `conflict`; one that is not given is made from the
 * name.
 */
export async function createTenant(ctx: RequestContext, input: CreateTenantInput): Promise<TenantJson> {
  assertSuperAdmin(ctx.actor);
  const create = (): Promise<TenantJson> =>
    ctx.database.withSystem((tx) => once(ctx, tx, () => createIn(ctx, tx, input)));
  try {
    return await create();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    if (input.slug !== undefined) {
      throw new DomainError("conflict", "This slug is taken; choose another, or leave it out.");
    }
    // Somebody took the same slug in the same moment. Now it is to be seen.
    return create();
  }
}

async function createIn(ctx: RequestContext, tx: Tx, input: CreateTenantInput): Promise<TenantJson> {
  const slug = input.slug ?? (await freeSlug(tx, input.name));
  const now = ctx.clock.now();
  const stamps = { createdAt: now, updatedAt: now, settingsUpdatedAt: now };
  const tenant = await tx.tenant.create({ data: { ...input, id: newId(), slug, ...stamps } });
  await adoptPlans(sqlOf(tx), [tenant.id], now);
  const after = toTenantJson(tenant);
  const subject = { type: "tenant", id: tenant.id };
  await recordAudit(ctx, tx, tenant.id, { action: "tenant.created", subject, after });
  return after;
}
