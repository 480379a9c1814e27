import { statement } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { RequestContext } from "../context/index.ts";
import { askerOf } from "./asker-of.ts";
import { storedTicketFilter, type TicketFilter } from "./ticket-filter.ts";

// saved_view_pkey
const READ_FILTER = statement<{ filter: unknown }>(
  "saved_view_filter",
  `select filter from saved_view where tenant_id = $1 and id = $2 and (is_shared or owner_id = $3)`,
);

/** The filter of a saved view that whoever asks sees: their own, or a shared one. */
export async function readViewFilter(ctx: RequestContext, tenantId: string, viewId: string): Promise<TicketFilter> {
  const { me } = askerOf(ctx, tenantId);
  const [view] = await ctx.database.tenantSql(tenantId).rows(READ_FILTER, [tenantId, viewId, me]);
  if (!view) throw noSuchView();
  return storedTicketFilter.parse(view.filter);
}

export function noSuchView(): DomainError {
  return new DomainError("not_found", "There is no view with this id.");
}
