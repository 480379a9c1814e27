import { isUniqueViolation, type InboxStatus, type Prisma, type Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { publishEvents } from "../events/index.ts";
import { accountFault } from "./account.ts";
import { readCredentials, sealCredentials, sealedFields } from "./credentials.ts";
import { accountTaken, noSuchInbox, readConfig, toInboxJson, type InboxRow } from "./inbox-json.ts";
import { enqueueWaiting } from "./enqueue-waiting.ts";
import type { ChangeInboxInput, InboxCredentials, InboxJson } from "./schemas.ts";

/** Changes what is given. Setting the status `active` sends what has waited while the inbox was paused. */
export async function changeInbox(ctx: RequestContext, input: ChangeInboxInput & { id: string }): Promise<InboxJson> {
  const tenantId = authorize(ctx, "inboxes.manage");
  try {
    return await ctx.database.withTenant(tenantId, async (tx) => {
      const inbox = await lockInbox(tx, tenantId, input.id);
      assertAccount(inbox, input.externalId);
      const changed = await tx.inbox.update({
        where: { tenantId_id: { tenantId, id: inbox.id } },
        data: {
          name: input.name,
          externalId: input.externalId,
          config: input.config && withoutNulls({ ...readConfig(inbox), ...input.config }),
          credentials: input.credentials && mergeCredentials(ctx, inbox, input.credentials),
          updatedAt: ctx.clock.now(),
          ...statusChange(inbox.status, input.status),
        },
      });
      if (changed.status !== inbox.status) await announce(ctx, tx, changed);
      const after = toInboxJson(changed);
      await recordAudit(ctx, tx, tenantId, {
        action: "inbox.changed",
        subject: { type: "inbox", id: inbox.id },
        before: toInboxJson(inbox),
        after: { ...after, ...sealedFields(input.credentials) },
      });
      return after;
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw accountTaken();
    throw error;
  }
}

async function lockInbox(tx: Tx, tenantId: string, id: string): Promise<InboxRow> {
  await tx.$queryRaw`select id from inbox where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for no key update`;
  const inbox = await tx.inbox.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!inbox) throw noSuchInbox();
  return inbox;
}

function assertAccount(inbox: InboxRow, externalId: string | undefined): void {
  if (externalId === undefined) return;
  const message = accountFault(inbox.channel, externalId);
  if (message === undefined) return;
  throw new DomainError("validation_failed", `The externalId ${message}.`, {
    fields: [{ path: "externalId", message }],
  });
}

function mergeCredentials(
  ctx: RequestContext,
  inbox: InboxRow,
  given: NonNullable<ChangeInboxInput["credentials"]>,
): string {
  const merged = withoutNulls({ ...readableCredentials(ctx, inbox), ...given });
  return sealCredentials(ctx.keyring, inbox, merged);
}

/** Credentials whose key is gone are replaced rather than merged: otherwise nobody could ever repair the inbox. */
function readableCredentials(ctx: RequestContext, inbox: InboxRow): InboxCredentials {
  try {
    return readCredentials(ctx.keyring, inbox);
  } catch (error) {
    ctx.logger.warn({ err: error, inboxId: inbox.id }, "credentials that cannot be read are replaced");
    return {};
  }
}

function statusChange(
  current: InboxStatus,
  wanted: InboxStatus | undefined,
): Pick<Prisma.InboxUncheckedUpdateInput, "status" | "pausedReason"> {
  if (wanted === undefined || wanted === current) return {};
  return { status: wanted, pausedReason: wanted === "PAUSED" ? "paused by an administrator" : null };
}

async function announce(ctx: RequestContext, tx: Tx, inbox: InboxRow): Promise<void> {
  const { tenantId, id: inboxId } = inbox;
  const type = inbox.status === "ACTIVE" ? "INBOX_RESUMED" : "INBOX_PAUSED";
  await publishEvents(ctx, tx, [
    { tenantId, type, ...asEventActor(ctx.actor), data: { inboxId, reason: inbox.pausedReason } },
  ]);
  if (inbox.status === "ACTIVE") await enqueueWaiting(ctx, tx, { tenantId, inboxIds: [inboxId] });
}

type WithoutNulls<T> = { [Key in keyof T]?: NonNullable<T[Key]> };

function withoutNulls<T extends object>(value: T): WithoutNulls<T> {
  // Object.entries forgets which key has which type.
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== null)) as WithoutNulls<T>;
}
