import { authorize, type RequestContext } from "../context/index.ts";
import { cutPage, mapPage, numberKey, readCursor, rowsToRead, type Page } from "../paging/index.ts";
import { toAttemptJson } from "./message-json.ts";
import type { AttemptJson, ListAttemptsQuery } from "./schemas.ts";
import { readMessage } from "./show-message.ts";

/** Every try at sending a message, the first one first. Relies on outbound_attempt_tenant_id_message_id_number_key. */
export async function listAttempts(
  ctx: RequestContext,
  query: ListAttemptsQuery & { messageId: string },
): Promise<Page<AttemptJson>> {
  const tenantId = authorize(ctx, "messages.read");
  const { messageId, limit } = query;
  const [after] = readCursor(query.cursor, numberKey) ?? [];
  return ctx.database.withTenant(tenantId, async (tx) => {
    await readMessage(tx, tenantId, messageId);
    const rows = await tx.outboundAttempt.findMany({
      where: { tenantId, messageId, number: { gt: after } },
      orderBy: { number: "asc" },
      take: rowsToRead(limit),
    });
    return mapPage(
      cutPage(rows, limit, (attempt) => [attempt.number]),
      toAttemptJson,
    );
  });
}
