import type { Channel, Tx } from "@parley/db";
import { recordAudit } from "../audit/index.ts";
import type { RequestContext } from "../context/index.ts";
import { reviseSla } from "../sla-clocks/index.ts";
import { CHANNEL_DEFAULTS } from "./channel-defaults.ts";
import { makeDefaultPolicy, nameOfDefault } from "./make-default-policy.ts";

/**
 * Promises what the operator of a marketplace asks for, in the transaction that connects a company's first inbox there. What
 * the company has decided for itself stays: a policy that names the channel, or that it has deleted the one from here since.
 */
export async function promiseChannelDefault(
  ctx: RequestContext,
  tx: Tx,
  { tenantId, channel }: { tenantId: string; channel: Channel },
): Promise<void> {
  const known = CHANNEL_DEFAULTS.find((each) => each.channel === channel && each.isAutomatic);
  if (!known) return;
  // Of two that are made at the same time, one is the first.
  await tx.$executeRaw`select from tenant where id = ${tenantId}::uuid for no key update`;
  const inboxes = await tx.inbox.count({ where: { tenantId, channel } });
  const named = await tx.slaPolicy.count({
    where: { tenantId, match: { path: ["channels"], array_contains: [channel] } },
  });
  if (inboxes > 1 || named > 0) return;
  const [now, usual] = [ctx.clock.now(), nameOfDefault(known)];
  const policy =
    (await makeDefaultPolicy(tx, tenantId, known, { name: usual, now })) ??
    (await makeDefaultPolicy(tx, tenantId, known, { name: `${usual} (default)`, now }));
  if (!policy) return;
  await reviseSla(ctx, tx, tenantId);
  const { id, name, position, match, clock, hours, targets, autoRepliesCount, warnAtPercent } = policy;
  await recordAudit(ctx, tx, tenantId, {
    action: "sla_policy.created",
    subject: { type: "sla_policy", id },
    after: { id, name, position, match, clock, hours, targets, autoRepliesCount, warnAtPercent },
  });
}
