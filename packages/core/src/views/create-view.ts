import type { Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { assertAllowed, authorize, requireUser, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { assertFilter } from "./assert-filter.ts";
import type { CreateViewInput, ViewJson } from "./schemas.ts";
import { toFilterColumn, toViewJson } from "./view-json.ts";

/** Of one member's own, and of those that a company shares: their counts are asked for all at once. */
const MOST = 100;

/** Saves a filter under a name, for oneself or, with `views.share`, for all. Refuses as `conflict` one too many. */
export async function createView(ctx: RequestContext, input: CreateViewInput): Promise<ViewJson> {
  const tenantId = authorize(ctx, "views.read");
  const ownerId = requireUser(ctx);
  const { name, filter, isShared = false } = input;
  if (isShared) assertAllowed(ctx.actor, "views.share");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      await assertOwner(tx, tenantId, ownerId);
      await assertRoom(tx, tenantId, isShared ? { isShared } : { isShared, ownerId });
      await assertFilter(tx, tenantId, filter);
      const now = ctx.clock.now();
      const id = newId();
      const data = { tenantId, id, ownerId, name, isShared, filter: toFilterColumn(filter) };
      const view = toViewJson(await tx.savedView.create({ data: { ...data, createdAt: now, updatedAt: now } }));
      if (isShared) {
        await recordAudit(ctx, tx, tenantId, { action: "view.created", subject: { type: "view", id }, after: view });
      }
      return view;
    }),
  );
}

/** Whoever is removed in the same moment is waited for, or waits for this. */
async function assertOwner(tx: Tx, tenantId: string, userId: string): Promise<void> {
  const members = await tx.$queryRaw<object[]>`
    select user_id from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for key share`;
  if (members.length > 0) return;
  throw new DomainError("forbidden", "Views belong to members of the company, and you are none.");
}

/** Refuses one more where there are many already. */
export async function assertRoom(
  tx: Tx,
  tenantId: string,
  place: { isShared: boolean; ownerId?: string },
): Promise<void> {
  const views = await tx.savedView.count({ where: { tenantId, ...place } });
  if (views < MOST) return;
  throw new DomainError("conflict", `There are ${MOST} such views already; delete one that nobody needs.`);
}
