/**
 * A person on WhatsApp as the simulator names them: the digits of a phone number (`wa_id`), or a
 * business-scoped user id (BSUID, "US.1349…") for people who keep their phone number to themselves.
 */
export type UserAddress = string;

const BSUID = /^[A-Z]{2}\.[A-Za-z0-9.]{1,128}$/;
const PHONE = /^\+?\d{5,20}$/;
const PHONE_DECORATION = /[\s()-]/g;

export function isBusinessScopedId(address: UserAddress): boolean {
  return BSUID.test(address);
}

/** The digits of "+33 6 12 …", or undefined when it is no phone number. */
export function phoneDigits(text: string): UserAddress | undefined {
  const bare = text.replace(PHONE_DECORATION, "");
  return PHONE.test(bare) ? bare.replace("+", "") : undefined;
}

/** Either kind of address in the form in which the ledger and the faults compare them. */
export function normaliseAddress(text: string): UserAddress {
  return phoneDigits(text) ?? text.trim();
}
