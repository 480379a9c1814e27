import type { TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { newHash, type Things } from "./things.fixture.ts";

/** What is kept of what was done: the audit log, answers under an Idempotency-Key, and updates that wait. */
export async function seedRecords(context: TestContext, things: Things): Promise<void> {
  const { tenant: tenantId, owner, inbox, canary } = things;
  await context.database.withSystem(async (tx) => {
    await tx.auditEntry.createMany({
      data: [newId(), newId()].map((id) => ({
        tenantId,
        id,
        actorType: "USER" as const,
        actorId: owner,
        action: canary,
        subjectType: canary,
        subjectId: canary,
        before: { canary },
        after: { canary },
        address: canary,
        requestId: canary,
      })),
    });
    await tx.idempotencyKey.create({
      data: { tenantId, actorId: owner, key: canary, requestHash: newHash(), responseBody: { canary } },
    });
    await tx.heldUpdate.create({
      data: {
        tenantId,
        inboxId: inbox,
        externalId: canary,
        kind: "STATUS",
        variant: canary,
        payload: { canary },
        occurredAt: new Date(),
      },
    });
  });
}
