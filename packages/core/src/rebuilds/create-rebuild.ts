import { isUniqueViolation } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { assertSuperAdmin, requireUser, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { lockTenant } from "../tenants/index.ts";
import { toRebuildJson } from "./rebuild-json.ts";
import { firstStep } from "./rebuild-plans.ts";
import { rebuildRow } from "./rebuild-queue.ts";
import type { CreateRebuildInput, RebuildJson } from "./schemas.ts";

/** Has something of a company computed anew, in the background. `conflict`: that is under way already. */
export async function createRebuild(
  ctx: RequestContext,
  { id: tenantId, target }: CreateRebuildInput & { id: string },
): Promise<RebuildJson> {
  assertSuperAdmin(ctx.actor);
  const createdBy = requireUser(ctx);
  const create = (): Promise<RebuildJson> =>
    ctx.database.withSystem((tx) =>
      once(ctx, tx, async () => {
        await lockTenant(tx, tenantId);
        const id = newId();
        const now = ctx.clock.now();
        const row = await tx.rebuild.create({
          data: { tenantId, id, target, step: firstStep(target), createdBy, createdAt: now, progressedAt: now },
        });
        await ctx.outbox.enqueue(tx, [rebuildRow({ tenantId, rebuildId: id })]);
        await recordAudit(ctx, tx, tenantId, {
          action: "rebuild.started",
          subject: { type: "rebuild", id },
          after: { target },
        });
        return toRebuildJson(row);
      }),
    );
  try {
    return await create();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError("conflict", "This is being computed anew already; wait until it is done.");
  }
}
