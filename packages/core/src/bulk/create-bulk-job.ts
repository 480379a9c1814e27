import type { Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { actorIdOf, assertAllowed, authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { refreshIndex } from "../search/index.ts";
import { askerOf, assertMember, assertTeam } from "../tickets/index.ts";
import { toBulkChangeJson, type BulkChange } from "./bulk-change.ts";
import { toBulkJobJson } from "./bulk-job-json.ts";
import { chunkRow } from "./bulk-queue.ts";
import { chooseTicketsByFilter, chooseTicketsById } from "./choose-tickets.ts";
import type { BulkJobJson, CreateBulkJobInput } from "./schemas.ts";

/**
 * Changes many tickets in the background, in the name of whoever asks. Which tickets that are is settled now.
 * `validation_failed`: tickets, assignee or team that there are not, no tickets at all, or too many.
 */
export async function createBulkJob(ctx: RequestContext, input: CreateBulkJobInput): Promise<BulkJobJson> {
  const tenantId = authorize(ctx, "bulk.run");
  assertAllowed(ctx.actor, "tickets.change");
  const { ticketIds, filter, change } = input;
  if (filter?.search !== undefined) await refreshIndex(ctx, tenantId);
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      await assertNamed(tx, tenantId, change);
      const id = newId();
      const now = ctx.clock.now();
      const createdBy = actorIdOf(ctx.actor);
      await tx.bulkJob.create({
        data: {
          tenantId,
          id,
          change: toBulkChangeJson(change),
          total: 0,
          createdBy,
          createdAt: now,
          progressedAt: now,
        },
      });
      const key = { tenantId, jobId: id };
      const total = filter
        ? await chooseTicketsByFilter(tx, key, filter, askerOf(ctx, tenantId))
        : await chooseTicketsById(tx, key, ticketIds ?? []);
      const job = await tx.bulkJob.update({ where: { tenantId_id: { tenantId, id } }, data: { total } });
      await ctx.outbox.enqueue(tx, [chunkRow(key, 1)]);
      const json = toBulkJobJson(job);
      await recordAudit(ctx, tx, tenantId, {
        action: "bulk_job.created",
        subject: { type: "bulk_job", id },
        after: { change: json.change, total },
      });
      return json;
    }),
  );
}

async function assertNamed(tx: Tx, tenantId: string, { assigneeId, teamId }: BulkChange): Promise<void> {
  try {
    if (assigneeId) await assertMember(tx, tenantId, assigneeId);
    if (teamId) await assertTeam(tx, tenantId, teamId);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const fields = error.fields.map(({ path, message }) => ({ path: `change.${path}`, message }));
    throw new DomainError(error.code, error.message, { fields, cause: error });
  }
}
