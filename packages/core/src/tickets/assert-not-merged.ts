import { DomainError } from "@parley/runtime";
import type { TicketRow } from "./ticket-row.ts";

/** Refuses as `conflict` whatever would go on with a ticket whose work goes on in another. */
export function assertNotMerged({ mergedIntoId }: Pick<TicketRow, "mergedIntoId">): void {
  if (mergedIntoId === null) return;
  throw new DomainError("conflict", "This ticket was merged into another; go on there.");
}
