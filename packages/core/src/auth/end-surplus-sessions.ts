import type { Tx } from "@parley/db";

/** More than anybody has devices; a script that signs in at each of its runs does not leave thousands behind. */
const MOST_OPEN = 100;

/**
 * Ends, for whoever has just opened the session `opened`, those that were used the longest time ago, so that no more
 * than a hundred are open. Their rows go, or there would be as many as before. Of several sign-ins at the same time
 * each sees the others' sessions late; the next one ends what is too many then. session_user_id_idx
 */
export async function endSurplusSessions(
  tx: Tx,
  { userId, opened }: { userId: string; opened: string },
): Promise<void> {
  await tx.$executeRaw`
    delete from session
     where user_id = ${userId}::uuid
       and id in (
         select id
           from session
          where user_id = ${userId}::uuid and revoked_at is null and id <> ${opened}::uuid
          order by last_used_at desc, id desc
         offset ${MOST_OPEN - 1}
       )`;
}
