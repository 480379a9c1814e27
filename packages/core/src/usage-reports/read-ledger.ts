import type { Prisma, Tx } from "@parley/db";
import { toPeriodDate, toPeriodKey } from "../billing-periods/index.ts";
import { toJsonEnum } from "../json/index.ts";
import type { LedgerEntryJson, LedgerFilters } from "./schemas.ts";

type LedgerRow = Prisma.UsageEventGetPayload<object>;

/** Where a page of the ledger begins: after this entry. */
export interface LedgerPlace {
  period: Date;
  id: bigint;
}

/** The newest first. Relies on usage_event_pkey, of a ticket on usage_event_ticket_idx. */
export function readLedger(
  tx: Tx,
  tenantId: string,
  { period, kind, ticketId }: LedgerFilters,
  { before, take }: { before: LedgerPlace | undefined; take: number },
): Promise<LedgerRow[]> {
  const after: Prisma.UsageEventWhereInput = before
    ? { OR: [{ period: { lt: before.period } }, { period: before.period, id: { lt: before.id } }] }
    : {};
  return tx.usageEvent.findMany({
    where: {
      tenantId,
      ...(period !== undefined && { period: toPeriodDate(period) }),
      ...(kind !== undefined && { kind }),
      ...(ticketId !== undefined && { ticketId }),
      ...(before && { AND: [{ period: { lte: before.period } }, after] }),
    },
    orderBy: [{ period: "desc" }, { id: "desc" }],
    take,
  });
}

export function toLedgerEntryJson(row: LedgerRow): LedgerEntryJson {
  const { cause, ticketId, category, agentId, ruleId } = row;
  return {
    period: toPeriodKey(row.period),
    kind: toJsonEnum(row.kind),
    cause,
    quantity: Number(row.quantity),
    occurredAt: row.occurredAt.toISOString(),
    ticketId,
    channel: row.channel && toJsonEnum(row.channel),
    category,
    agentId,
    ruleId,
  };
}
