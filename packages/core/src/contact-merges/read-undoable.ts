import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { readUndoColumn, type UndoRecord } from "./undo-record.ts";

export interface UndoableMerge {
  tenantId: string;
  id: string;
  sourceId: string;
  targetId: string;
  mergedAt: Date;
  undo: UndoRecord;
}

/** The merge with what an undo puts back. Refuses as `conflict` one that was undone, or for which it is too late. */
export async function readUndoable(tx: Tx, tenantId: string, id: string, now: Date): Promise<UndoableMerge> {
  const merge = await tx.contactMerge.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!merge) throw new DomainError("not_found", "There is no merge with this id.");
  const { sourceId, targetId, mergedAt, undoableUntil, undoneAt, undo } = merge;
  if (undoneAt !== null) throw new DomainError("conflict", "This merge was undone already.");
  if (undo === null || undoableUntil <= now) throw tooLate();
  return { tenantId, id, sourceId, targetId, mergedAt, undo: readUndoColumn(undo) };
}

/** Why a merge cannot be undone whose contact is no more. */
export async function whyGone(tx: Tx, { tenantId, targetId }: UndoableMerge): Promise<DomainError> {
  const next = await tx.contactMerge.findFirst({
    where: { tenantId, sourceId: targetId, undoneAt: null },
    select: { id: true, targetId: true },
  });
  return new DomainError(
    "conflict",
    next
      ? `The contact was merged into contact ${next.targetId} since; undo merge ${next.id} first.`
      : "The contact was deleted since, so the merge cannot be undone.",
  );
}

export function tooLate(): DomainError {
  return new DomainError("conflict", "A merge can be undone for a day, and this one is older or its contact is gone.");
}
