import type { CountryCode } from "libphonenumber-js/max";
import { findAmounts } from "./amounts.ts";
import { findEmails } from "./emails.ts";
import type { Entity, OrderNumber, Phone, TrackingNumber } from "./entity.ts";
import { findCodes } from "./find-codes.ts";
import { toOrderNumber } from "./order-numbers.ts";
import { findPhones } from "./phones.ts";
import { takeApart } from "./take-apart.ts";
import { toTrackingNumber } from "./tracking-numbers.ts";

export interface EntityHints {
  /** `amazon`, `CDISCOUNT` …: whose order numbers without a shape of their own are. */
  channel?: string | undefined;
  /** ISO 3166-1 alpha-2, for phone numbers without a country; France if absent. */
  region?: CountryCode | undefined;
}

/** Order numbers, tracking numbers, e-mail addresses, phone numbers and amounts of a text, none within another. */
export function findEntities(text: string, { channel, region = "FR" }: EntityHints = {}): Entity[] {
  const { certain, cued } = findReferences(text, channel);
  const phones = findPhones(text, region);
  return takeApart<Entity>(
    [
      ...findEmails(text),
      ...certain,
      ...findAmounts(text),
      // "commande : rappelez-moi, 06 12 34 56 78": what is dialled is no order number, whatever stands before it.
      ...phones.filter(isDialled),
      ...cued,
      ...phones.filter((phone) => !isDialled(phone)),
    ],
    text.length,
  );
}

/** Order and tracking numbers: those certain by their shape, and those that a word before them announces. */
export function findReferences(
  text: string,
  channel?: string,
): Record<"certain" | "cued", (OrderNumber | TrackingNumber)[]> {
  const found = { certain: [] as (OrderNumber | TrackingNumber)[], cued: [] as (OrderNumber | TrackingNumber)[] };
  for (const code of findCodes(text)) {
    const order = toOrderNumber(text, code, channel);
    const tracking = order?.certainty === "certain" ? undefined : toTrackingNumber(text, code);
    const best = tracking?.certainty === "certain" ? tracking : (order ?? tracking);
    if (best) found[best.certainty].push(best.entity);
  }
  return found;
}

function isDialled(phone: Phone): boolean {
  return /^\(?[+0]/.test(phone.text);
}
