import { sqlOf, statement } from "@parley/db";
import { asEventActor, authorize, userIdOf, type RequestContext } from "../context/index.ts";
import { lockConversation } from "../conversations/index.ts";
import { publishEvents } from "../events/index.ts";
import { once } from "../idempotency/index.ts";
import { readTurn, toTurnJson } from "./read-turn.ts";
import type { AiTurnJson } from "./schemas.ts";

// conversation_turn_pkey
const HOLD = statement(
  "turn_hold",
  `insert into conversation_turn (tenant_id, conversation_id, held_at, held_by) values ($1, $2, $3, $4)
       on conflict (tenant_id, conversation_id) do update set held_at = excluded.held_at, held_by = excluded.held_by`,
);

/**
 * Keeps rules from answering in a conversation, until it is released or its next ticket begins. What they are about to send
 * waits for the same lock, and is dropped. One that is held already stays whoever's it is.
 */
export async function holdConversation(ctx: RequestContext, { id }: { id: string }): Promise<AiTurnJson> {
  const tenantId = authorize(ctx, "ai_turns.change");
  return ctx.database.withTenant(tenantId, (tx) =>
    once(ctx, tx, async () => {
      const { contactId } = await lockConversation(tx, tenantId, id);
      const turn = await readTurn(tx, tenantId, id);
      if (turn.standing.heldAt) return toTurnJson(turn);
      await sqlOf(tx).run(HOLD, [tenantId, id, ctx.clock.now(), userIdOf(ctx.actor)]);
      const ticketId = turn.ticket?.id ?? null;
      await publishEvents(ctx, tx, [
        { tenantId, contactId, conversationId: id, ticketId, ...asEventActor(ctx.actor), type: "AI_HELD" },
      ]);
      return toTurnJson(await readTurn(tx, tenantId, id));
    }),
  );
}
