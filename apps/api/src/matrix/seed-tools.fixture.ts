import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import type { Things } from "./things.fixture.ts";

type Tools = Pick<Things, "cannedReply" | "macro" | "bulkJob">;
type Tenant = Pick<Things, "tenant" | "owner" | "ticket" | "linked" | "canary">;

/** Two of each of what agents work with, and a bulk job with two rows. */
export async function seedTools(context: TestContext, things: Tenant): Promise<Tools> {
  const { tenant: tenantId, canary } = things;
  await seedBulkJob(context, things);
  const bulkJob = await seedBulkJob(context, things);
  const [cannedReply, otherReply] = [newId(), newId()];
  const [macro, otherMacro] = [newId(), newId()];
  await context.database.withSystem(async (tx) => {
    await tx.cannedReply.createMany({
      data: [cannedReply, otherReply].map((id) => ({
        tenantId,
        id,
        shortcut: `${canary}-${id}`,
        title: `${canary} reply`,
        body: `Hello from ${canary}`,
      })),
    });
    await tx.macro.createMany({
      data: [macro, otherMacro].map((id) => ({
        tenantId,
        id,
        name: `Macro ${canary} ${id}`,
        description: `What ${canary} does`,
        actions: [{ type: "add_tags", tags: [canary] }],
      })),
    });
  });
  return { cannedReply, macro, bulkJob };
}

/** One that rests. */
export async function seedBulkJob(
  context: TestContext,
  { tenant: tenantId, owner: createdBy, ticket, linked, canary }: Tenant,
): Promise<string> {
  const jobId = newId();
  await context.database.withSystem(async (tx) => {
    const job = { total: 2, finished: 1, failed: 1, status: "PAUSED" as const };
    await tx.bulkJob.create({ data: { tenantId, id: jobId, change: { category: canary }, createdBy, ...job } });
    await tx.bulkRow.createMany({
      data: [
        { tenantId, jobId, position: 1, ticketId: ticket, state: "FAILED", error: `Because of ${canary}` },
        { tenantId, jobId, position: 2, ticketId: linked },
      ],
    });
  });
  return jobId;
}
