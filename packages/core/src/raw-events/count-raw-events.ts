import { Prisma, type RawEventStatus } from "@parley/db";
import type { RequestContext } from "../context/index.ts";
import { withRawEvents } from "./raw-event-scope.ts";
import type { RawEventStatsJson } from "./schemas.ts";

interface StatusCount {
  status: RawEventStatus;
  count: number;
}

interface IgnoredCount {
  name: string;
  count: number;
}

/** How many raw events there are, by what became of them. */
export async function countRawEvents(ctx: RequestContext): Promise<RawEventStatsJson> {
  return withRawEvents(ctx, "raw_events.read", async (tx, scope) => {
    const ofScope = scope ? Prisma.sql`and tenant_id = ${scope.tenantId}::uuid` : Prisma.empty;
    const statuses = await tx.$queryRaw<StatusCount[]>`
      select status, count(*)::int as count from raw_webhook_event where true ${ofScope} group by status`;
    const ignored = await tx.$queryRaw<IgnoredCount[]>`
      select part.key as name, sum(part.value::int)::int as count
        from raw_webhook_event, jsonb_each_text(ignored_parts) as part
       where ignored_parts is not null ${ofScope}
       group by part.key
       order by part.key`;
    const counts = new Map(statuses.map(({ status, count }) => [status, count]));
    const countOf = (status: RawEventStatus): number => counts.get(status) ?? 0;
    return {
      received: statuses.reduce((sum, { count }) => sum + count, 0),
      applied: countOf("APPLIED"),
      ignored: countOf("IGNORED"),
      quarantined: countOf("QUARANTINED"),
      pending: countOf("RECEIVED"),
      ignoredByName: Object.fromEntries(ignored.map(({ name, count }) => [name, count])),
    };
  });
}
