import { sqlOf, statement } from "@parley/db";
import { asEventActor, authorize, type RequestContext } from "../context/index.ts";
import { lockConversation } from "../conversations/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { IS_SAID } from "./customer-messages.ts";
import { readTurn, toTurnJson } from "./read-turn.ts";
import type { AiTurnJson } from "./schemas.ts";

// conversation_turn_pkey; message_tenant_id_conversation_id_occurred_at_id_idx, from its end. Messages that follow one another
// closely are given times to come: released means after all that has been said.
const RELEASE = statement(
  "turn_release",
  `insert into conversation_turn (tenant_id, conversation_id, released_at)
   values ($1, $2, greatest($3, (select m.occurred_at from message m
                                  where m.tenant_id = $1 and m.conversation_id = $2 and ${IS_SAID}
                                  order by m.occurred_at desc, m.id desc limit 1)))
       on conflict (tenant_id, conversation_id)
       do update set released_at = excluded.released_at, held_at = null, held_by = null, handed_off_at = null,
                     hand_off_reason = null`,
);

/**
 * Lets rules answer again in a conversation, from the customer's next message on: whoever held it, whatever people wrote,
 * however often rules have answered. Where nothing of it is so, nothing changes.
 */
export async function releaseConversation(ctx: RequestContext, { id }: { id: string }): Promise<AiTurnJson> {
  const tenantId = authorize(ctx, "ai_turns.change");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const { contactId } = await lockConversation(tx, tenantId, id);
      const turn = await readTurn(tx, tenantId, id);
      const { heldAt, handedOffAt, personTookOver, turnsTaken } = turn.standing;
      if (!heldAt && !handedOffAt && !personTookOver && turnsTaken === 0) return toTurnJson(turn);
      await sqlOf(tx).run(RELEASE, [tenantId, id, ctx.clock.now()]);
      const ticketId = turn.ticket?.id ?? null;
      await publishEvents(ctx, tx, [
        { tenantId, contactId, conversationId: id, ticketId, ...asEventActor(ctx.actor), type: "AI_RELEASED" },
      ]);
      return toTurnJson(await readTurn(tx, tenantId, id));
    }),
  );
}
