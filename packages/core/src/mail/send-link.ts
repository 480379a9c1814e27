import type { Tx } from "@parley/db";
import { isRetryable } from "@parley/runtime";
import type { Mail, MailContext } from "./mail-context.ts";
import { createMailToken, hashMailToken } from "./mail-token.ts";

type TokenHash = Uint8Array<ArrayBuffer>;

/** A row with a link that is to be mailed. */
interface Link<Row> {
  /** Puts the hash on the row, if its link would be good and was not mailed yet; null: there is nothing to mail. */
  store(tx: Tx, tokenHash: TokenHash): Promise<Row | null>;
  /** Writes down that nothing is to be mailed any more, if the hash is still there. */
  settle(tx: Tx, tokenHash: TokenHash): Promise<unknown>;
  /** Takes the hash off the row, if it is still there. */
  withdraw(tx: Tx, tokenHash: TokenHash): Promise<unknown>;
  mail(row: Row, token: string): Mail;
}

/**
 * Mails a link with a new token, unless that was done before. The hash is committed before the mail leaves, so no mail
 * that arrives holds a link that was never good; that it was mailed is written down afterwards. After a crash in between
 * the repetition mails another link, and the last mail counts: two are better than none. A mail that could not be
 * handed over takes its hash back; one that is refused for good is settled like one that has left.
 * False: the link would not be good any more, or has been mailed.
 */
export async function sendLink<Row>(ctx: MailContext, link: Link<Row>): Promise<boolean> {
  const token = createMailToken();
  const tokenHash = hashMailToken(token);
  const row = await ctx.database.withSystem((tx) => link.store(tx, tokenHash));
  if (row === null) return false;
  try {
    await ctx.mailer.send(link.mail(row, token));
  } catch (error) {
    await ctx.database.withSystem((tx) =>
      isRetryable(error) ? link.withdraw(tx, tokenHash) : link.settle(tx, tokenHash),
    );
    throw error;
  }
  await ctx.database.withSystem((tx) => link.settle(tx, tokenHash));
  return true;
}
