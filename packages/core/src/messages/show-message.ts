import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { authorize, type RequestContext } from "../context/index.ts";
import { messageInclude, toMessageJson } from "./message-json.ts";
import type { MessageJson } from "./schemas.ts";

export async function showMessage(ctx: RequestContext, { id }: { id: string }): Promise<MessageJson> {
  const tenantId = authorize(ctx, "messages.read");
  return ctx.database.withTenant(tenantId, async (tx) => toMessageJson(await readMessage(tx, tenantId, id)));
}

type WholeMessage = Prisma.MessageGetPayload<{ include: typeof messageInclude }>;

export async function readMessage(tx: Tx, tenantId: string, id: string): Promise<WholeMessage> {
  const message = await tx.message.findUnique({ where: { tenantId_id: { tenantId, id } }, include: messageInclude });
  if (!message) throw noSuchMessage();
  return message;
}

export function noSuchMessage(): DomainError {
  return new DomainError("not_found", "There is no message with this id.");
}
