import { linksIn } from "@parley/models";

/**
 * Links in a reply that only the customer has written, and nobody of the company: whoever makes a model repeat one has the
 * company vouch for it.
 */
export function repeatedLinks(reply: string, customerTexts: readonly string[], ownTexts: readonly string[]): string[] {
  const theirs = new Set(customerTexts.flatMap(linksIn));
  const ours = new Set(ownTexts.flatMap(linksIn));
  return [...new Set(linksIn(reply))].filter((link) => theirs.has(link) && !ours.has(link));
}
