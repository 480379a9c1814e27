import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { ReadValue } from "./read-identifier.ts";

const MAX_LENGTH = 40;

/** A number in E.164, however people write it. One without a country code is one of `country`. */
export function readPhone(text: string, country: string | null): ReadValue {
  if (text.length > MAX_LENGTH) return { message: "must be a phone number" };
  const defaultCountry = country !== null && isSupportedCountry(country) ? country : undefined;
  // What people dial for + where they are.
  const written = defaultCountry === undefined ? text.replace(/^00/, "+") : text;
  const phone = parsePhoneNumberFromString(written, { defaultCountry, extract: false });
  if (phone?.ext !== undefined) return { message: "must be a phone number without an extension" };
  if (phone?.isPossible()) return { value: phone.number };
  if (defaultCountry !== undefined || written.startsWith("+")) {
    return { message: "must be a phone number that exists, like +4915112345678" };
  }
  return {
    message:
      "must begin with + and the code of its country, like +4915112345678, because the company's settings name no country",
  };
}
