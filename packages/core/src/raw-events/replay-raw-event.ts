import { Prisma, type Tx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import { newId } from "@parley/runtime";
import { recordAudit, recordPlatformAudit } from "../audit/index.ts";
import type { RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { ingestQueue } from "../webhooks/index.ts";
import { noSuchRawEvent, rawEventSelect, toRawEventJson } from "./raw-event-json.ts";
import { withRawEvents, type RawEventScope } from "./raw-event-scope.ts";
import type { RawEventJson } from "./schemas.ts";

/** Has a raw event applied again, whatever became of it before. What was already applied of it is not doubled. */
export async function replayRawEvent(ctx: RequestContext, { id }: { id: string }): Promise<RawEventJson> {
  return withRawEvents(ctx, "raw_events.replay", (tx, scope) => once(ctx, tx, () => replayIn(ctx, tx, scope, id)));
}

async function replayIn(ctx: RequestContext, tx: Tx, scope: RawEventScope, id: string): Promise<RawEventJson> {
  const { count } = await tx.rawWebhookEvent.updateMany({
    where: { ...scope, id },
    data: { status: "RECEIVED", reason: null, ignoredParts: Prisma.DbNull, appliedAt: null },
  });
  if (count === 0) throw noSuchRawEvent();
  await ctx.outbox.enqueue(tx, [
    outboxRow(ingestQueue, "apply_raw_events", { rawEventIds: [id] }, `replay-${newId()}`),
  ]);
  const { tenantId, ...event } = await tx.rawWebhookEvent.findUniqueOrThrow({
    where: { id },
    select: { ...rawEventSelect, tenantId: true },
  });
  const change = { action: "raw_event.replayed", subject: { type: "raw_event", id } };
  if (tenantId === null) await recordPlatformAudit(ctx, tx, change);
  else await recordAudit(ctx, tx, tenantId, change);
  return toRawEventJson(event);
}
