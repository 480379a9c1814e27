import type { Tx } from "@parley/db";
import { openResets } from "./open-resets.ts";

/** Makes every link that a user was sent worthless: their password is another one now. The user is locked by the caller. */
export async function voidResets(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.passwordReset.updateMany({ where: { userId, ...openResets(now) }, data: { expiresAt: now } });
}
