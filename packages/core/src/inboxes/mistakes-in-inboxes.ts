import type { Tx } from "@parley/db";
import type { FieldError } from "@parley/runtime";

/** What is wrong with the inboxes that a filter names, by their places. */
export async function mistakesInInboxes(
  tx: Tx,
  tenantId: string,
  { inboxId }: { inboxId?: string[] | undefined },
): Promise<FieldError[]> {
  if (!inboxId) return [];
  const known = await tx.inbox.findMany({ where: { tenantId, id: { in: inboxId } }, select: { id: true } });
  const ids = new Set(known.map(({ id }) => id));
  return inboxId.flatMap((id, index) =>
    ids.has(id.toLowerCase()) ? [] : [{ path: `inboxId.${index}`, message: "is not an inbox of this company" }],
  );
}
