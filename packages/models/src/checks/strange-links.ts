import { addressesIn, linksIn } from "./links-in.ts";
import { textsOf } from "./texts-of.ts";

/**
 * Links and e-mail addresses in an answer that stand nowhere in the data: made up, or put together from what somebody
 * wrote.
 */
export function strangeLinks(answer: unknown, data: unknown): string[] {
  const known = new Set(textsOf(data).flatMap(namedIn));
  return textsOf(answer)
    .flatMap(namedIn)
    .filter((named) => !known.has(named));
}

function namedIn(text: string): string[] {
  return [...linksIn(text), ...addressesIn(text)];
}
