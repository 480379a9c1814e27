import type { BulkJobStatus } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { toJsonEnum } from "../json/index.ts";
import { lockBulkJob, toBulkJobJson } from "./bulk-job-json.ts";
import type { BulkJobJson } from "./schemas.ts";
import { enqueueJobInTurn, enqueueRest, lineUp } from "./turns.ts";

/** Lets a job rest: when this returns, no further ticket is changed. One that rests already stays as it is. */
export function pauseBulkJob(ctx: RequestContext, { id }: { id: string }): Promise<BulkJobJson> {
  return steer(ctx, id, { to: "PAUSED", verb: "pause" });
}

/** Lets a job that was paused go on. */
export function resumeBulkJob(ctx: RequestContext, { id }: { id: string }): Promise<BulkJobJson> {
  return steer(ctx, id, { to: "RUNNING", verb: "resume" });
}

/** Ends a job; what it has changed by then stays. */
export function cancelBulkJob(ctx: RequestContext, { id }: { id: string }): Promise<BulkJobJson> {
  return steer(ctx, id, { to: "CANCELLED", verb: "cancel" });
}

const DONE_TO: Record<"pause" | "resume" | "cancel", string> = {
  pause: "bulk_job.paused",
  resume: "bulk_job.resumed",
  cancel: "bulk_job.cancelled",
};

/** Waits for the row that has its turn. Refuses as `conflict` what is over. */
async function steer(
  ctx: RequestContext,
  id: string,
  { to, verb }: { to: BulkJobStatus; verb: keyof typeof DONE_TO },
): Promise<BulkJobJson> {
  const tenantId = authorize(ctx, "bulk.run");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      await lineUp(tx, tenantId);
      const job = await lockBulkJob(tx, tenantId, id);
      if (job.status === to) return toBulkJobJson(job);
      if (job.status === "DONE" || job.status === "CANCELLED") {
        throw new DomainError("conflict", `This job is ${toJsonEnum(job.status)}, so there is nothing to ${verb}.`);
      }
      const now = ctx.clock.now();
      const after = await tx.bulkJob.update({
        where: { tenantId_id: { tenantId, id } },
        data: {
          status: to,
          ...(to === "RUNNING" && { progressedAt: now }),
          ...(to === "CANCELLED" && { finishedAt: now }),
        },
      });
      if (to === "RUNNING") await enqueueRest(ctx, tx, { tenantId, jobId: id });
      else await enqueueJobInTurn(ctx, tx, tenantId);
      await recordAudit(ctx, tx, tenantId, {
        action: DONE_TO[verb],
        subject: { type: "bulk_job", id },
        before: { status: toJsonEnum(job.status) },
        after: { status: toJsonEnum(to) },
      });
      return toBulkJobJson(after);
    }),
  );
}
