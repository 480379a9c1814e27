import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { SnippetJson } from "./schemas.ts";

export function toSnippetJson(snippet: Prisma.KnowledgeSnippetModel): SnippetJson {
  const { id, title, body, language, isActive, tags, createdAt, updatedAt } = snippet;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, title, body, language, isActive, tags, ...times };
}

/** One snippet as JSON, as this transaction sees it. */
export async function readSnippet(tx: Tx, tenantId: string, id: string): Promise<SnippetJson> {
  const snippet = await tx.knowledgeSnippet.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!snippet) throw new DomainError("not_found", "There is no snippet with this id.");
  return toSnippetJson(snippet);
}

/** The same, locked until the transaction ends, so that nobody changes it meanwhile. */
export async function readLockedSnippet(tx: Tx, tenantId: string, id: string): Promise<SnippetJson> {
  await tx.$executeRaw`
    select from knowledge_snippet where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for update`;
  return readSnippet(tx, tenantId, id);
}
