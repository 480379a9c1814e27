import type { Tx } from "@parley/db";
import { isRetryable } from "@parley/runtime";
import type { Mail, MailContext } from "./mail-context.ts";
import { createMailToken, hashMailToken } from "./mail-token.ts";

type TokenHash = Uint8Array<ArrayBuffer>;

/** A row with a link that is to be mailed. */
interface Link<Row> {
  /** Puts the hash on the row, if its link would be good; null: there is nothing to mail any more. */
  store(tx: Tx, tokenHash: TokenHash): Promise<Row | null>;
  /** Takes the hash off the row, if it is still there. */
  withdraw(tx: Tx, tokenHash: TokenHash): Promise<unknown>;
  mail(row: Row, token: string): Mail;
}

/**
 * Mails a link with a new token. The hash is committed before the mail leaves, so no mail that arrives holds a link that
 * was never good; after a crash in between, the repetition mails another link, and the last mail counts. A mail that
 * could not be handed over takes its hash back: the row then says that nothing was sent, whatever becomes of the job.
 * False: the link would not be good any more.
 */
export async function sendLink<Row>(ctx: MailContext, link: Link<Row>): Promise<boolean> {
  const token = createMailToken();
  const tokenHash = hashMailToken(token);
  const row = await ctx.database.withSystem((tx) => link.store(tx, tokenHash));
  if (row === null) return false;
  try {
    await ctx.mailer.send(link.mail(row, token));
    return true;
  } catch (error) {
    if (isRetryable(error)) await ctx.database.withSystem((tx) => link.withdraw(tx, tokenHash));
    throw error;
  }
}
