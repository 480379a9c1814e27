import { sqlOf, statement, type AnyTx } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { setTimers, type DueTimer } from "../timers/index.ts";
import type { TurnSettings } from "./turn-settings.ts";

/** That a customer has written, in a conversation that rules answer in. */
interface TurnArrival {
  tenantId: string;
  conversationId: string;
  /** By our clock. */
  arrivedAt: Date;
}

// conversation_turn_pkey; in its order, because others may note the same conversations.
const BEGIN_BURSTS = statement<{ tenantId: string; conversationId: string; startedAt: Date }>(
  "turn_begin_bursts",
  `insert into conversation_turn as t (tenant_id, conversation_id, burst_started_at)
   select k.tenant_id, k.conversation_id, min(k.arrived_at)
     from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as k (tenant_id, conversation_id, arrived_at)
    group by 1, 2
    order by 1, 2
       on conflict (tenant_id, conversation_id)
       do update set burst_started_at = coalesce(t.burst_started_at, excluded.burst_started_at)
   returning t.tenant_id as "tenantId", t.conversation_id as "conversationId", t.burst_started_at as "startedAt"`,
);

/**
 * Begins or prolongs the customer's turn in each of the conversations, set-wise: it is over when they have been quiet for
 * `debounceSeconds`, at the latest `longestBurstSeconds` after it has begun. May be repeated: what a turn knew already makes
 * no further one.
 */
export async function noteArrivals(
  ctx: SystemContext,
  tx: AnyTx,
  arrivals: readonly TurnArrival[],
  settingsOf: (tenantId: string) => Pick<TurnSettings, "debounceSeconds" | "longestBurstSeconds">,
): Promise<void> {
  if (arrivals.length === 0) return;
  const sql = sqlOf(tx);
  const bursts = await sql.rows(BEGIN_BURSTS, [
    arrivals.map(({ tenantId }) => tenantId),
    arrivals.map(({ conversationId }) => conversationId),
    arrivals.map(({ arrivedAt }) => arrivedAt),
  ]);
  const now = ctx.clock.now().getTime();
  await setTimers(
    ctx,
    sql,
    bursts.map(({ tenantId, conversationId, startedAt }): DueTimer => {
      const { debounceSeconds, longestBurstSeconds } = settingsOf(tenantId);
      const dueAt = Math.min(startedAt.getTime() + longestBurstSeconds * 1_000, now + debounceSeconds * 1_000);
      return { tenantId, kind: "take_turn", subjectId: conversationId, dueAt: new Date(dueAt) };
    }),
  );
}
