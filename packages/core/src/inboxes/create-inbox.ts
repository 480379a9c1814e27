import { isUniqueViolation } from "@parley/db";
import { newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { promiseChannelDefault } from "../sla-defaults/index.ts";
import { sealCredentials, sealedFields } from "./credentials.ts";
import { accountTaken, toInboxJson } from "./inbox-json.ts";
import type { CreateInboxInput, InboxJson } from "./schemas.ts";

/**
 * Connects a channel account. An account is one inbox of one tenant of the platform; another is a `conflict`. With its first
 * inbox on a marketplace a company promises what that asks of its sellers.
 */
export async function createInbox(ctx: RequestContext, input: CreateInboxInput): Promise<InboxJson> {
  const tenantId = authorize(ctx, "inboxes.manage");
  const { credentials, config = {}, ...columns } = input;
  const id = newId();
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        const sealed = credentials ? sealCredentials(ctx.keyring, { tenantId, id }, credentials) : null;
        const now = ctx.clock.now();
        const data = { ...columns, tenantId, id, config, credentials: sealed, createdAt: now, updatedAt: now };
        const inbox = toInboxJson(await tx.inbox.create({ data }));
        await recordAudit(ctx, tx, tenantId, {
          action: "inbox.created",
          subject: { type: "inbox", id },
          after: { ...inbox, ...sealedFields(credentials) },
        });
        await promiseChannelDefault(ctx, tx, { tenantId, channel: input.channel });
        return inbox;
      }),
    );
  } catch (error) {
    if (isUniqueViolation(error)) throw accountTaken();
    throw error;
  }
}
