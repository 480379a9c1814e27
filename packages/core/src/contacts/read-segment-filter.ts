import { sqlOf, statement, type AnyTx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { storedContactFilter, type ContactFilter } from "./contact-filter.ts";

// segment_pkey
const READ_FILTER = statement<{ filter: unknown }>(
  "segment_filter",
  "select filter from segment where tenant_id = $1 and id = $2 and (is_shared or owner_id = $3)",
);

/** The filter of a segment that `me` sees: their own, or a shared one; null for a program. */
export async function readSegmentFilter(
  tx: AnyTx,
  { tenantId, me }: { tenantId: string; me: string | null },
  segmentId: string,
): Promise<ContactFilter> {
  const [segment] = await sqlOf(tx).rows(READ_FILTER, [tenantId, segmentId, me]);
  if (!segment) throw noSuchSegment();
  return storedContactFilter.parse(segment.filter);
}

export function noSuchSegment(): DomainError {
  return new DomainError("not_found", "There is no segment with this id.");
}
