import { decryptSecret, encryptSecret, type Keyring, type SecretBinding } from "@parley/runtime";
import { inboxCredentials, type InboxCredentials } from "./schemas.ts";

interface InboxIdentity {
  tenantId: string;
  id: string;
}

/** The envelope that is stored; bound to its inbox, so that it is of no use in another. */
export function sealCredentials(keyring: Keyring, inbox: InboxIdentity, credentials: InboxCredentials): string {
  return encryptSecret(keyring, bindingOf(inbox), JSON.stringify(credentials));
}

/** The credentials of an inbox, none if it has none. Throws when the key is gone or the envelope was altered. */
export function readCredentials(
  keyring: Keyring,
  inbox: InboxIdentity & { credentials: string | null },
): InboxCredentials {
  if (inbox.credentials === null) return {};
  return inboxCredentials.parse(JSON.parse(decryptSecret(keyring, bindingOf(inbox), inbox.credentials)));
}

/** Which credentials were written or removed, for the audit log; never what they are. */
export function sealedFields(given: object | undefined): { sealedFields?: string[] } {
  return given ? { sealedFields: Object.keys(given) } : {};
}

function bindingOf({ tenantId, id }: InboxIdentity): SecretBinding {
  return { tenantId, recordId: id, field: "credentials" };
}
