import type { CountryCode } from "libphonenumber-js/max";
import { findEmails } from "../entities/emails.ts";
import { findReferences } from "../entities/find-entities.ts";
import { findPhones } from "../entities/phones.ts";
import { takeApart } from "../entities/take-apart.ts";
import { findCards } from "./find-cards.ts";
import { findIbans } from "./find-ibans.ts";

type Kind = "EMAIL" | "IBAN" | "CARD" | "PHONE";

interface Span {
  /** Null for what is kept: an order number is no phone number, whatever it looks like. */
  kind: Kind | null;
  start: number;
  end: number;
}

const PLACEHOLDER = /\[(?:EMAIL|IBAN|CARD|PHONE)_\d+\]/g;

export interface Masked {
  masked: string;
  /** Puts what was masked back where placeholders stand, in the masked text or in what somebody made of it. */
  restore: (text: string) => string;
}

/**
 * Replaces e-mail addresses, phone numbers, card numbers and IBANs by placeholders such as `[EMAIL_1]`; the same writing
 * gets the same one. Numbers of placeholders that the text itself holds are not used, so `restore(masked)` is always the
 * text. `region` is how phone numbers without a country are read.
 */
export function maskPersonalData(text: string, region: CountryCode = "FR"): Masked {
  const taken = new Set(text.match(PLACEHOLDER));
  const placeholders = new Map<string, string>();
  const originals = new Map<string, string>();
  const counts = new Map<Kind, number>();

  const placeholderOf = (kind: Kind, original: string): string => {
    const known = placeholders.get(original);
    if (known !== undefined) return known;
    let placeholder: string;
    do {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      placeholder = `[${kind}_${counts.get(kind)}]`;
    } while (taken.has(placeholder));
    placeholders.set(original, placeholder);
    originals.set(placeholder, original);
    return placeholder;
  };

  let masked = "";
  let end = 0;
  for (const span of findPersonalData(text, region)) {
    if (span.kind === null) continue;
    masked += text.slice(end, span.start) + placeholderOf(span.kind, text.slice(span.start, span.end));
    end = span.end;
  }
  masked += text.slice(end);
  return { masked, restore: (other) => other.replaceAll(PLACEHOLDER, (found) => originals.get(found) ?? found) };
}

function findPersonalData(text: string, region: CountryCode): Span[] {
  return takeApart(
    [
      ...as("EMAIL", findEmails(text)),
      ...as("IBAN", findIbans(text)),
      ...as("CARD", findCards(text)),
      ...as(null, findReferences(text).certain),
      ...as("PHONE", findPhones(text, region)),
    ],
    text.length,
  );
}

function as(kind: Kind | null, spans: readonly { start: number; end: number }[]): Span[] {
  return spans.map(({ start, end }) => ({ kind, start, end }));
}
