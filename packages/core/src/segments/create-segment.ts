import type { Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { assertAllowed, authorize, requireUser, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { assertFilter } from "./assert-filter.ts";
import type { CreateSegmentInput, SegmentJson } from "./schemas.ts";
import { toFilterColumn, toSegmentJson } from "./segment-json.ts";

/** Of one member's own, and of those that a company shares. */
const MOST = 100;

/** Saves a filter of contacts, for oneself or, with `segments.share`, for all. Refuses as `conflict` one too many. */
export async function createSegment(ctx: RequestContext, input: CreateSegmentInput): Promise<SegmentJson> {
  const tenantId = authorize(ctx, "segments.read");
  const ownerId = requireUser(ctx);
  const { name, filter, isShared = false } = input;
  if (isShared) assertAllowed(ctx.actor, "segments.share");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      await assertOwner(tx, tenantId, ownerId);
      await assertRoom(tx, tenantId, isShared ? { isShared } : { isShared, ownerId });
      await assertFilter(tx, tenantId, filter);
      const now = ctx.clock.now();
      const id = newId();
      const data = { tenantId, id, ownerId, name, isShared, filter: toFilterColumn(filter) };
      const segment = toSegmentJson(await tx.segment.create({ data: { ...data, createdAt: now, updatedAt: now } }));
      if (isShared) {
        const subject = { type: "segment", id };
        await recordAudit(ctx, tx, tenantId, { action: "segment.created", subject, after: auditable(segment) });
      }
      return segment;
    }),
  );
}

/** What is searched for may be somebody's name or number, which the audit log would keep for ever. */
export function auditable({ filter, ...segment }: SegmentJson): object {
  return { ...segment, filter: { ...filter, ...(filter.search !== undefined && { search: "…" }) } };
}

/** Whoever is removed in the same moment is waited for, or waits for this. */
async function assertOwner(tx: Tx, tenantId: string, userId: string): Promise<void> {
  const members = await tx.$queryRaw<object[]>`
    select user_id from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for key share`;
  if (members.length > 0) return;
  throw new DomainError("forbidden", "Segments belong to members of the company, and you are none.");
}

/** Refuses one more where there are many already. */
export async function assertRoom(
  tx: Tx,
  tenantId: string,
  place: { isShared: boolean; ownerId?: string },
): Promise<void> {
  const segments = await tx.segment.count({ where: { tenantId, ...place } });
  if (segments < MOST) return;
  throw new DomainError("conflict", `There are ${MOST} such segments already; delete one that nobody needs.`);
}
