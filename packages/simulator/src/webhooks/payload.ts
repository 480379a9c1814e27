import type { Account } from "../accounts.ts";

export interface ContactJson {
  profile?: { name: string };
  wa_id?: string;
  user_id?: string;
}

/** One thing that happened to one account: a message that a user sent, or a status of one of ours. */
export interface Update {
  account: Account;
  contact?: ContactJson;
  message?: object;
  status?: object;
  /** Where the ledger keeps whether it arrived. */
  record: { acknowledged: boolean };
}

interface ValueJson {
  messaging_product: "whatsapp";
  metadata: { display_phone_number: string; phone_number_id: string };
  contacts?: ContactJson[];
  messages?: object[];
  statuses?: object[];
}

/** One webhook body: an entry for each WABA, in it a change for each phone number, with messages and statuses together. */
export function buildPayload(updates: readonly Update[]): object {
  const entries = new Map<string, Map<string, ValueJson>>();
  for (const update of updates) {
    const { wabaId, phoneNumberId } = update.account;
    let values = entries.get(wabaId);
    if (!values) entries.set(wabaId, (values = new Map()));
    let value = values.get(phoneNumberId);
    if (!value) values.set(phoneNumberId, (value = emptyValue(update.account)));
    addTo(value, update);
  }
  return {
    object: "whatsapp_business_account",
    entry: [...entries].map(([id, values]) => ({
      id,
      changes: [...values.values()].map((value) => ({ value, field: "messages" })),
    })),
  };
}

function emptyValue(account: Account): ValueJson {
  return {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: account.displayPhoneNumber, phone_number_id: account.phoneNumberId },
  };
}

function addTo(value: ValueJson, { contact, message, status }: Update): void {
  if (contact && !value.contacts?.some((known) => isSamePerson(known, contact))) {
    (value.contacts ??= []).push(contact);
  }
  if (message) (value.messages ??= []).push(message);
  if (status) (value.statuses ??= []).push(status);
}

function isSamePerson(one: ContactJson, other: ContactJson): boolean {
  return one.wa_id === other.wa_id && one.user_id === other.user_id;
}
