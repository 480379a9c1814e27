import { find } from "linkifyjs";
import { asSeen } from "./texts-of.ts";

/** Whatever has a scheme is a link, also where its host is none that a reader would take for one. */
const WITH_SCHEME = /\b[a-z][a-z0-9+.-]*:\/\/[^\s<>"'«»]+/gi;

/**
 * Links in a text, in the form in which they are compared: without scheme, case, and what a sentence puts behind them.
 * Messengers make links of bare domains, so these count as well.
 */
export function linksIn(text: string): string[] {
  const seen = asSeen(text);
  const bare = find(seen, "url").map(({ href }) => href);
  return [...bare, ...(seen.match(WITH_SCHEME) ?? [])].map(comparable);
}

/** E-mail addresses in a text, in the form in which they are compared. */
export function addressesIn(text: string): string[] {
  return find(asSeen(text), "email").map(({ href }) => comparable(href));
}

function comparable(link: string): string {
  return link
    .toLowerCase()
    .replace(/^(?:[a-z][a-z0-9+.-]*:\/\/|mailto:)/, "")
    .replace(/[/.,;:!?)\]}'"»”]+$/, "");
}
