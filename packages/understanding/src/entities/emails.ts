import type { EmailAddress } from "./entity.ts";

/** RFC 5321, 4.5.3.1. */
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 253;

const LOCAL_SIGN = /[A-Za-z0-9._%+'-]/;
const DOMAIN_SIGN = /[A-Za-z0-9.-]/;
const DOMAIN = /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}$/;

/** The e-mail addresses of a text, from each `@` to both sides, so that no text makes it slow. */
export function findEmails(text: string): EmailAddress[] {
  const found: EmailAddress[] = [];
  let from = 0;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    let start = at;
    while (start > Math.max(from, at - LONGEST_LOCAL) && LOCAL_SIGN.test(text.charAt(start - 1))) start -= 1;
    while (start < at && /[.'-]/.test(text.charAt(start))) start += 1;
    let end = at + 1;
    while (end < Math.min(text.length, at + LONGEST_DOMAIN) && DOMAIN_SIGN.test(text.charAt(end))) end += 1;
    while (end > at + 1 && /[.-]/.test(text.charAt(end - 1))) end -= 1;
    const address = text.slice(start, end);
    if (start === at || text.charAt(at - 1) === "." || !DOMAIN.test(text.slice(at + 1, end))) continue;
    found.push({ type: "email", value: address.toLowerCase(), text: address, start, end });
    from = end;
  }
  return found;
}
