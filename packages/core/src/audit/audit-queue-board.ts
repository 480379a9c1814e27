import type { SystemContext } from "../context/index.ts";
import { recordPlatformAudit, type AuditContext } from "./record-audit.ts";

/**
 * Writes down what an administrator is about to do to a queue on its dashboard. Queues are not in the database, so there is no
 * transaction to share: it is on record before it is done, and what cannot be recorded is not to be done.
 */
export async function auditQueueBoard(
  ctx: AuditContext & Pick<SystemContext, "database">,
  use: {
    /** Of the one that is changed; null for all of them. */
    queue: string | null;
    /** Method and path, such as "PUT /api/queues/ingest/42/retry/failed". */
    request: string;
  },
): Promise<void> {
  await ctx.database.withSystem((tx) =>
    recordPlatformAudit(ctx, tx, {
      action: "queue_board.used",
      subject: { type: "queue", id: use.queue },
      after: { request: use.request },
    }),
  );
}
