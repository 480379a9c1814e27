import { sqlOf, statement, type Tx } from "@parley/db";
import { outboxRow } from "@parley/queue";
import type { SystemContext } from "../context/index.ts";
import { mailQueue } from "../mail/index.ts";
import { rolesToTell } from "./roles-to-tell.ts";

// membership_pkey, ai_suspension_notice_pkey. Of a rule's suspensions the last is told of.
const NOTE = statement<{ userId: string }>(
  "rule_suspension_note",
  `insert into ai_suspension_notice (tenant_id, rule_id, user_id, suspended_at)
   select m.tenant_id, $2, m.user_id, $3
     from membership m
    where m.tenant_id = $1 and m.role = any($4::membership_role[])
    order by m.user_id
       on conflict (tenant_id, rule_id, user_id) do update set suspended_at = excluded.suspended_at, mailed_at = null
   returning user_id as "userId"`,
);

/**
 * Mails those who run the company that a rule was suspended, in the transaction that suspends it. Each has a notice and a
 * job of their own, so that an address that is refused keeps the others' mail from nobody.
 */
export async function tellSuspension(
  ctx: SystemContext,
  tx: Tx,
  { tenantId, ruleId, suspendedAt }: { tenantId: string; ruleId: string; suspendedAt: Date },
): Promise<void> {
  const told = await sqlOf(tx).rows(NOTE, [tenantId, ruleId, suspendedAt, rolesToTell.in]);
  const at = suspendedAt.getTime();
  await ctx.outbox.enqueue(
    tx,
    told.map(({ userId }) => outboxRow(mailQueue, "send_suspension", { tenantId, ruleId, userId, suspendedAt: at })),
  );
}
