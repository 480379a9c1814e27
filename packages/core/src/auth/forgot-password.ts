import { outboxRow } from "@parley/queue";
import { newId } from "@parley/runtime";
import { onceFor } from "../idempotency/index.ts";
import { mailQueue } from "../mail/index.ts";
import type { AuthContext } from "./auth-context.ts";
import type { ForgotPasswordInput } from "./password-schemas.ts";

/**
 * Asks for a link to a new password for the user with this e-mail; `answerResetRequest` decides whether it is mailed.
 * Nobody learns whether there is such a user: they are not looked up here, so neither the answer nor the time that it
 * takes can tell. The commit does not wait for the disk: what a power cut takes is asked for again.
 */
export async function forgotPassword(ctx: AuthContext, { email }: ForgotPasswordInput): Promise<void> {
  await ctx.database.withSystem(async (tx) => {
    await tx.$executeRaw`select set_config('synchronous_commit', 'off', true)`;
    await onceFor(ctx, tx, ["forgot_password", email], async () => {
      const requestId = newId();
      await tx.passwordResetRequest.create({ data: { id: requestId, email, createdAt: ctx.clock.now() } });
      await ctx.outbox.enqueue(tx, [outboxRow(mailQueue, "answer_reset_request", { requestId })]);
    });
  });
}
