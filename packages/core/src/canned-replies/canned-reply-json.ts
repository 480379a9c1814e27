import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { CannedReplyJson } from "./schemas.ts";

export function toCannedReplyJson(reply: Prisma.CannedReplyModel): CannedReplyJson {
  const { id, shortcut, title, body, createdAt, updatedAt } = reply;
  return { id, shortcut, title, body, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

/** One canned reply as JSON, as this transaction sees it. */
export async function readCannedReply(tx: Tx, tenantId: string, id: string): Promise<CannedReplyJson> {
  const reply = await tx.cannedReply.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!reply) throw new DomainError("not_found", "There is no canned reply with this id.");
  return toCannedReplyJson(reply);
}

/** The same, locked until the transaction ends, so that nobody changes it meanwhile. */
export async function readLockedCannedReply(tx: Tx, tenantId: string, id: string): Promise<CannedReplyJson> {
  await tx.$executeRaw`select from canned_reply where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for update`;
  return readCannedReply(tx, tenantId, id);
}

export function shortcutTaken(): DomainError {
  return new DomainError("conflict", "Another canned reply has this shortcut; choose another.");
}
