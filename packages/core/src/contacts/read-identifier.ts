import type { IdentifierType } from "@parley/db";
import type { Identifier } from "./identifier.ts";
import { readEmail } from "./read-email.ts";
import { readPhone } from "./read-phone.ts";

/** E.164: at most 15 digits; the shortest numbers that exist have 7. */
const DIGITS = /^\+?([1-9]\d{6,14})$/;
/** Meta: a country code, a dot and up to 128 letters and digits. */
const BUSINESS_SCOPED_USER_ID = /^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/;
const MAX_LENGTH = 200;
const ONE_LINE = /^[^\p{Cc}\p{Cs}]+$/u;

/** An identifier as it is stored, or what is wrong with its value. */
export type ReadIdentifier = { identifier: Identifier } | { message: string };

/**
 * The one form in which an identifier is stored, looked up and compared: numbers in E.164 with a leading +, e-mails in
 * lower case with their domain in ASCII, what providers make up as it is. `country` (ISO 3166) is that of numbers without
 * a country code; null: they are refused.
 */
export function readIdentifier(
  { type, value }: { type: IdentifierType; value: string },
  country: string | null,
): ReadIdentifier {
  const read = readValue(type, value.trim(), country);
  return "value" in read ? { identifier: { type, value: read.value } } : read;
}

export type ReadValue = { value: string } | { message: string };

function readValue(type: IdentifierType, text: string, country: string | null): ReadValue {
  if (type === "WHATSAPP") return readWhatsAppNumber(text, country);
  if (type === "WHATSAPP_BSUID") return readUserId(text);
  if (type === "PHONE") return readPhone(text, country);
  return type === "EMAIL" ? readEmail(text) : readMadeUp(text);
}

function readUserId(text: string): ReadValue {
  if (BUSINESS_SCOPED_USER_ID.test(text)) return { value: text };
  return { message: "must be a business-scoped user id of WhatsApp, like DE.13491208655302741918" };
}

/** What a provider, or the company itself, calls somebody. */
function readMadeUp(text: string): ReadValue {
  if (text.length <= MAX_LENGTH && ONE_LINE.test(text)) return { value: text };
  return { message: `must be one line of at most ${MAX_LENGTH} characters` };
}

/** WhatsApp's ids are digits that are not always a number one could call, so they are not judged as such. */
function readWhatsAppNumber(text: string, country: string | null): ReadValue {
  const digits = DIGITS.exec(text.replace(/[\s()-]/g, ""))?.[1];
  return digits === undefined ? readPhone(text, country) : { value: `+${digits}` };
}
